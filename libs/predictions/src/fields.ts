import { type IntakeLimits } from './limits.js';

/** Why one record is refused: which field, which rule, and the limit where the rule is one. */
export type Refused = { readonly refusedField: string; readonly code: string; readonly reason: string; readonly limit?: number };

export const refused = (field: string, code: string, reason: string, limit?: number): Refused => ({
  refusedField: field.slice(0, 200),
  code,
  reason,
  ...(limit !== undefined && { limit }),
});

export const isRefused = (value: unknown): value is Refused => typeof value === 'object' && value !== null && 'refusedField' in value;

/** A JSON object. */
export type Members = Readonly<Record<string, unknown>>;

export const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value under the first of several names that has one, and the other names that have one too. */
export function firstOf(raw: Members, names: readonly string[]): { readonly value: unknown; readonly others: readonly string[] } {
  const [first, ...others] = names.filter((name) => raw[name] !== undefined && raw[name] !== null);
  return { value: first === undefined ? undefined : raw[first], others };
}

/** A short text, or null when absent. Numbers are accepted because many producers have them as ids and versions. */
export function textOf(value: unknown, field: string, limit: number): string | null | Refused {
  if (value === undefined || value === null) return null;
  // A whole number beyond 2^53 has lost digits on its way here: it must be sent as a string.
  const isExact = typeof value === 'number' && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  const text = isExact ? String(value) : value;
  if (typeof text !== 'string') return refused(field, 'NOT_TEXT', `${field} is a string`);
  if (text.length > limit) return refused(field, 'STRING_TOO_LONG', `${field} has at most ${limit} characters`, limit);
  if (!text.isWellFormed()) return refused(field, 'NOT_UNICODE', `${field} has half of a character (a lone surrogate)`);
  return text === '' ? null : text;
}

/** Why a number cannot be stored; undefined when it can. JSON of 1e999 reads as infinity. */
export const numberProblem = (value: number, field: string): Refused | undefined =>
  Number.isFinite(value) ? undefined : refused(field, 'NUMBER_TOO_LARGE', 'a number is within ±1.8e308');

export function integerIn(value: unknown, field: string, from: number, until: number): number | Refused {
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= until) return value;
  return refused(field, 'OUT_OF_RANGE', `${field} is a whole number from ${from} to ${until}`, until);
}

/** At most so many short texts, without the empty ones. */
export function textsOf(values: readonly string[], field: string, countMax: number, lengthMax: number): readonly string[] | Refused {
  if (values.length > countMax) return refused(field, 'TOO_MANY', `${field} has at most ${countMax} elements`, countMax);
  const texts: string[] = [];
  for (const value of values) {
    const text = textOf(value, field, lengthMax);
    if (typeof text === 'object' && text !== null) return text;
    if (text !== null) texts.push(text);
  }
  return texts;
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Epoch milliseconds of an RFC 3339 time with offset; NaN for anything else, such as 30 February, which `Date` would take for March. */
function epochMsOf(text: string): number {
  const [, year, month, day] = RFC3339.exec(text) ?? [];
  const exists = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return exists ? Date.parse(text) : Number.NaN;
}

/** RFC 3339 with offset, or whole epoch milliseconds, from 1970 until a little ahead of our clock. Null when absent. */
export function readTime(value: unknown, field: string, now: number, limits: IntakeLimits): number | null | Refused {
  if (value === undefined || value === null) return null;
  const at = typeof value === 'string' ? epochMsOf(value) : value;
  if (typeof at !== 'number' || !Number.isInteger(at))
    return refused(field, 'TIME_INVALID', 'a time is RFC 3339 with offset, such as 2026-11-23T10:00:00Z, or whole epoch milliseconds');
  if (at < 0) return refused(field, 'TIME_TOO_EARLY', 'a time is 1970 or later', 0);
  const ahead = limits.futureSkewMsMax;
  return at > now + ahead ? refused(field, 'TIME_IN_FUTURE', `a time is at most ${ahead} ms ahead of our clock`, ahead) : at;
}
