import { type FeatureKind, type Registered } from '#libs/deployments';
import { isVector } from './column-builders.js';
import { refused, type Refused } from './fields.js';
import { type PersonalNames } from './personal-names.js';
import { type PredictionRecord } from './prediction-record.js';

/** What a strict deployment refuses: a feature or member it does not know, or a value that does not fit its type. */
export function strictProblem(record: PredictionRecord, schema: Registered, personal: PersonalNames): Refused | undefined {
  for (const name of Object.keys(record.features)) {
    if (personal.treatmentOf(name)) continue;
    const value = record.features[name];
    const known = schema.features.get(name);
    if (!known) return refused(`features.${name}`, 'UNKNOWN_FEATURE', 'this strict deployment does not know the feature');
    if (value === null) continue;
    if (!fits(value, known.kind, known.length)) return mistyped(`features.${name}`, known.kind);
  }
  for (const name of ['value', 'score'] as const)
    if (record[name] !== null && typeof record[name] !== 'number') return mistyped(name, 'a number');
  if (typeof record.class === 'object' && record.class !== null) return mistyped('class', 'a word');
  const unread = record.unread && Object.keys(record.unread)[0];
  return unread ? refused(unread, 'UNKNOWN_MEMBER', 'this strict deployment takes no unknown or mistyped members') : undefined;
}

const mistyped = (field: string, wanted: string): Refused => refused(field, 'MISTYPED', `this strict deployment wants ${wanted}`);

function fits(value: unknown, kind: FeatureKind, length: number | undefined): boolean {
  switch (kind) {
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'category':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'vector':
      return isVector(value) && (length === undefined || value.length === length);
  }
}
