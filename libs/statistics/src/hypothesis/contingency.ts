import { type OtherRule, poolRare } from '../binning/other-class.js';
import { requireHistograms } from '../requirements.js';
import { type Parameters } from '../score.js';
import { compensatedSum } from '../summation.js';

/** What a caller may choose about a test of counts: which rare categories are counted as one, "other". Absent: every category for itself. */
export type ContingencyOptions = { readonly other?: OtherRule };

/** A row of counts with what each would be if both rows came from one distribution: category total · row size / size. */
export type Row = { readonly observed: readonly number[]; readonly expected: readonly number[] };

/** Both rows over the categories that occur, `degrees` = categories − 1, and all values counted. */
export type Contingency = {
  readonly rows: readonly [Row, Row];
  readonly degrees: number;
  readonly size: number;
  readonly parameters: Parameters;
};

/**
 * The table of two samples by category. Categories that are empty on both sides are left out. O(categories).
 * @throws StatisticsError `<name> requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`, and of `poolRare`
 */
export const contingencyOf = (
  name: string,
  counts: { readonly reference: readonly number[]; readonly current: readonly number[] },
  { other = {} }: ContingencyOptions,
): Contingency => {
  requireHistograms(name, counts.reference, counts.current, 1);
  const { reference, current, pooled } = poolRare(name, counts, other);
  const [n, m] = [compensatedSum(reference), compensatedSum(current)];
  const totals = reference.map((count, i) => count + (current[i] ?? 0));
  const row = (observed: readonly number[], size: number): Row => ({ observed, expected: totals.map((total) => (total * size) / (n + m)) });
  const rule = {
    ...(other.expectedMin !== undefined && { expectedMin: other.expectedMin }),
    ...(other.categoriesMax !== undefined && { categoriesMax: other.categoriesMax }),
  };
  const parameters = { categories: totals.length, ...(Object.keys(rule).length > 0 && { ...rule, pooled }) };
  return { rows: [row(reference, n), row(current, m)], degrees: totals.length - 1, size: n + m, parameters };
};

/** Sum of f(observed, expected) over a row. */
export const sumOfCells = ({ observed, expected }: Row, f: (observed: number, expected: number) => number): number =>
  compensatedSum(observed, (count, i) => f(count, expected[i] ?? 0));
