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

/**
 * Counts what a column is made of. NaN and infinities are mismatched, never skipped; the counts add up: rows = missing + mismatched +
 * cardinality + duplicates. O(rows) time, O(different values) memory.
 * @throws StatisticsError `profileOf requires at least one row`
 * @example profileOf([1, 2, 2, null, 'x'], 'numeric') // rows 5, missing 1, mismatched 1, cardinality 2, duplicates 1, range 1 to 2
 */
export const profileOf = (cells: readonly Cell[], kind: Kind): ColumnProfile => {
  if (cells.length === 0) throw new StatisticsError('profileOf requires at least one row');
  const seen = new Set<number | string>();
  let [missing, mismatched, low, high] = [0, 0, Infinity, -Infinity];
  for (const cell of cells) {
    if (cell === null) missing += 1;
    else if (!fits(cell, kind)) mismatched += 1;
    else {
      seen.add(cell);
      if (typeof cell === 'number') [low, high] = [Math.min(low, cell), Math.max(high, cell)];
    }
  }
  const counts = {
    rows: cells.length,
    missing,
    mismatched,
    cardinality: seen.size,
    duplicates: cells.length - missing - mismatched - seen.size,
  };
  if (kind === 'categorical') return { kind, ...counts, categories: new Set([...seen].map(String)) };
  return { kind, ...counts, ...(seen.size > 0 && { range: { low, high } }) };
};

/** What is wrong with the current column, in rows, judged by the reference. Never a verdict: a limit on each belongs to who asked. */
export type ColumnQuality = {
  readonly missing: number;
  readonly mismatched: number;
  /** Rows of a category the reference never had; 0 for numbers. */
  readonly unseen: number;
  /** Rows outside the range of the reference; 0 for words, and where the reference has no number. */
  readonly outOfRange: number;
  readonly cardinality: { readonly reference: number; readonly current: number };
  readonly duplicates: number;
  /** Every row that holds a value holds the same one, and the reference had several. */
  readonly becameConstant: boolean;
};

/**
 * Checks a column against the profile of its reference. O(rows).
 * @throws StatisticsError as `profileOf`
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
    duplicates: profile.duplicates,
    becameConstant: profile.cardinality === 1 && reference.cardinality > 1,
  };
};
