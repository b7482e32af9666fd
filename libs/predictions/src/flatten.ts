import { isMembers, numberProblem, refused, type Members, type Refused } from './fields.js';
import { keptProblem, nameProblem, stringProblem } from './kept.js';
import { type IntakeLimits } from './limits.js';
import { type Features } from './names.js';

/**
 * Nested objects become flat names with dots. Arrays stay: vectors, or values of no type that are kept as sent.
 * Refuses what could not be stored faithfully: names that collide, strings and structures over the limits, numbers beyond doubles.
 */
export function flatten(features: unknown, limits: IntakeLimits): Features | Refused {
  if (!isMembers(features)) return refused('features', 'NOT_AN_OBJECT', 'features is an object of values by name');
  const names = Object.keys(features);
  if (names.length > limits.featuresMax) return tooMany(limits);
  for (const name of names) {
    const value = features[name];
    if (typeof value === 'object' && value !== null) return flattened(features, limits);
    const problem = nameProblem(name, 'features', limits) ?? scalarProblem(value, name, limits);
    if (problem) return problem;
  }
  // The common case, flat already: no copy is made.
  return features;
}

type Walk = { readonly flat: Map<string, unknown>; readonly limits: IntakeLimits };

function flattened(source: Members, limits: IntakeLimits): Features | Refused {
  const flat = new Map<string, unknown>();
  return walk(source, '', 1, { flat, limits }) ?? toRecord(flat);
}

function walk(node: Members, prefix: string, depth: number, to: Walk): Refused | undefined {
  const { limits } = to;
  if (depth > limits.depthMax)
    return refused(`features.${prefix}`, 'TOO_DEEP', `features nest at most ${limits.depthMax} levels`, limits.depthMax);
  for (const [name, value] of Object.entries(node)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const invalid = nameProblem(name, 'features', limits) ?? nameProblem(path, 'features', limits);
    if (invalid) return invalid;
    const problem = isMembers(value) ? walk(value, path, depth + 1, to) : add(path, value, depth, to);
    if (problem) return problem;
  }
  return undefined;
}

function add(path: string, value: unknown, depth: number, { flat, limits }: Walk): Refused | undefined {
  if (flat.has(path)) return refused(`features.${path}`, 'NAME_COLLISION', 'two features have this name after flattening');
  if (flat.size >= limits.featuresMax) return tooMany(limits);
  const problem = keptProblem(value, `features.${path}`, limits, depth);
  if (problem) return problem;
  flat.set(path, value);
  return undefined;
}

function scalarProblem(value: unknown, name: string, limits: IntakeLimits): Refused | undefined {
  if (typeof value === 'number') return value - value === 0 ? undefined : numberProblem(value, `features.${name}`);
  return typeof value === 'string' ? stringProblem(value, `features.${name}`, limits) : undefined;
}

const tooMany = (limits: IntakeLimits): Refused =>
  refused('features', 'TOO_MANY_FEATURES', `a prediction has at most ${limits.featuresMax} features`, limits.featuresMax);

/** Names come from outside: no prototype, so that none of them means anything. */
const toRecord = (flat: ReadonlyMap<string, unknown>): Features => {
  const record = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of flat) record[name] = value;
  return record;
};
