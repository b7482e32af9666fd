import { DatasetError, readRows } from '#libs/datasets';
import { columnUnknown } from '../column-unknown.js';
import { shown } from '../shown.js';
import { flatten, valueOf } from '../reference/file-rows.js';
import { UsageError } from '../usage-error.js';

type Value = string | number | undefined;
/** One row of a file. */
export type Row = ReadonlyMap<string, Value>;

/** The rows of a file as flat records of numbers and words, and every column that occurs. */
export type Table = { readonly file: string; readonly rows: readonly Row[]; readonly columns: ReadonlySet<string> };

/**
 * Reads a file whole. Memory holds the wanted columns of all rows; all columns where none are named.
 * @throws DatasetError when the file cannot be read, FILE_EMPTY when it holds no rows
 */
export const readTable = async (file: string, wanted?: ReadonlySet<string>): Promise<Table> => {
  const [rows, columns] = [new Array<Row>(), new Set<string>()];
  for await (const record of readRows(file)) {
    const row = new Map<string, Value>();
    for (const [name, raw] of flatten(record)) {
      columns.add(name);
      if (wanted === undefined || wanted.has(name)) row.set(name, valueOf(raw));
    }
    rows.push(row);
  }
  if (rows.length === 0) throw new DatasetError('FILE_EMPTY', { file }, 'the file holds no rows');
  return { file, rows, columns };
};

/** @throws UsageError COLUMN_UNKNOWN */
export const requireColumns = ({ file, columns }: Table, names: readonly string[]): void => {
  const unknown = names.find((name) => !columns.has(name));
  if (unknown !== undefined) throw columnUnknown(file, unknown, columns);
};

const YES = new Set(['1', 'true']);
const NO = new Set(['0', 'false']);

/** 1, 0, true and false in any case, as yes and no. @throws UsageError NOT_BINARY */
export const yesOrNo = (column: string, value: Value): boolean => {
  const word = String(value).toLowerCase();
  if (!YES.has(word) && !NO.has(word))
    throw new UsageError('NOT_BINARY', `column ${column} holds ${shown(value)}; it takes 1 and 0, or true and false`);
  return YES.has(word);
};

/** @throws UsageError NOT_A_NUMBER */
export const numberIn = (column: string, value: Value): number => {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new UsageError('NOT_A_NUMBER', `column ${column} holds ${shown(value)}; it takes finite numbers`);
  return value;
};

/** The name of a class that has a score; whole numbers are names as well. @throws UsageError CLASS_WITHOUT_SCORE */
export const classIn = (column: string, value: Value, scores: ReadonlyMap<string, string>): string => {
  const name = String(value);
  if (!scores.has(name))
    throw new UsageError(
      'CLASS_WITHOUT_SCORE',
      `column ${column} holds the class ${shown(name)}, and --score names no column for it; it names ${[...scores.keys()].join(', ')}`,
    );
  return name;
};

/** The rows that have a value in every one of the columns. */
export const rowsWith = ({ rows }: Table, columns: readonly string[]): Row[] =>
  rows.filter((row) => columns.every((name) => row.get(name) !== undefined));

/** How the values of a feature become numbers: words by their place among the words of the reference, missing and unknown ones as NaN. */
export const encoderOf = (rows: readonly Row[], name: string): ((row: Row) => number) => {
  const words = [...new Set(rows.flatMap((row) => (typeof row.get(name) === 'string' ? [String(row.get(name))] : [])))].sort();
  const places = new Map(words.map((word, i) => [word, i]));
  return (row) => {
    const value = row.get(name);
    if (words.length > 0) return value === undefined ? NaN : (places.get(String(value)) ?? NaN);
    return typeof value === 'number' && Number.isFinite(value) ? value : NaN;
  };
};
