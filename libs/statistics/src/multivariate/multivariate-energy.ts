import { type Score } from '../score.js';
import { pairSums, pValueOfSplits, SPLITS, splitsOf } from '../splits.js';
import { type Points, pointsOf, squaredDistance } from './points.js';
import { pooledOf, requireTables, seededByTables, type SplitOptions, type Table } from './table.js';

/** Rows taken of each sample at most: the cost is quadratic. */
const MOST = 1000;

/** Squared energy distance of the two samples of each split. */
const squaredEnergies = (points: Points, n: number, splits: readonly Float64Array[]): { scores: Float64Array; rounding: number } => {
  const m = points.rows - n;
  const fill = (i: number, into: Float64Array): void => {
    for (let j = 0; j < i; j += 1) into[j] = Math.sqrt(squaredDistance(points, i, j));
  };
  const { inside, touched, all } = pairSums(points.rows, fill, splits);
  const scores = inside.map((first, split) => {
    const some = touched[split] ?? 0;
    return (2 * (some - first)) / (n * m) - (2 * first) / (n * n) - (2 * (all - some)) / (m * m);
  });
  return { scores, rounding: (1e-12 * all) / points.rows ** 2 };
};

/**
 * Energy distance between rows of several columns: √(2 E|X − Y| − E|X − X'| − E|Y − Y'|), the mean taken over all pairs, a row with itself included.
 * Zero only for equal samples, so it sees that columns go together otherwise where each alone stays as it was, though later than the kernel of
 * `multivariateMmd` does.
 *
 * Score 0 means equal samples; unbounded; symmetric; unchanged by shift and scale of a column and by the order of columns. Columns weigh alike:
 * numbers in deviations of the pooled column (missing: its median), different words √2 apart (missing is a word). For one column it is
 * `energyDistance` over the root of the pooled deviation. Without drift it is about √(E|X − X'| (1/n + 1/m)), not 0: read the p-value.
 * p-value: share of 199 random splits of the pooled rows that score at least as much, (b + 1)/(199 + 1): never 0, exact for its level with any data.
 * Above 1,000 rows a side that many are taken at random; the parameters say how many. Smallest sample: two rows a side.
 * O(rows² · (columns + splits)), at most 2 million pairs; no matrix is held.
 * Source: Székely and Rizzo, InterStat 11 (2004), "Testing for equal distributions in high dimension", eq. 5.
 * Oracle: oracles/multivariate.json (means of scipy's distances; scipy.stats.energy_distance for one column; tolerance 1e-9).
 * @throws StatisticsError `multivariateEnergy requires at least 2 rows in each sample` and what else `requireTables` and `pointsOf` name
 * @example multivariateEnergy([{ kind: 'numeric', values: [0, 0] }], [{ kind: 'numeric', values: [1, 1] }]).score // 2
 */
export const multivariateEnergy = (reference: Table, current: Table, options: SplitOptions = {}): Score => {
  requireTables('multivariateEnergy', [reference, current], 2);
  const random = options.random ?? seededByTables([reference, current]);
  const pooled = pooledOf([reference, current], MOST, random);
  const { n, m } = pooled;
  const splits = options.splits ?? SPLITS;
  const { scores, rounding } = squaredEnergies(pointsOf('multivariateEnergy', pooled), n, splitsOf(n, m, random, splits));
  const parameters = { unit: 'root of a pooled deviation', splits, usedReference: n, usedCurrent: m };
  const square = scores[0] ?? NaN;
  return { score: square <= rounding ? 0 : Math.sqrt(square), pValue: pValueOfSplits(scores, rounding), parameters };
};
