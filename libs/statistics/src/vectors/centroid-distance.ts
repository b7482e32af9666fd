import { StatisticsError } from '../errors.js';
import { type SplitOptions } from '../multivariate/table.js';
import { type Score } from '../score.js';
import { pValueOfSplits, SPLITS, splitsOf } from '../splits.js';
import { compensatedSum } from '../summation.js';
import { type Points } from '../multivariate/points.js';
import { dimensionOf, pooledVectors, seededByVectors, type Vectors } from './vectors.js';

/** Vectors taken of each sample at most for the p-value. */
const MOST = 2000;

/** Element by element the mean of vectors. */
const centroid = (vectors: Vectors, dimension: number): Float64Array =>
  Float64Array.from(
    { length: dimension },
    (_, i) => compensatedSum({ length: vectors.length }, (__, at) => vectors[at]?.[i] ?? NaN) / vectors.length,
  );

const distance = (a: Float64Array, b: Float64Array): number => Math.sqrt(compensatedSum(a, (value, i) => (value - (b[i] ?? 0)) ** 2));

/** The squared distance of both centroids for each split: the sum of the members is enough, since that of all rows is the same. */
const squaredDistances = ({ rows, dimension, numbers }: Points, n: number, splits: readonly Float64Array[]): Float64Array => {
  const all = new Float64Array(dimension);
  for (let at = 0; at < numbers.length; at += 1) all[at % dimension] = (all[at % dimension] ?? 0) + (numbers[at] ?? 0);
  return Float64Array.from(splits, (members) => {
    const sums = new Float64Array(dimension);
    for (let row = 0; row < rows; row += 1) {
      if (members[row] !== 1) continue;
      for (let i = 0, at = row * dimension; i < dimension; i += 1, at += 1) sums[i] = (sums[i] ?? 0) + (numbers[at] ?? 0);
    }
    return sums.reduce((square, sum, i) => square + (sum / n - ((all[i] ?? 0) - sum) / (rows - n)) ** 2, 0);
  });
};

/** Points less the first of them: vectors far from zero lose nothing. */
const shifted = (points: Points & { readonly n: number }): Points & { readonly n: number } => {
  const { dimension, numbers } = points;
  return { ...points, numbers: numbers.map((value, at) => value - (numbers[at % dimension] ?? 0)) };
};

/**
 * Centroid distance: the Euclidean distance of the mean of the current vectors from that of the reference's.
 *
 * In the unit of the vectors: 0 means the same mean; unbounded; symmetric; unchanged when all vectors are shifted or turned alike. Sees a shift of the mean and
 * nothing else. Euclidean, not cosine: an angle is undefined where a mean is 0 and sees no change of length; who wants it normalises the vectors
 * first. Without drift it is about √(total variance · (1/n + 1/m)), not 0: a fixed limit means something else for every size, the p-value does not.
 * p-value: share of 199 random splits of the pooled vectors whose means are at least as far apart, (b + 1)/(199 + 1), so never 0 and exact for its
 * level. For it at most 2,000 vectors a side are taken at random; the score takes all. Smallest sample: two vectors a side.
 * O(vectors · dimension) for the score, 100 times that of the vectors taken for the p-value (under a second at 768 elements).
 * Source: Rabanser, Günnemann and Lipton, NeurIPS 32 (2019), 1396-1408 (shift of representations); the permutation test: Lehmann and Romano, Testing
 * Statistical Hypotheses, 15.2. Oracle: oracles/vectors.json (Evidently's embedding drift by distance, tolerance 1e-9).
 * @throws StatisticsError `centroidDistance requires at least 2 vectors in each sample` | `… vectors whose squared distances are
 * finite` and what else `dimensionOf` names
 * @example centroidDistance([[0, 0], [0, 0]], [[3, 4], [3, 4]]).score // 5
 */
export const centroidDistance = (reference: Vectors, current: Vectors, options: SplitOptions = {}): Score => {
  const dimension = dimensionOf('centroidDistance', reference, current);
  const random = options.random ?? seededByVectors(reference, current);
  const splits = options.splits ?? SPLITS;
  const points = shifted(pooledVectors([reference, current], MOST, random));
  const m = points.rows - points.n;
  const squares = squaredDistances(points, points.n, splitsOf(points.n, m, random, splits));
  const score = distance(centroid(reference, dimension), centroid(current, dimension));
  if (!Number.isFinite(score) || !squares.every(Number.isFinite))
    throw new StatisticsError('centroidDistance requires vectors whose squared distances are finite');
  return {
    score,
    pValue: pValueOfSplits(squares, 1e-12 * (squares[0] ?? 0)),
    parameters: { distance: 'euclidean', dimension, splits, usedReference: points.n, usedCurrent: m },
  };
};
