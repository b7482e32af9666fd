import { StatisticsError } from '../errors.js';
import { compensatedSum } from '../summation.js';
import { type BandedValue, normalEstimate, type Range } from './band.js';
import { type ConfusionMatrix } from './multiclass.js';

/** Shares of all answers: per cell, and per class among labels and among answers. */
export type MatrixShares = {
  readonly all: number;
  readonly cells: readonly (readonly number[])[];
  readonly truth: readonly number[];
  readonly answers: readonly number[];
  /** Share of answers that were right. */
  readonly right: number;
};

/** @throws StatisticsError `… requires finite, non-negative counts` | `… requires at least one labelled answer` */
export const matrixShares = (name: string, { cells, classes }: ConfusionMatrix): MatrixShares => {
  if (cells.length !== classes.length || !cells.every((row) => row.length === classes.length))
    throw new StatisticsError(`${name} requires one row and one column per class`);
  if (!cells.every((row) => row.every((count) => Number.isFinite(count) && count >= 0)))
    throw new StatisticsError(`${name} requires finite, non-negative counts`);
  const all = compensatedSum(cells.flat());
  if (all === 0) throw new StatisticsError(`${name} requires at least one labelled answer`);
  const shares = cells.map((row) => row.map((count) => count / all));
  return {
    all,
    cells: shares,
    truth: shares.map((row) => compensatedSum(row)),
    answers: shares.map((_, j) => compensatedSum(shares.map((row) => row[j] ?? 0))),
    right: compensatedSum(shares.map((row, i) => row[i] ?? 0)),
  };
};

/** Value of a metric and its derivative by the share of cell (truth i, answer j). */
export type CellMetric = { readonly value: number; readonly derivative: (i: number, j: number) => number };

/**
 * A metric of a confusion matrix with its band by the delta method: answers fall into cells as a multinomial draw, and the variance of the
 * metric is the variance of the derivative over all answers, divided by their number. O(classes²).
 * Source: Bishop, Fienberg and Holland, Discrete Multivariate Analysis, 1975, section 14.6.
 */
export const cellEstimate = ({ value, derivative }: CellMetric, { all, cells }: MatrixShares, range: Range, level: number): BandedValue => {
  const filled = cells.flatMap((row, i) => row.flatMap((share, j) => (share === 0 ? [] : [{ share, slope: derivative(i, j) }])));
  const mean = compensatedSum(filled.map(({ share, slope }) => share * slope));
  const variance = compensatedSum(filled.map(({ share, slope }) => share * (slope - mean) ** 2));
  // Slopes that are equal on paper differ by rounding: that is no spread.
  const error = variance < 1e-28 ? 0 : Math.sqrt(variance / all);
  return normalEstimate({ value, error, by: 'delta', range, level });
};
