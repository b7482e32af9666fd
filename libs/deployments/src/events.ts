import { z } from 'zod';
import { defineEvent, type EventOf } from '#libs/event-store';
import { FeatureDeclaration, FeatureKind, GridShape, PersonalTreatment } from './schema.js';

const deploymentId = z.uuid();
/** Counts the changes of the schema: a prediction batch names the version it was read with. */
const schemaVersion = z.int().min(0);

export const DeploymentRegistered = defineEvent('DeploymentRegistered', {
  version: 1,
  schema: z.object({
    deploymentId,
    name: z.string(),
    /** The model behind it, when it is known. */
    model: z.string().optional(),
    environment: z.string().optional(),
    /** A strict deployment refuses records with mistyped or unknown values instead of marking them. */
    strict: z.boolean(),
    /** True when the first post of predictions registered it. */
    onFirstPost: z.boolean(),
  }),
});

export const FeaturesDeclared = defineEvent('FeaturesDeclared', {
  version: 1,
  schema: z.object({ deploymentId, schemaVersion, features: z.array(FeatureDeclaration) }),
});

export const FeatureSchemaExtended = defineEvent('FeatureSchemaExtended', {
  version: 1,
  schema: z.object({
    deploymentId,
    schemaVersion,
    /** Inferred from the first non-null values. */
    features: z.array(z.object({ name: z.string(), kind: FeatureKind, length: z.int().optional() })),
    /** Integers that met a fraction and are numbers from now on. */
    widened: z.array(z.string()),
  }),
});

export const FeatureSchemaSettled = defineEvent('FeatureSchemaSettled', {
  version: 1,
  schema: z.object({ deploymentId, schemaVersion, records: z.int() }),
});

export const FeatureTypeChanged = defineEvent('FeatureTypeChanged', {
  version: 1,
  schema: z.object({
    deploymentId,
    schemaVersion,
    feature: z.string(),
    from: FeatureKind,
    to: FeatureKind,
    /** Elements of a vector. */
    length: z.int().optional(),
    /** How the feature is treated; a change of type does not change it. */
    personal: PersonalTreatment.optional(),
  }),
});

export const FeatureGridSet = defineEvent('FeatureGridSet', {
  version: 1,
  schema: z.object({
    deploymentId,
    schemaVersion,
    /** `feature:<name>` or `output:<name>`. */
    subject: z.string(),
    grid: GridShape,
    /** A declared grid stands in `FeaturesDeclared`. */
    basis: z.enum(['reference', 'observed', 'command']),
    /** Finite values it was taken from. */
    values: z.int(),
  }),
});

export const CategoriesObserved = defineEvent('CategoriesObserved', {
  version: 1,
  schema: z.object({
    deploymentId,
    schemaVersion,
    subject: z.string(),
    /** Bucket of the first word; the others follow in order. */
    firstBucket: z.int(),
    words: z.array(z.string()),
    /** True when the limit was reached with these words: later ones are counted as `other`. */
    full: z.boolean(),
  }),
});

export const DEPLOYMENT_EVENTS = [
  DeploymentRegistered,
  FeaturesDeclared,
  FeatureSchemaExtended,
  FeatureSchemaSettled,
  FeatureTypeChanged,
  FeatureGridSet,
  CategoriesObserved,
] as const;

export type DeploymentEvent = EventOf<(typeof DEPLOYMENT_EVENTS)[number]>;
