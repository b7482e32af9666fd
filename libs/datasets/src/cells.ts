/** What stands in one place of a table. A missing cell is absent; text is a category; ±Infinity is a number that cannot be measured. */
export type Cell =
  { readonly kind: 'missing' } | { readonly kind: 'number'; readonly value: number } | { readonly kind: 'text'; readonly value: string };

const MISSING: Cell = { kind: 'missing' };
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?(?:inf|infinity)$/i;

/** Empty, NA, NaN and null, with or without blanks around them, mean that there is no value. */
const isMissingText = (text: string): boolean => {
  const trimmed = text.trim();
  return trimmed === '' || trimmed === 'NA' || trimmed === 'NaN' || trimmed === 'null';
};

const text = (value: string): Cell => (isMissingText(value) ? MISSING : { kind: 'text', value });

/** A cell of a format without types, such as CSV: decimal notation is a number, anything else is text. Hexadecimal is text. */
export const cellOfText = (value: string): Cell => {
  if (isMissingText(value)) return MISSING;
  const trimmed = value.trim();
  if (DECIMAL.test(trimmed)) return { kind: 'number', value: Number(trimmed) + 0 };
  if (INFINITE.test(trimmed)) return { kind: 'number', value: trimmed.startsWith('-') ? -Infinity : Infinity };
  return { kind: 'text', value };
};

/** A cell of a format with types, such as JSON or Parquet: what is text there stays text, booleans are categories, NaN is missing. */
export const cellOfValue = (value: unknown): Cell => {
  switch (typeof value) {
    case 'number':
      return Number.isNaN(value) ? MISSING : { kind: 'number', value: value + 0 };
    case 'bigint':
      return { kind: 'number', value: Number(value) };
    case 'boolean':
      return { kind: 'text', value: String(value) };
    case 'string':
      return text(value);
    case 'object':
      return value === null ? MISSING : { kind: 'text', value: value instanceof Date ? isoOrText(value) : JSON.stringify(value, plain) };
    default:
      return MISSING;
  }
};

const isoOrText = (date: Date): string => (Number.isNaN(date.getTime()) ? 'invalid date' : date.toISOString());

/** JSON has no 64-bit integers; as text they keep their digits. */
const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
