import { compensatedSum } from '../summation.js';
import { type Contingency } from './contingency.js';

/** Mean and variance of the chi-square score over all tables with the margins of one. */
export type ChiSquareMoments = { readonly mean: number; readonly variance: number };

/** Below this share of the squared mean a variance is rounding: the margins alone fix the score. */
const NO_VARIANCE = 1e-9;

/**
 * Exact mean and variance of Pearson's chi-square over all tables with these margins, that is over all ways to deal the rows out to the two
 * samples. `variance` is 0 where every such table has the same score. Whole counts of at least four rows. O(categories).
 * Source: Haldane, Biometrika 31 (1940), 346, in the form of Dawson, The American Statistician 8 (1954), 12. Checked by enumeration.
 */
export const chiSquareMoments = ({ rows: [reference, current], degrees, size }: Contingency): ChiSquareMoments => {
  const [n, m] = [compensatedSum(reference.observed), compensatedSum(current.observed)];
  const reciprocals = compensatedSum(reference.observed, (count, i) => 1 / (count + (current.observed[i] ?? 0)));
  const spread = (classes: number, sum: number): readonly [number, number] => [
    ((classes - 1) * (size - classes)) / (size - 1),
    (size * sum - classes ** 2) / (size - 2),
  ];
  const [ofSamples, unevenSamples] = spread(2, 1 / n + 1 / m);
  const [ofCategories, unevenCategories] = spread(degrees + 1, reciprocals);
  const mean = (size * degrees) / (size - 1);
  const variance =
    ((2 * size) / (size - 3)) * (ofSamples - unevenSamples) * (ofCategories - unevenCategories) +
    (size ** 2 / (size - 1)) * unevenSamples * unevenCategories;
  return { mean, variance: variance > NO_VARIANCE * mean ** 2 ? variance : 0 };
};
