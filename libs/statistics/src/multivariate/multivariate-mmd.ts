import { type Score } from '../score.js';
import { SPLITS } from '../splits.js';
import { discrepancyOfPoints } from './discrepancy-of-points.js';
import { pointsOf } from './points.js';
import { pooledOf, requireTables, seededByTables, type SplitOptions, type Table } from './table.js';

/** Rows taken of each sample at most: the cost is quadratic. */
const MOST = 1000;

/**
 * Maximum mean discrepancy, squared and unbiased, between rows of several columns: how much more alike rows of the same sample are than rows of
 * different ones, alike being k(x, y) = exp(−|x − y|²/(2σ²)). Sees that columns go together otherwise where each alone stays as it was.
 *
 * Score = mean of k over pairs inside the reference + over pairs inside the current − 2 · over pairs between: 0 is expected without drift, a
 * little below 0 for a sample and itself, 2 = nothing alike; symmetric; unchanged by shift and scale of a column and by the order of columns.
 * Columns weigh alike: numbers in deviations of the pooled column (missing: its median), different words √2 apart (missing is a word). 2σ² is
 * the median squared distance of pooled rows (of those that differ, where most are equal; of at most 1,000 rows taken at random); σ is the
 * parameter `bandwidth`.
 * p-value: share of 199 random splits of the pooled rows that score at least as much, (b + 1)/(199 + 1): never 0, and exact for its level with any
 * data, since nothing is fitted to one sample. Above 1,000 rows a side that many are taken at random; the parameters say how many. Smallest
 * sample: two rows a side. O(rows² · (columns + splits)), at most 2 million pairs; no matrix is held.
 * Source: Gretton et al., J. Machine Learning Research 13 (2012), 723-773, lemma 6; bandwidth: its section 8.
 * Oracle: oracles/multivariate.json (kernel sums over scipy's distances of one-hot and standardised columns, tolerance 1e-9).
 * @throws StatisticsError `multivariateMmd requires at least 2 rows in each sample` and what else `requireTables` and `pointsOf` name
 * @example multivariateMmd([{ kind: 'numeric', values: [0, 0] }], [{ kind: 'numeric', values: [1, 1] }]).score // 1.26…: 2 − 2/e
 */
export const multivariateMmd = (reference: Table, current: Table, options: SplitOptions = {}): Score => {
  requireTables('multivariateMmd', [reference, current], 2);
  const random = options.random ?? seededByTables([reference, current]);
  const pooled = pooledOf([reference, current], MOST, random);
  return discrepancyOfPoints(
    'multivariateMmd',
    { ...pointsOf('multivariateMmd', pooled), n: pooled.n },
    { random, splits: options.splits ?? SPLITS },
  );
};
