import { compensatedSum } from '../summation.js';
import { type Contingency } from './contingency.js';
import { scaledMomentsOf, splitMoments, type SplitMoments } from './split-moments.js';

/**
 * Exact mean, variance and skewness of Pearson's chi-square over all tables with these margins, that is over all ways to deal the rows out to the
 * two samples. `variance` is 0 where every such table has the same score. Whole counts of at least six rows. O(categories).
 *
 * Rows of a category of t are one point, of leverage 1/t − 1/size, so the sums over rows are sums over categories. Mean and variance are
 * Haldane's, Biometrika 31 (1940), 346. Checked by enumeration.
 */
export const chiSquareMoments = ({ rows: [reference, current], degrees, size }: Contingency): SplitMoments => {
  const [n, m] = [compensatedSum(reference.observed), compensatedSum(current.observed)];
  const categories = degrees + 1;
  const powers = (power: number): number => compensatedSum(reference.observed, (count, i) => (count + (current.observed[i] ?? 0)) ** power);
  const [once, twice] = [powers(-1), powers(-2)];
  const leverages = {
    dimension: degrees,
    squares: once - (2 * categories - 1) / size,
    cubes: twice - (3 * once) / size + (3 * categories - 1) / size ** 2,
    triples: once - (3 * categories - 2) / size,
    pull: once - categories ** 2 / size,
  };
  return scaledMomentsOf(splitMoments(leverages, [n, m]), size);
};
