import { DatasetError, readRows } from '#libs/datasets';
import { columnUnknown } from '../../column-unknown.js';
import { flatten, valueOf } from '../../reference/file-rows.js';
import { UsageError } from '../../usage-error.js';

/** The cells of some columns of a file, row by row as they came. */
export type Named = { readonly file: string; readonly rows: number; readonly cells: ReadonlyMap<string, readonly unknown[]> };

/** Reads the named columns of a file. @throws DatasetError when it cannot be read or holds no rows; UsageError COLUMN_UNKNOWN */
export const readNamed = async (file: string, names: readonly string[]): Promise<Named> => {
  const cells = new Map(names.map((name) => [name, new Array<unknown>()]));
  const [found, others] = [new Set<string>(), new Set<string>()];
  let rows = 0;
  for await (const record of readRows(file)) {
    const flat = flatten(record);
    for (const name of flat.keys()) (cells.has(name) ? found : others).add(name);
    for (const [name, column] of cells) column.push(flat.get(name));
    rows += 1;
  }
  if (rows === 0) throw new DatasetError('FILE_EMPTY', { file }, 'the file holds no rows');
  const unknown = names.find((name) => !found.has(name));
  if (unknown !== undefined) throw columnUnknown(file, unknown, [...found, ...others]);
  return { file, rows, cells };
};

/** A cell as a number, a word, or nothing; an infinite number cannot be measured and is nothing too. */
export const measurable = (raw: unknown): number | string | undefined => {
  const value = valueOf(raw);
  return typeof value === 'number' && !Number.isFinite(value) ? undefined : value;
};

const isVector = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((element) => typeof element === 'number');

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The vectors of a column: lists of numbers, or text that is one in JSON. Missing ones are left out. @throws UsageError VECTOR_INVALID */
export const vectorsIn = ({ file, cells }: Named, column: string): (readonly number[])[] =>
  (cells.get(column) ?? []).flatMap((raw, row) => {
    const value = valueOf(raw);
    if (value === undefined) return [];
    const vector = Array.isArray(raw) ? raw : parsed(String(value));
    if (isVector(vector)) return [vector];
    throw new UsageError('VECTOR_INVALID', `${file}: row ${row + 1} of column ${column} holds no list of numbers`);
  });
