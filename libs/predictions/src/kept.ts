import { numberProblem, refused, type Refused } from './fields.js';
import { type IntakeLimits } from './limits.js';

/**
 * Why a value of any shape cannot be kept as it was sent; undefined when it can. Most values fit no type and are kept all the same;
 * what is refused here would not survive storing (half characters, numbers beyond doubles) or has no bound.
 * @param depth levels of objects and arrays around the value
 */
export function keptProblem(value: unknown, field: string, limits: IntakeLimits, depth = 0): Refused | undefined {
  switch (typeof value) {
    case 'number':
      return numberProblem(value, field);
    case 'string':
      return stringProblem(value, field, limits);
    case 'object':
      return value === null ? undefined : structureProblem(value, field, limits, depth + 1);
    default:
      return undefined;
  }
}

function structureProblem(value: object, field: string, limits: IntakeLimits, depth: number): Refused | undefined {
  if (depth > limits.depthMax) return refused(field, 'TOO_DEEP', `values nest at most ${limits.depthMax} levels`, limits.depthMax);
  if (Array.isArray(value)) return arrayProblem(value, field, limits, depth);
  const names = Object.keys(value);
  if (names.length > limits.featuresMax)
    return refused(field, 'TOO_MANY_MEMBERS', `an object has at most ${limits.featuresMax} members`, limits.featuresMax);
  for (const [name, element] of Object.entries(value)) {
    const problem = nameProblem(name, field, limits) ?? keptProblem(element, field, limits, depth);
    if (problem) return problem;
  }
  return undefined;
}

function arrayProblem(values: readonly unknown[], field: string, limits: IntakeLimits, depth: number): Refused | undefined {
  const { vectorLengthMax } = limits;
  if (values.length > vectorLengthMax)
    return refused(field, 'VECTOR_TOO_LONG', `an array has at most ${vectorLengthMax} elements`, vectorLengthMax);
  for (const element of values) {
    const problem = keptProblem(element, field, limits, depth);
    if (problem) return problem;
  }
  return undefined;
}

/** Why a string cannot be stored; undefined when it can. */
export function stringProblem(text: string, field: string, limits: IntakeLimits): Refused | undefined {
  const { stringLengthMax } = limits;
  if (text.length > stringLengthMax)
    return refused(field, 'STRING_TOO_LONG', `a string has at most ${stringLengthMax} characters`, stringLengthMax);
  return text.isWellFormed() ? undefined : refused(field, 'NOT_UNICODE', 'a string has half of a character (a lone surrogate)');
}

/** Why a name cannot be stored; undefined when it can. `__proto__` is refused because too many readers of JSON stumble over it. */
export function nameProblem(name: string, field: string, limits: IntakeLimits): Refused | undefined {
  const { stringLengthMax } = limits;
  const isProto = name === '__proto__' || name.endsWith('.__proto__');
  if (name !== '' && !isProto && name.length <= stringLengthMax && name.isWellFormed()) return undefined;
  const got = JSON.stringify(name.slice(0, 40).toWellFormed());
  return refused(field, 'NAME_INVALID', `a name has 1 to ${stringLengthMax} well-formed characters, got ${got}`, stringLengthMax);
}
