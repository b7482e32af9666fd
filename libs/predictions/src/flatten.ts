import { refused, type Refused } from './fields.js';
import { type IntakeLimits } from './limits.js';

/**
 * Nested objects become flat names with dots. Arrays stay (vectors, or mistyped values kept as sent).
 * Refuses what could not be stored faithfully: names that collide, strings and structures over the limits, numbers beyond doubles.
 */
export function flatten(features: unknown, limits: IntakeLimits): Readonly<Record<string, unknown>> | Refused {
  if (typeof features !== 'object' || features === null || Array.isArray(features)) {
    return refused('features', 'NOT_AN_OBJECT', 'features is an object of values by name');
  }
  const source = features as Readonly<Record<string, unknown>>;
  const names = Object.keys(source);
  if (names.length > limits.featuresMax) return tooMany(limits);
  let nested = false;
  for (const name of names) {
    const value = source[name];
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) return refused(`features.${name}`, 'NUMBER_TOO_LARGE', 'a number is within ±1.8e308');
    } else if (typeof value === 'string') {
      const problem = stringProblem(value, name, limits);
      if (problem) return problem;
    } else if (typeof value === 'object' && value !== null) nested = true;
    if (name.length > limits.stringLengthMax || !name.isWellFormed() || name === '' || name === '__proto__') return badName(name, limits);
  }
  // The common case, flat already: no copy is made.
  if (!nested) return source;
  const flat = new Map<string, unknown>();
  const problem = walk(source, '', 1, { flat, limits });
  return problem ?? toRecord(flat);
}

type Walk = { readonly flat: Map<string, unknown>; readonly limits: IntakeLimits };

function walk(node: Readonly<Record<string, unknown>>, prefix: string, depth: number, to: Walk): Refused | undefined {
  const { limits } = to;
  if (depth > limits.depthMax)
    return refused(`features.${prefix}`, 'TOO_DEEP', `features nest at most ${limits.depthMax} levels`, limits.depthMax);
  for (const name of Object.keys(node)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const value = node[name];
    if (path.length > limits.stringLengthMax || !name.isWellFormed() || name === '__proto__' || name === '') return badName(path, limits);
    const problem =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? walk(value as Readonly<Record<string, unknown>>, path, depth + 1, to)
        : add(path, value, to);
    if (problem) return problem;
  }
  return undefined;
}

function add(path: string, value: unknown, { flat, limits }: Walk): Refused | undefined {
  if (flat.has(path)) return refused(`features.${path}`, 'NAME_COLLISION', 'two features have this name after flattening');
  if (flat.size >= limits.featuresMax) return tooMany(limits);
  const problem = valueProblem(value, path, limits);
  if (problem) return problem;
  flat.set(path, value);
  return undefined;
}

function valueProblem(value: unknown, path: string, limits: IntakeLimits): Refused | undefined {
  if (typeof value === 'string') return stringProblem(value, path, limits);
  if (typeof value === 'number' && !Number.isFinite(value))
    return refused(`features.${path}`, 'NUMBER_TOO_LARGE', 'a number is within ±1.8e308');
  if (!Array.isArray(value)) return undefined;
  if (value.length > limits.vectorLengthMax) {
    return refused(
      `features.${path}`,
      'VECTOR_TOO_LONG',
      `a vector has at most ${limits.vectorLengthMax} elements`,
      limits.vectorLengthMax,
    );
  }
  for (const element of value as readonly unknown[]) {
    if (typeof element === 'number' ? Number.isFinite(element) : element === null || typeof element === 'boolean') continue;
    if (typeof element === 'string' && !stringProblem(element, path, limits)) continue;
    return refused(`features.${path}`, 'ARRAY_INVALID', 'an array holds numbers, or plain values that are kept as sent');
  }
  return undefined;
}

function stringProblem(text: string, name: string, limits: IntakeLimits): Refused | undefined {
  if (text.length > limits.stringLengthMax) {
    return refused(
      `features.${name}`,
      'STRING_TOO_LONG',
      `a string has at most ${limits.stringLengthMax} characters`,
      limits.stringLengthMax,
    );
  }
  return text.isWellFormed()
    ? undefined
    : refused(`features.${name}`, 'NOT_UNICODE', 'a string has half of a character (a lone surrogate)');
}

const badName = (name: string, limits: IntakeLimits): Refused =>
  refused(
    'features',
    'NAME_INVALID',
    `a feature name has 1 to ${limits.stringLengthMax} well-formed characters, got ${JSON.stringify(name.slice(0, 40).toWellFormed())}`,
    limits.stringLengthMax,
  );

const tooMany = (limits: IntakeLimits): Refused =>
  refused('features', 'TOO_MANY_FEATURES', `a prediction has at most ${limits.featuresMax} features`, limits.featuresMax);

/** Names come from outside: no prototype, so that none of them means anything. */
const toRecord = (flat: ReadonlyMap<string, unknown>): Readonly<Record<string, unknown>> => {
  const record = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of flat) record[name] = value;
  return record;
};
