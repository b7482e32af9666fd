import { StatisticsError } from '../errors.js';
import { type Kind } from '../method.js';

/** One place of a column: a number, a word, or nothing. */
export type Cell = number | string | null;

/** What a reference says a column looks like. Shares are fractions of all rows. */
export type ColumnProfile = {
  readonly kind: Kind;
  readonly rows: number;
  readonly missing: number;
  /** Cells that are not of the kind: words among numbers, numbers among words; infinite and NaN cells count here. */
  readonly mismatched: number;
  /** Different values of the kind. */
  readonly cardinality: number;
  /** Rows that repeat a value seen before. */
  readonly duplicates: number;
  readonly range?: { readonly low: number; readonly high: number };
  readonly categories?: ReadonlySet<string>;
};

const fits = (cell: number | string, kind: Kind): boolean => (kind === 'numeric' ? Number.isFinite(cell) : typeof cell === 'string');

/** How many different numbers there are among sorted ones: a set of them would end at 2²⁴. */
const distinctOf = (sorted: Float64Array): number =>
  sorted.reduce((count, value, i) => (i === 0 || value !== sorted[i - 1] ? count + 1 : count), 0);

/**
 * Counts what a column is made of. NaN and infinities are mismatched, never skipped; the counts add up: rows = missing + mismatched +
 * cardinality + duplicates. O(rows log rows) time for numbers, O(rows) for words; O(rows) memory for numbers, O(different values) for words.
 * @throws StatisticsError `profileOf requires at least one row`
 * @example profileOf([1, 2, 2, null, 'x'], 'numeric') // rows 5, missing 1, mismatched 1, cardinality 2, duplicates 1, range 1 to 2
 */
export const profileOf = (cells: readonly Cell[], kind: Kind): ColumnProfile => {
  if (cells.length === 0) throw new StatisticsError('profileOf requires at least one row');
  const words = new Set<string>();
  const numbers = new Float64Array(cells.length);
  let [missing, mismatched, counted] = [0, 0, 0];
  for (const cell of cells) {
    if (cell === null) missing += 1;
    else if (!fits(cell, kind)) mismatched += 1;
    else if (typeof cell === 'string') words.add(cell);
    else {
      numbers[counted] = cell;
      counted += 1;
    }
  }
  const sorted = numbers.subarray(0, counted).sort();
  const cardinality = kind === 'numeric' ? distinctOf(sorted) : words.size;
  const counts = { rows: cells.length, missing, mismatched, cardinality, duplicates: cells.length - missing - mismatched - cardinality };
  if (kind === 'categorical') return { kind, ...counts, categories: words };
  const [low, high] = [sorted[0], sorted.at(-1)];
  return { kind, ...counts, ...(low !== undefined && high !== undefined && { range: { low, high } }) };
};

/** The same count of both sides. */
type Pair = { readonly reference: number; readonly current: number };

/** What is wrong with the current column, in rows, judged by the reference. Never a verdict: a limit on each belongs to who asked. */
export type ColumnQuality = {
  readonly missing: number;
  readonly mismatched: number;
  /** Rows of a category the reference never had; 0 for numbers. */
  readonly unseen: number;
  /** Rows outside the range of the reference; 0 for words, and where the reference has no number. */
  readonly outOfRange: number;
  readonly cardinality: Pair;
  /** Rows that repeat a value: a key has none on either side. */
  readonly duplicates: Pair;
  /** Every row that holds a value holds the same one, and the reference had several. */
  readonly becameConstant: boolean;
};

/**
 * Checks a column against the profile of its reference, with the cost of a profile.
 * @throws StatisticsError as `profileOf`
 * @example columnQuality(profileOf([1, 5], 'numeric'), [2, 6, null, 'x']) // missing 1, mismatched 1, outOfRange 1
 */
export const columnQuality = (reference: ColumnProfile, current: readonly Cell[]): ColumnQuality => {
  const profile = profileOf(current, reference.kind);
  const { range, categories } = reference;
  const count = (isWrong: (cell: Cell) => boolean): number => current.reduce<number>((sum, cell) => sum + Number(isWrong(cell)), 0);
  const isUnseen = (cell: Cell): boolean => typeof cell === 'string' && categories?.has(cell) === false;
  const isOutside = (cell: Cell): boolean =>
    typeof cell === 'number' && Number.isFinite(cell) && !!range && (cell < range.low || cell > range.high);
  return {
    missing: profile.missing,
    mismatched: profile.mismatched,
    unseen: count(isUnseen),
    outOfRange: count(isOutside),
    cardinality: { reference: reference.cardinality, current: profile.cardinality },
    duplicates: { reference: reference.duplicates, current: profile.duplicates },
    becameConstant: profile.cardinality === 1 && reference.cardinality > 1,
  };
};
