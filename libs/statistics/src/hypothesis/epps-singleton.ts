import { StatisticsError } from '../errors.js';
import { type Score } from '../score.js';
import { quantileOfSorted, sortedValues } from '../sorted.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { symmetricEigen } from '../special/symmetric-eigen.js';
import { compensatedMean, compensatedSum } from '../summation.js';
import { requireSamples } from './require-samples.js';

/** Where the characteristic functions are compared, in semi-interquartile ranges of the pooled sample (Epps and Singleton, p. 185). */
const POINTS = [0.4, 0.8];
/** Below this many values in the larger sample the statistic is scaled down (p. 183). */
const SMALL_BELOW = 25;
/** Directions in which the waves vary this much less than in the widest hold rounding, not data. */
const RANK_TOLERANCE = 1e-13;

/** Per point a cosine and a sine of every value: the real and imaginary part of e^(itx). */
type Waves = readonly Float64Array[];

const wavesOf = (values: ArrayLike<number>, centre: number, scale: number): Waves =>
  [Math.cos, Math.sin].flatMap((wave) => POINTS.map((t) => Float64Array.from(values, (value) => wave((t / scale) * (value - centre)))));

/** Covariances between the waves, ddof 0. */
const covariance = (waves: Waves, means: readonly number[]): number[][] =>
  waves.map((a, i) =>
    waves.map((b, j) => compensatedSum(a, (value, k) => (value - (means[i] ?? 0)) * ((b[k] ?? 0) - (means[j] ?? 0))) / a.length),
  );

/** Squared length of the difference in units of its covariance, over the directions that vary; and how many those are. */
const mahalanobis = (
  difference: readonly number[],
  matrix: readonly (readonly number[])[],
): { readonly square: number; readonly rank: number } => {
  const { values, vectors } = symmetricEigen(matrix);
  const widest = Math.max(...values);
  const kept = values.flatMap((value, i) => (value > RANK_TOLERANCE * widest ? [{ value, vector: vectors[i] ?? [] }] : []));
  const along = (vector: readonly number[]): number => compensatedSum(vector, (part, i) => part * (difference[i] ?? 0));
  return { square: kept.reduce((sum, { value, vector }) => sum + along(vector) ** 2 / value, 0), rank: kept.length };
};

/**
 * Epps-Singleton test: do both samples have the same characteristic function?
 *
 * Score W = (n + m) · d' S⁻¹ d, with d the difference of the means of cos(tx) and sin(tx) at t = 0.4 and 0.8 over the semi-interquartile
 * range of the pooled sample, and S their covariance; 4 is expected without drift; 0 means equal means of all four; unbounded; symmetric;
 * unchanged by shift and scale of the feature. Asks for no continuous distribution, so ties are data like any other, and sees changes of
 * shape that leave the middle alone. p-value: chi-square with as many degrees of freedom as S has rank (4 unless the feature has hardly any
 * values). `scipy.stats.epps_singleton_2samp(reference, current)`; values are taken from the pooled median first, which changes nothing but
 * keeps the digits of large numbers. Samples of fewer than 25 values are corrected as there. All values equal: score 0, p = 1 (scipy: NaN).
 * Smallest sample: five values a side. O(n + m) on sorted input, and a copy of the values per wave.
 * Source: Epps and Singleton, Journal of Statistical Computation and Simulation 26 (1986), 177-203.
 * Oracle: oracles/epps-singleton.json (scipy, tolerance 1e-9 relative).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `eppsSingleton requires at least 5 values in each sample` | `eppsSingleton requires sorted, finite values` |
 *   `eppsSingleton requires a pooled interquartile range above 0` when half of all values are equal and others are not
 * @example eppsSingleton([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]) // score 0, pValue 1
 */
export const eppsSingleton = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  requireSamples('eppsSingleton', reference, current, 5);
  const [n, m] = [reference.length, current.length];
  const both = new Float64Array(n + m);
  both.set(Array.from(reference));
  both.set(Array.from(current), n);
  const pooled = sortedValues(both);
  if (pooled[0] === pooled[n + m - 1]) return { score: 0, pValue: 1, parameters: { points: POINTS, scale: 0, degrees: 0 } };
  const scale = (quantileOfSorted(pooled, 0.75) - quantileOfSorted(pooled, 0.25)) / 2;
  if (!(scale > 0)) throw new StatisticsError('eppsSingleton requires a pooled interquartile range above 0');
  const centre = quantileOfSorted(pooled, 0.5);
  const [x, y] = [wavesOf(reference, centre, scale), wavesOf(current, centre, scale)];
  const [meansX, meansY] = [x.map(compensatedMean), y.map(compensatedMean)];
  const [covarianceX, covarianceY] = [covariance(x, meansX), covariance(y, meansY)];
  const spread = covarianceX.map((row, i) => row.map((value, j) => (1 + m / n) * value + (1 + n / m) * (covarianceY[i]?.[j] ?? 0)));
  const { square, rank } = mahalanobis(
    meansX.map((mean, i) => mean - (meansY[i] ?? 0)),
    spread,
  );
  const correction = Math.max(n, m) < SMALL_BELOW ? 1 / (1 + (n + m) ** -0.45 + 10.1 * (n ** -1.7 + m ** -1.7)) : 1;
  const score = (n + m) * square * correction;
  return { score, pValue: chiSquareTail(score, rank), parameters: { points: POINTS, scale, degrees: rank, correction } };
};
