import { discrepancyOfPoints } from '../multivariate/discrepancy-of-points.js';
import { type SplitOptions } from '../multivariate/table.js';
import { type Score } from '../score.js';
import { SPLITS } from '../splits.js';
import { dimensionOf, pooledVectors, seededByVectors, type Vectors } from './vectors.js';

/** Vectors taken of each sample at most: the cost is quadratic. */
const MOST = 1000;

/**
 * Maximum mean discrepancy, squared and unbiased, between two samples of vectors: how much more alike vectors of the same sample are than vectors of
 * different ones, alike being k(x, y) = exp(−|x − y|²/(2σ²)). Sees every kind of change, where `centroidDistance` sees the mean alone.
 *
 * Score 0 is expected without drift, a little below 0 for a sample and itself, 2 = nothing alike; symmetric; unchanged when all vectors are shifted,
 * turned or stretched alike. Elements are taken as they are, since those of an embedding have one unit; `multivariateMmd` is for columns that have not.
 * 2σ² is the median squared distance of pooled vectors (of those that differ, where most are equal; of at most 1,000 taken at random).
 * p-value: share of 199 random splits of the pooled vectors that score at least as much, (b + 1)/(199 + 1), so never 0 and exact for its level. Above
 * 1,000 vectors a side that many are taken at random; the parameters say how many. Smallest sample: two vectors a side.
 * O(vectors² · (dimension + splits)), at most 2 million pairs (about 3 s at 768 elements); no matrix is held.
 * Source: Gretton et al., J. Machine Learning Research 13 (2012), 723-773, lemma 6.
 * Oracle: oracles/vectors.json (kernel sums over scipy's distances, tolerance 1e-9).
 * @throws StatisticsError `vectorMmd requires at least 2 vectors in each sample` | `… vectors whose squared distances are finite` and what else `dimensionOf`
 * names
 * @example vectorMmd([[0, 0], [0, 0]], [[1, 1], [1, 1]]).score // 1.26…: 2 − 2/e
 */
export const vectorMmd = (reference: Vectors, current: Vectors, options: SplitOptions = {}): Score => {
  dimensionOf('vectorMmd', reference, current);
  const random = options.random ?? seededByVectors(reference, current);
  const points = pooledVectors([reference, current], MOST, random);
  return discrepancyOfPoints('vectorMmd', points, { random, splits: options.splits ?? SPLITS });
};
