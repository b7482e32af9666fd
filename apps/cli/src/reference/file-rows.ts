import { type FileValue } from '#libs/monitoring';
import { UsageError } from '../usage-error.js';

/** Names of a file's columns beside the features they hold, where they differ. */
export type ColumnMap = ReadonlyMap<string, string>;

/** `--column-map a=b`: column a of the file holds feature b. @throws UsageError */
export const columnMapOf = (pairs: readonly string[]): ColumnMap => {
  const map = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const [column, feature] = [pair.slice(0, at), pair.slice(at + 1)];
    if (at < 1 || feature === '') throw new UsageError('COLUMN_MAP', `--column-map takes column=feature, got ${pair}`);
    map.set(column, feature);
  }
  const features = [...map.values()];
  const twice = features.find((feature, index) => features.indexOf(feature) !== index);
  if (twice !== undefined) throw new UsageError('COLUMN_MAP', `--column-map names ${twice} twice`);
  return map;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** A record with nested objects as names with dots, as predictions are flattened. */
export const flatten = (record: Readonly<Record<string, unknown>>, prefix = ''): Map<string, unknown> => {
  const flat = new Map<string, unknown>();
  for (const [name, value] of Object.entries(record)) {
    if (isObject(value)) for (const [inner, one] of flatten(value, `${prefix}${name}.`)) flat.set(inner, one);
    else flat.set(`${prefix}${name}`, value);
  }
  return flat;
};

const MISSING = new Set(['', 'NA', 'NaN', 'null']);

/** A cell as a number, a word, or nothing; infinite numbers come as text from formats without them. */
export const valueOf = (raw: unknown): FileValue => {
  if (raw === null || raw === undefined) return undefined;
  if (typeof raw === 'number') return Number.isNaN(raw) ? undefined : raw;
  if (typeof raw === 'boolean') return String(raw);
  if (typeof raw !== 'string') return JSON.stringify(raw);
  if (MISSING.has(raw.trim())) return undefined;
  return raw === 'Infinity' ? Infinity : raw === '-Infinity' ? -Infinity : raw;
};

const WITHOUT_OFFSET = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$/;

/** Epoch milliseconds, or text with a date; without an offset it is taken as UTC, wherever the command runs. Undefined: no time. */
export const timeOf = (raw: unknown): number | undefined => {
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? raw : undefined;
  if (typeof raw !== 'string') return undefined;
  const at = Date.parse(raw.trim().replace(WITHOUT_OFFSET, '$1T$2Z'));
  return Number.isNaN(at) ? undefined : at;
};

/** Booleans of a file in the words predictions have for them. */
export const booleanWord = (word: string): string => {
  const lower = word.toLowerCase();
  if (lower === '1' || lower === 'true') return 'true';
  return lower === '0' || lower === 'false' ? 'false' : word;
};
