import { StatisticsError } from '../errors.js';
import { type Cuts } from './histogram.js';
import { innerEdges } from './linspace.js';

/**
 * Cuts of bins of equal width over the reference, outer bins open: `numpy.histogram_bin_edges(reference, bins)` with ±infinity in place of
 * the first and last edge. A constant reference is widened by a half on each side, as numpy does. O(bins).
 * @param sorted the reference, ascending
 * @throws StatisticsError `equalWidthCuts requires at least two bins` | `equalWidthCuts requires at least one value`
 * @example equalWidthCuts([0, 1, 4], 4) // [1, 2, 3]
 */
export const equalWidthCuts = (sorted: ArrayLike<number>, bins: number): Cuts => {
  if (!Number.isInteger(bins) || bins < 2) throw new StatisticsError('equalWidthCuts requires at least two bins');
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  if (low === undefined || high === undefined) throw new StatisticsError('equalWidthCuts requires at least one value');
  return innerEdges(low, high, bins);
};
