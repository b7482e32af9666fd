import { StatisticsError } from '../errors.js';
import { requireFinite } from '../requirements.js';
import { compensatedSum } from '../summation.js';

/** What a test of means needs to know of a sample: how many values, their mean, and their variance with divisor count − 1. */
export type Moments = { readonly count: number; readonly mean: number; readonly variance: number };

/** Moments of (value − origin) / unit, in two passes: the second takes off what rounding left in the first. The caller guarantees two values. */
const shiftedMoments = (values: ArrayLike<number>, origin: number, unit: number): Moments => {
  const count = values.length;
  const mean = compensatedSum(values, (value) => (value - origin) / unit) / count;
  const apart = (value: number): number => (value - origin) / unit - mean;
  const rest = compensatedSum(values, apart);
  const squares = compensatedSum(values, (value) => apart(value) ** 2);
  return { count, mean, variance: Math.max(squares - (rest * rest) / count, 0) / (count - 1) };
};

/**
 * Moments of a sample in any order. Exactly 0 variance for equal values; values far from zero lose nothing, since they are taken from the
 * first one on. O(n). numpy's `mean` and `var(ddof=1)`.
 * @throws StatisticsError `momentsOf requires at least two values` | `momentsOf requires finite values` | `… finite squares`
 * @example momentsOf([1, 2, 3, 4]) // { count: 4, mean: 2.5, variance: 1.666… }
 */
export const momentsOf = (values: ArrayLike<number>): Moments => {
  if (values.length < 2) throw new StatisticsError('momentsOf requires at least two values');
  requireFinite('momentsOf', values);
  const origin = values[0] ?? NaN;
  const { count, mean, variance } = shiftedMoments(values, origin, 1);
  if (!Number.isFinite(variance)) throw new StatisticsError('momentsOf requires values with finite squares');
  return { count, mean: origin + mean, variance };
};

/** Moments of two samples on one scale that runs from about −1 to 1: tests of means do not depend on the scale, rounding and overflow do. */
export type ScaledMoments = { readonly reference: Moments; readonly current: Moments; readonly unit: number };

/** Both samples ascending, with at least two values each. @throws StatisticsError `<name> requires values whose range is finite` */
export const scaledMoments = (name: string, reference: ArrayLike<number>, current: ArrayLike<number>): ScaledMoments => {
  const [first, second] = [reference[0] ?? NaN, current[0] ?? NaN];
  const [last, other] = [reference[reference.length - 1] ?? NaN, current[current.length - 1] ?? NaN];
  const range = Math.max(last, other) - Math.min(first, second);
  if (!Number.isFinite(range)) throw new StatisticsError(`${name} requires values whose range is finite`);
  const unit = range === 0 ? 1 : range;
  const origin = reference[reference.length >> 1] ?? NaN;
  return { reference: shiftedMoments(reference, origin, unit), current: shiftedMoments(current, origin, unit), unit };
};

/** Refuses moments that no sample has. */
export const requireMoments = (name: string, sides: readonly Moments[]): void => {
  for (const { count, mean, variance } of sides) {
    if (!(Number.isSafeInteger(count) && count >= 2)) throw new StatisticsError(`${name} requires at least 2 values in each sample`);
    if (!Number.isFinite(mean) || !(variance >= 0 && variance < Infinity))
      throw new StatisticsError(`${name} requires a finite mean and a finite variance of at least 0`);
  }
};
