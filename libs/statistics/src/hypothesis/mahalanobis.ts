import { symmetricEigen } from '../special/symmetric-eigen.js';
import { compensatedSum } from '../summation.js';

/** Directions that vary this much less than the widest hold rounding, not data. */
const RANK_TOLERANCE = 1e-13;

type Matrix = readonly (readonly number[])[];

/** The directions that vary at all, each divided by its deviation: along them points have variance 1. */
export const directionsOf = (covariance: Matrix): readonly (readonly number[])[] => {
  const { values, vectors } = symmetricEigen(covariance);
  const widest = Math.max(...values);
  return values.flatMap((value, i) => (value > RANK_TOLERANCE * widest ? [(vectors[i] ?? []).map((part) => part / Math.sqrt(value))] : []));
};

/** Squared length of the difference in units of its covariance, over the directions that vary; and how many those are. */
export const mahalanobis = (difference: readonly number[], covariance: Matrix): { readonly square: number; readonly rank: number } => {
  const directions = directionsOf(covariance);
  const along = (direction: readonly number[]): number => compensatedSum(direction, (part, i) => part * (difference[i] ?? 0));
  return { square: directions.reduce((sum, direction) => sum + along(direction) ** 2, 0), rank: directions.length };
};
