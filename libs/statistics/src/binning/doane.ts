import { StatisticsError } from '../errors.js';
import { compensatedMean, compensatedSum, populationDeviation } from '../summation.js';
import { type Cuts } from './histogram.js';
import { areWhole, binsOfWidth, innerEdges } from './linspace.js';

/** What Doane's rule needs to know of a sample: size, range and skewness g1 (population form). */
export type Shape = {
  readonly size: number;
  readonly low: number;
  readonly high: number;
  readonly skewness: number;
  readonly whole?: boolean;
};

/** Number of equal bins by Doane's rule, rounded as numpy does. Fewer than three values or a constant: one bin. */
export const doaneBins = ({ size, low, high, skewness, whole = false }: Shape): number => {
  if (size <= 2 || high === low) return 1;
  const deviation = Math.sqrt((6 * (size - 2)) / ((size + 1) * (size + 3)));
  const width = (high - low) / (1 + Math.log2(size) + Math.log2(1 + Math.abs(skewness) / deviation));
  return binsOfWidth(low, high, width, whole);
};

/**
 * Cuts by Doane's rule, a Sturges with a correction for skewness, over the reference: `numpy.histogram_bin_edges(reference, 'doane')` with
 * ±infinity in place of the first and last edge; whole numbers as numpy takes integer types. O(n).
 * @param sorted the reference, ascending
 * @throws StatisticsError `doaneCuts requires at least one value`
 */
export const doaneCuts = (sorted: ArrayLike<number>): Cuts => {
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  if (low === undefined || high === undefined) throw new StatisticsError('doaneCuts requires at least one value');
  const mean = compensatedMean(sorted);
  const deviation = populationDeviation(sorted);
  const skewness = deviation > 0 ? compensatedSum(sorted, (value) => ((value - mean) / deviation) ** 3) / sorted.length : 0;
  return innerEdges(low, high, doaneBins({ size: sorted.length, low, high, skewness, whole: areWhole(sorted) }));
};
