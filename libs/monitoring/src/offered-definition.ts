import { MonitorDefinition } from './definition.js';
import { checkBounds } from './definition-bounds.js';
import { checkMethods } from './definition-methods.js';
import { checkReferences } from './definition-references.js';
import { checkRule } from './definition-versions.js';

/**
 * A definition as it can be asked for today: every method exists, measures features of that kind and takes these parameters, methods and rule
 * are in the version that this release computes, the judges can judge, and no part is too large. What was recorded is read by
 * `MonitorDefinition` alone: a catalogue that changes later leaves it readable.
 */
export const OfferedDefinition = MonitorDefinition.superRefine(checkMethods)
  .superRefine(checkRule)
  .superRefine(checkReferences)
  .superRefine(checkBounds);
