import { type IntakeLimits } from './limits.js';

/** Why one record is refused: which field, which rule, and the limit where the rule is one. */
export type Refused = { readonly refusedField: string; readonly code: string; readonly reason: string; readonly limit?: number };

export const refused = (field: string, code: string, reason: string, limit?: number): Refused => ({
  refusedField: field.slice(0, 200),
  code,
  reason,
  ...(limit !== undefined && { limit }),
});

/** A short text, or null when absent. Numbers are accepted as ids because many producers have them. */
export function textOf(value: unknown, field: string, limit: number): string | null | Refused {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string') return refused(field, 'NOT_TEXT', `${field} is a string`);
  if (text.length > limit) return refused(field, 'STRING_TOO_LONG', `${field} has at most ${limit} characters`, limit);
  if (!text.isWellFormed()) return refused(field, 'NOT_UNICODE', `${field} has half of a character (a lone surrogate)`);
  return text === '' ? null : text;
}

export function numberOr(value: unknown, field: string): number | null | Refused {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isFinite(value)) return refused(field, 'NOT_A_NUMBER', `${field} is a finite number`);
  return value;
}

export function integerIn(value: unknown, field: string, from: number, until: number): number | Refused {
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= until) return value;
  return refused(field, 'OUT_OF_RANGE', `${field} is a whole number from ${from} to ${until}`, until);
}

export function words(value: unknown, field: string, countMax: number, lengthMax: number): readonly string[] | null | Refused {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) return refused(field, 'NOT_AN_ARRAY', `${field} is an array of strings`);
  if (value.length > countMax) return refused(field, 'TOO_MANY', `${field} has at most ${countMax} elements`, countMax);
  const texts: string[] = [];
  for (const element of value as readonly unknown[]) {
    const text = textOf(element, field, lengthMax);
    if (typeof text === 'object' && text !== null) return text;
    if (text !== null) texts.push(text);
  }
  return texts;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** RFC 3339 with offset, or whole epoch milliseconds, from 1970 until a little ahead of our clock. Null when absent. */
export function readTime(value: unknown, now: number, limits: IntakeLimits): number | null | Refused {
  if (value === undefined || value === null) return null;
  const at = typeof value === 'string' ? (RFC3339.test(value) ? Date.parse(value) : Number.NaN) : value;
  if (typeof at !== 'number' || !Number.isInteger(at)) {
    return refused(
      'predictedAt',
      'TIME_INVALID',
      'a time is RFC 3339 with offset, such as 2026-11-23T10:00:00Z, or whole epoch milliseconds',
    );
  }
  if (at < 0) return refused('predictedAt', 'TIME_TOO_EARLY', 'a time is 1970 or later', 0);
  if (at > now + limits.futureSkewMsMax) {
    return refused(
      'predictedAt',
      'TIME_IN_FUTURE',
      `a time is at most ${limits.futureSkewMsMax} ms ahead of our clock`,
      limits.futureSkewMsMax,
    );
  }
  return at;
}
