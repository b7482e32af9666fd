import { StatisticsError } from '../errors.js';
import { type Cuts } from './histogram.js';
import { areWhole, binsOfWidth, innerEdges } from './linspace.js';

/** Number of equal bins by Sturges' rule as numpy rounds it: ceil(range / (range / (log2 n + 1))). One bin for a constant. */
export const sturgesBins = (low: number, high: number, size: number, whole = false): number =>
  binsOfWidth(low, high, (high - low) / (Math.log2(size) + 1), whole);

/**
 * Cuts by Sturges' rule over both samples together: `numpy.histogram_bin_edges(concatenate(reference, current), 'sturges')`, for columns
 * of whole numbers as numpy does for integer types. The edges span the pooled range, so no value lies outside. Assumes bell-shaped data; it moves with the current
 * sample, which is why it is not the default. A pooled constant gives no cut, hence one bin. O(bins).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `sturgesCuts requires at least one value in each sample`
 */
export const sturgesCuts = (reference: ArrayLike<number>, current: ArrayLike<number>): Cuts => {
  const [a, b, c, d] = [reference[0], current[0], reference[reference.length - 1], current[current.length - 1]];
  if (a === undefined || b === undefined || c === undefined || d === undefined) {
    throw new StatisticsError('sturgesCuts requires at least one value in each sample');
  }
  const [low, high] = [Math.min(a, b), Math.max(c, d)];
  return innerEdges(low, high, sturgesBins(low, high, reference.length + current.length, areWhole(reference) && areWhole(current)));
};
