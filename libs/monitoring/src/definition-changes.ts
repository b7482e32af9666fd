import { alertingFor } from './defaults.js';
import { MonitorDefinition } from './definition.js';
import { inPresentVersions } from './definition-versions.js';
import { OfferedDefinition } from './offered-definition.js';

/** The whole definition after some of its parts were replaced, or what is wrong with them, in words. */
export type ChangedDefinition = { readonly definition: MonitorDefinition } | { readonly problem: string };

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A definition with some parts replaced, as people send them: an object with the parts that differ from `base`, and of
 * those the members that differ. Methods and rule are those that this release computes, whichever `base` was recorded with.
 * Never throws; what cannot be read or does not fit together is the problem.
 */
export const changedDefinition = (base: MonitorDefinition, changes: unknown): ChangedDefinition => {
  if (!isMembers(changes)) return { problem: 'definition: an object with the parts that differ' };
  const unknown = Object.keys(changes).find((key) => !Object.hasOwn(MonitorDefinition.shape, key));
  if (unknown !== undefined) return { problem: `definition.${unknown}: no part of a definition` };
  const parsed = OfferedDefinition.safeParse(overlaid(inPresentVersions(base), changes));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `definition.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'cannot be read'}` };
  }
  const { k, n } = parsed.data.alerting;
  return k > n ? { problem: 'definition.alerting.k: cannot be more than n' } : { definition: parsed.data };
};

/** Members of `changes` over those of `base`, at every depth; null takes one away. A selection is one condition and is replaced whole. */
const overlaid = (base: Members, changes: Members): Members => {
  const members = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(changes)) {
    const before = members.get(key);
    if (value === null) members.delete(key);
    else members.set(key, isMembers(before) && isMembers(value) && key !== 'selection' ? overlaid(before, value) : value);
  }
  return Object.fromEntries(members);
};

/** Changes to a default: alerting follows the length of the window unless it is given. */
export const withFittingAlerting = (changes: unknown): unknown => {
  if (typeof changes !== 'object' || changes === null || Object.hasOwn(changes, 'alerting')) return changes;
  const minutes: unknown = Reflect.get(changes, 'windowMinutes');
  return typeof minutes === 'number' ? { ...changes, alerting: alertingFor(minutes) } : changes;
};
