import { type Random } from '../random.js';
import { type Table, type TableColumn } from './table.js';

/** A column as an oracle file holds it: null where a value is missing. */
type WrittenColumn = { readonly kind: string; readonly values: readonly (number | string | null)[] };

/** The table of an oracle file. */
export const writtenTable = (columns: readonly WrittenColumn[]): Table =>
  columns.map(({ kind, values }): TableColumn =>
    kind === 'numeric'
      ? { kind, values: Float64Array.from(values, (value) => (typeof value === 'number' ? value : NaN)) }
      : { kind: 'categorical', values: values.map((value) => (value === null ? undefined : String(value))) },
  );

/** A standard normal number (Box and Muller). */
export const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Rows of standard normal numbers of which every two columns have this correlation. */
export const correlated = (random: Random, rows: number, columns: number, correlation: number): Float64Array[] => {
  const made = Array.from({ length: columns }, () => new Float64Array(rows));
  for (let row = 0; row < rows; row += 1) {
    const shared = Math.sqrt(correlation) * normal(random);
    for (const column of made) column[row] = shared + Math.sqrt(1 - correlation) * normal(random);
  }
  return made;
};

export const numbersTable = (columns: readonly ArrayLike<number>[]): Table => columns.map((values) => ({ kind: 'numeric', values }));

/** Numbers beside a word out of 200, most of which only one of two small samples has. */
export const rareWordsTable = (random: Random, rows: number): Table => [
  ...numbersTable(correlated(random, rows, 2, 0.5)),
  { kind: 'categorical', values: Array.from({ length: rows }, () => `word ${String(Math.floor(200 * random()))}`) },
];

/** Share of `runs` answers that are a p-value of at most 0.05. */
export const alarmRate = (runs: number, pValue: () => number | undefined): number => {
  let alarms = 0;
  for (let run = 0; run < runs; run += 1) if ((pValue() ?? NaN) <= 0.05) alarms += 1;
  return alarms / runs;
};
