import { StatisticsError } from './errors.js';
import { compensatedSum } from './summation.js';

/** Above it, 2^53, doubles do not count by ones, and products of totals would overflow in the end. */
const COUNTED_MAX = 2 ** 53;

/** Refuses a sum of counts that cannot be counted exactly. */
export const requireCountable = (name: string, total: number): void => {
  if (total > COUNTED_MAX) throw new StatisticsError(`${name} requires at most 2^53 counted values on each side`);
};

/**
 * Refuses anything but two histograms over the same bins: same length, at least `bins` bins, finite non-negative counts, something counted, and no more
 * than can be counted.
 * @throws StatisticsError `<name> requires equally many bins` | `… at least one bin` | `… at least two bins` | `… finite, non-negative counts` |
 *   `… at least one counted value on each side` | `… at most 2^53 counted values on each side`
 */
export const requireHistograms = (name: string, reference: readonly number[], current: readonly number[], bins = 2): void => {
  if (reference.length !== current.length) throw new StatisticsError(`${name} requires equally many bins`);
  if (reference.length < bins) throw new StatisticsError(`${name} requires at least ${bins === 1 ? 'one bin' : 'two bins'}`);
  for (const counts of [reference, current]) {
    if (!counts.every((count) => Number.isFinite(count) && count >= 0))
      throw new StatisticsError(`${name} requires finite, non-negative counts`);
    if (!counts.some((count) => count > 0)) throw new StatisticsError(`${name} requires at least one counted value on each side`);
    requireCountable(name, compensatedSum(counts));
  }
};

/** Refuses an empty sample and any NaN or infinity in it: the caller filters and counts, nothing is skipped silently. */
export const requireFinite = (name: string, values: ArrayLike<number>): void => {
  if (values.length === 0) throw new StatisticsError(`${name} requires at least one value in each sample`);
  for (let i = 0; i < values.length; i += 1) {
    if (!Number.isFinite(values[i])) throw new StatisticsError(`${name} requires finite values`);
  }
};

/** Refuses NaN and infinities in a sorted sample, which end up at its ends. An empty one passes. */
export const requireFiniteEnds = (name: string, sorted: ArrayLike<number>): void => {
  if (sorted.length > 0 && !(Number.isFinite(sorted[0]) && Number.isFinite(sorted[sorted.length - 1])))
    throw new StatisticsError(`${name} requires finite values`);
};

/** Refuses a sample that is empty, unsorted or not finite. One pass: the ends of a sorted sample decide whether all of it is finite. */
export const requireSorted = (name: string, values: ArrayLike<number>): void => {
  if (values.length === 0) throw new StatisticsError(`${name} requires at least one value in each sample`);
  let previous = -Infinity;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? NaN;
    if (!(value >= previous)) throw new StatisticsError(`${name} requires sorted, finite values`);
    previous = value;
  }
  if (!Number.isFinite(values[0]) || !Number.isFinite(previous)) throw new StatisticsError(`${name} requires sorted, finite values`);
};

/** Refuses two columns of different length or without rows. */
export const requirePairs = (name: string, truth: ArrayLike<unknown>, answers: ArrayLike<unknown>): void => {
  if (truth.length !== answers.length) throw new StatisticsError(`${name} requires as many answers as labels`);
  if (truth.length === 0) throw new StatisticsError(`${name} requires at least one labelled answer`);
};
