import { StatisticsError } from '../errors.js';
import { requireFinite } from '../requirements.js';

/** What a test of means needs to know of a sample: how many values, their mean, and their variance with divisor count − 1. */
export type Moments = { readonly count: number; readonly mean: number; readonly variance: number };

/**
 * Moments of (value − origin) / unit, in two passes: the second takes off what rounding left in the first. Neumaier's sums (`summation.ts`)
 * written out, three in two loops, which is a third of the cost. The caller guarantees two values.
 */
const shiftedMoments = (values: ArrayLike<number>, origin: number, unit: number): Moments => {
  const mean = shiftedMean(values, origin, unit);
  let [rest, restLost, squares, squaresLost] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const apart = ((values[i] ?? 0) - origin) / unit - mean;
    const nextRest = rest + apart;
    restLost += Math.abs(rest) >= Math.abs(apart) ? rest - nextRest + apart : apart - nextRest + rest;
    rest = nextRest;
    const square = apart * apart;
    const nextSquares = squares + square;
    squaresLost += squares >= square ? squares - nextSquares + square : square - nextSquares + squares;
    squares = nextSquares;
  }
  const left = rest + restLost;
  const variance = Math.max(squares + squaresLost - (left * left) / values.length, 0) / (values.length - 1);
  return { count: values.length, mean, variance };
};

const shiftedMean = (values: ArrayLike<number>, origin: number, unit: number): number => {
  let [sum, lost] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const value = ((values[i] ?? 0) - origin) / unit;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return (sum + lost) / values.length;
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

/** Moments of two samples of (value − origin) / unit, about −1 to 1: tests of means do not depend on the scale, rounding and overflow do. */
export type ScaledMoments = { readonly reference: Moments; readonly current: Moments; readonly origin: number; readonly unit: number };

/**
 * Samples in any order.
 * @throws StatisticsError `<name> requires at least one value in each sample` | `… finite values` | `… at least 2 values in each sample` |
 *   `… values whose range is finite`
 */
export const scaledMoments = (name: string, reference: ArrayLike<number>, current: ArrayLike<number>): ScaledMoments => {
  requireFinite(name, reference);
  requireFinite(name, current);
  if (Math.min(reference.length, current.length) < 2) throw new StatisticsError(`${name} requires at least 2 values in each sample`);
  const [ends, others] = [endsOf(reference), endsOf(current)];
  const range = Math.max(ends.high, others.high) - Math.min(ends.low, others.low);
  if (!Number.isFinite(range)) throw new StatisticsError(`${name} requires values whose range is finite`);
  const unit = range === 0 ? 1 : range;
  const origin = reference[reference.length >> 1] ?? NaN;
  return { reference: shiftedMoments(reference, origin, unit), current: shiftedMoments(current, origin, unit), origin, unit };
};

const endsOf = (values: ArrayLike<number>): { readonly low: number; readonly high: number } => {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? NaN;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
};

/** Refuses moments that no sample has. */
export const requireMoments = (name: string, sides: readonly Moments[]): void => {
  for (const { count, mean, variance } of sides) {
    if (!(Number.isSafeInteger(count) && count >= 2)) throw new StatisticsError(`${name} requires at least 2 values in each sample`);
    if (!Number.isFinite(mean) || !(variance >= 0 && variance < Infinity))
      throw new StatisticsError(`${name} requires a finite mean and a finite variance of at least 0`);
  }
};
