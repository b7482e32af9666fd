import { StatisticsError } from '../errors.js';
import { type Random } from '../random.js';
import { seededByComparison, takenPlaces } from '../splits.js';

/** A column in row order: numbers with NaN where there is none, or words with undefined where there is none. */
export type TableColumn =
  | { readonly kind: 'numeric'; readonly values: ArrayLike<number> }
  | { readonly kind: 'categorical'; readonly values: readonly (string | undefined)[] };

/** Columns whose values at one place belong to one row. */
export type Table = readonly TableColumn[];

/** `random` decides the splits and which rows are taken; unless given, one seeded by the order of the values. `splits` stand behind a p-value. */
export type SplitOptions = { readonly random?: Random; readonly splits?: number };

/** Numbers with NaN where missing; or the place of each word among all words in order of their letters, −1 where missing. */
export type PooledColumn =
  | { readonly kind: 'numeric'; readonly values: Float64Array }
  | { readonly kind: 'categorical'; readonly codes: Int32Array; readonly words: number };

/** Rows of both samples one after the other: n of the reference, then m current ones. */
export type Pooled = { readonly n: number; readonly m: number; readonly columns: readonly PooledColumn[] };

const requireRows = (name: string, table: Table, least: number): void => {
  const rows = table[0]?.values.length ?? 0;
  if (table.some(({ values }) => values.length !== rows)) throw new StatisticsError(`${name} requires as many values in every column`);
  if (rows < least) throw new StatisticsError(`${name} requires at least ${String(least)} rows in each sample`);
};

const requireNumbers = (name: string, values: ArrayLike<number>): void => {
  let present = false;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? NaN;
    if (Math.abs(value) === Infinity) throw new StatisticsError(`${name} requires finite values`);
    present ||= !Number.isNaN(value);
  }
  if (!present) throw new StatisticsError(`${name} requires a number in every numeric column of each sample`);
};

/**
 * Refuses tables that cannot be compared.
 * @throws StatisticsError `<name> requires at least one column` | `… the same columns on both sides` | `… as many values in every column` |
 * `… at least <least> rows in each sample` | `… finite values` | `… a number in every numeric column of each sample`
 */
export const requireTables = (name: string, [reference, current]: readonly [Table, Table], least: number): void => {
  if (reference.length === 0) throw new StatisticsError(`${name} requires at least one column`);
  if (reference.length !== current.length || reference.some(({ kind }, i) => kind !== current[i]?.kind))
    throw new StatisticsError(`${name} requires the same columns on both sides`);
  for (const table of [reference, current]) {
    requireRows(name, table, least);
    for (const column of table) if (column.kind === 'numeric') requireNumbers(name, column.values);
  }
};

const pooledNumbers = (values: readonly number[]): PooledColumn => ({ kind: 'numeric', values: Float64Array.from(values) });

const pooledWords = (values: readonly (string | undefined)[]): PooledColumn => {
  const words = [...new Set(values.filter((word) => word !== undefined))].sort();
  const places = new Map(words.map((word, i) => [word, i]));
  return {
    kind: 'categorical',
    codes: Int32Array.from(values, (word) => (word === undefined ? -1 : (places.get(word) ?? -1))),
    words: words.length,
  };
};

/** −1, 1, or 0 where values are equal or one is missing. */
const compared = <T extends number | string>(a: T | undefined, b: T | undefined): number => {
  if (a === undefined || b === undefined) return 0;
  if (a < b) return -1;
  return a > b ? 1 : 0;
};

/** A generator that the tables themselves seed, by how rows of one compare with rows of the other in every column. The caller has checked them. */
export const seededByTables = ([reference, current]: readonly [Table, Table]): Random =>
  seededByComparison({
    n: reference[0]?.values.length ?? 0,
    m: current[0]?.values.length ?? 0,
    columns: reference.length,
    compare: (column, i, j) => compared(reference[column]?.values[i], current[column]?.values[j]),
  });

/** Both tables one under the other, from each at most `most` rows, each as likely as any other. The caller has checked them. */
export const pooledOf = ([reference, current]: readonly [Table, Table], most: number, random: Random): Pooled => {
  const rows = (table: Table): Float64Array => takenPlaces(table[0]?.values.length ?? 0, most, random);
  const [first, second] = [rows(reference), rows(current)];
  const columns = reference.map((column, i): PooledColumn => {
    const other = current[i];
    if (column.kind === 'numeric' && other?.kind === 'numeric') {
      const values = (from: ArrayLike<number>, places: Float64Array): number[] => Array.from(places, (place) => from[place] ?? NaN);
      return pooledNumbers([...values(column.values, first), ...values(other.values, second)]);
    }
    const words = (from: TableColumn | undefined, places: Float64Array): (string | undefined)[] =>
      Array.from(places, (place) => (from?.kind === 'categorical' ? from.values[place] : undefined));
    return pooledWords([...words(column, first), ...words(other, second)]);
  });
  return { n: first.length, m: second.length, columns };
};
