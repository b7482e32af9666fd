import { fTail } from '../special/f-distribution.js';
import { symmetricEigen } from '../special/symmetric-eigen.js';
import { compensatedSum } from '../summation.js';

/** Directions that vary this much less than the widest hold rounding, not data. */
const RANK_TOLERANCE = 1e-13;

type Matrix = readonly (readonly number[])[];

/** Squared length of the difference in units of its covariance, over the directions that vary; and how many those are. */
export const mahalanobis = (difference: readonly number[], covariance: Matrix): { readonly square: number; readonly rank: number } => {
  const { values, vectors } = symmetricEigen(covariance);
  const widest = Math.max(...values);
  const kept = values.flatMap((value, i) => (value > RANK_TOLERANCE * widest ? [{ value, vector: vectors[i] ?? [] }] : []));
  const along = (vector: readonly number[]): number => compensatedSum(vector, (part, i) => part * (difference[i] ?? 0));
  return { square: kept.reduce((sum, { value, vector }) => sum + along(vector) ** 2 / value, 0), rank: kept.length };
};

/**
 * p-value of Hotelling's T² test that two samples of vectors have one mean, from the difference of their means and the covariance within
 * them (of both, pooled, divided by n + m). By R², the part of the variation around the common mean that the difference explains:
 * F = R²/(1 − R²) · (n + m − 1 − k)/k with k and n + m − 1 − k degrees of freedom, k the directions that vary at all. R² does not change
 * when a sample grows, so that a small sample beside a large one is judged by the covariance of both. At least k + 2 vectors.
 * Source: Hotelling, Annals of Mathematical Statistics 2 (1931), 360-378. Oracle: oracles/epps-singleton.json (numpy and `scipy.stats.f`).
 */
export const hotellingTail = (difference: readonly number[], within: Matrix, [n, m]: readonly [number, number]): number => {
  const weight = (n / (n + m)) * (m / (n + m));
  const around = within.map((row, i) => row.map((value, j) => value + weight * (difference[i] ?? 0) * (difference[j] ?? 0)));
  const { square, rank } = mahalanobis(difference, around);
  if (rank === 0) return 1;
  // Means apart in a direction in which neither sample varies explain everything, up to rounding.
  const unexplained = Math.max(1 - weight * square, Number.EPSILON);
  const rest = n + m - 1 - rank;
  return fTail((weight * square * rest) / (unexplained * rank), rank, rest);
};
