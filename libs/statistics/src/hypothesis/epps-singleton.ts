import { StatisticsError } from '../errors.js';
import { type Score } from '../score.js';
import { quantileOfSorted } from '../sorted.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { leveragesOf } from './leverages.js';
import { mahalanobis } from './mahalanobis.js';
import { requireSamples } from './require-samples.js';
import { splitMoments, tailOfMoments } from './split-moments.js';

/** Where the characteristic functions are compared, in semi-interquartile ranges of the pooled sample (Epps and Singleton, p. 185). */
const POINTS = [0.4, 0.8] as const;
/** Below this many values in the larger sample the statistic is scaled down (p. 183). */
const SMALL_BELOW = 25;
/** Of fewer values a side there are too few splits for a distribution with three of their moments. */
const VALUES_MIN = 6;

/** Cosine and sine at both points: the real and imaginary parts of e^(itx). */
const WAVES = [0, 1, 2, 3];

/** Where the waves are taken from, and in which unit. */
type Axis = { readonly centre: number; readonly scale: number };

/** Writes the waves of a value, the cosines first. The second point is twice the first, so its waves follow without another cosine and sine. */
const writeWaves = (value: number, { centre, scale }: Axis, into: Float64Array): void => {
  const angle = (POINTS[0] / scale) * (value - centre);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  into[0] = cosine;
  into[1] = 1 - 2 * sine * sine;
  into[2] = sine;
  into[3] = 2 * sine * cosine;
};

/** Adds to one of many sums as `CompensatedSum` does. */
const add = (sums: Float64Array, lost: Float64Array, at: number, value: number): void => {
  const sum = sums[at] ?? 0;
  const next = sum + value;
  lost[at] = (lost[at] ?? 0) + (Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum);
  sums[at] = next;
};

/** Means of the waves of a sample, and the covariances between them, ddof 0. */
type WaveMoments = { readonly means: readonly number[]; readonly covariances: readonly (readonly number[])[] };

/**
 * In one pass: sums of the waves and of their products. All are taken from the waves of the middle value on, so that waves which hardly
 * vary keep digits that a difference of products near 1 would lose; equal values have no covariance at all.
 */
const momentsOfWaves = (sorted: ArrayLike<number>, axis: Axis): WaveMoments => {
  const [size, slots] = [WAVES.length, WAVES.length * (WAVES.length + 1)];
  const [middle, wave] = [new Float64Array(size), new Float64Array(size)];
  const [sums, lost] = [new Float64Array(slots), new Float64Array(slots)];
  writeWaves(sorted[sorted.length >> 1] ?? NaN, axis, middle);
  for (let k = 0; k < sorted.length; k += 1) {
    writeWaves(sorted[k] ?? NaN, axis, wave);
    for (let i = 0; i < size; i += 1) {
      const part = (wave[i] ?? 0) - (middle[i] ?? 0);
      wave[i] = part;
      add(sums, lost, i, part);
      for (let j = 0; j <= i; j += 1) add(sums, lost, size * (i + 1) + j, part * (wave[j] ?? 0));
    }
  }
  const mean = (at: number): number => ((sums[at] ?? 0) + (lost[at] ?? 0)) / sorted.length;
  const product = (i: number, j: number): number => mean(size * (Math.max(i, j) + 1) + Math.min(i, j));
  return {
    means: WAVES.map((i) => (middle[i] ?? 0) + mean(i)),
    covariances: WAVES.map((i) => WAVES.map((j) => product(i, j) - mean(i) * mean(j))),
  };
};

/** Both samples in one ascending order. */
const merged = (a: ArrayLike<number>, b: ArrayLike<number>): Float64Array => {
  const both = new Float64Array(a.length + b.length);
  for (let at = 0, i = 0, j = 0; at < both.length; at += 1) {
    const [x, y] = [a[i] ?? Infinity, b[j] ?? Infinity];
    both[at] = Math.min(x, y);
    if (x <= y) i += 1;
    else j += 1;
  }
  return both;
};

/**
 * Whether W may be taken for chi-square: not with a small sample, whose covariance is not known well, nor with sizes so unequal that the
 * skewness of the waves, which cancels between equal sizes, is left over: |1/n − 1/m|/√(1/n + 1/m) measures it.
 */
const chiSquareHolds = (n: number, m: number): boolean =>
  Math.min(n, m) >= 200 && Math.abs(1 / n - 1 / m) <= 0.015 * Math.sqrt(1 / n + 1 / m);

type Waves = {
  readonly pooled: Float64Array;
  readonly n: number;
  readonly m: number;
  readonly axis: Axis;
  readonly x: WaveMoments;
  readonly y: WaveMoments;
  readonly difference: readonly number[];
};

/** p-value of R², the share of the waves' variation that lies between the samples, by its moments over all splits. */
const tailOfSplits = ({ pooled, n, m, axis, x, y, difference }: Waves): number => {
  const [ofReference, ofCurrent] = [n / (n + m), m / (n + m)];
  const between = ofReference * ofCurrent;
  const covariance = x.covariances.map((row, i) =>
    row.map(
      (value, j) => ofReference * value + ofCurrent * (y.covariances[i]?.[j] ?? 0) + between * (difference[i] ?? 0) * (difference[j] ?? 0),
    ),
  );
  const leverages = leveragesOf({
    rows: n + m,
    write: (row, into) => writeWaves(pooled[row] ?? NaN, axis, into),
    means: x.means.map((mean, i) => ofReference * mean + ofCurrent * (y.means[i] ?? 0)),
    covariance,
  });
  return tailOfMoments(between * mahalanobis(difference, covariance).square, splitMoments(leverages, [n, m]));
};

/**
 * Epps-Singleton test: do both samples have the same characteristic function?
 *
 * Score W = (n + m) · d' S⁻¹ d, with d the difference of the means of cos(tx) and sin(tx) at t = 0.4 and 0.8 over the semi-interquartile
 * range of the pooled sample, and S their covariance; 4 is expected without drift; 0 means equal means of all four; unbounded; symmetric;
 * unchanged by shift and scale of the feature. Asks for no continuous distribution, so ties are data like any other, and sees changes of
 * shape that leave the middle alone. `scipy.stats.epps_singleton_2samp(reference, current)`; values are taken from the pooled median first,
 * which changes nothing but keeps the digits of large numbers. Samples of fewer than 25 values are corrected as there.
 *
 * p-value: chi-square with as many degrees of freedom as S has rank (4 unless the feature has hardly any values), as scipy, for at least 200
 * values a side and sizes that differ little, such as 1,000 and 2,000. Elsewhere scipy calls too many pairs different: of 50 and 50
 * values 5 to 7 in 100 at the level 0.05, of 200 and 2,000 up to 13, of 50 and 1,000 up to 38; and Hotelling's test, which compares the
 * same means by the covariance of both samples together, up to 9 where a few values are rare, as in counts of 50 and 1,000 rows. There the share R² of
 * the variation of the waves that lies between the samples is judged by a gamma distribution with its exact mean, variance and skewness over
 * all splits of the pooled values (`splitMoments`): normal, exponential and tied values, counts, 10 beside 200 to 1,000 beside 300
 * values raise 4.0 to 5.5 alarms of 100. The parameter `law` says which. All values equal: score 0, p = 1 (scipy: NaN).
 * Smallest sample: six values a side (scipy: five, of which 6.5 pairs of 100 would differ). O(n + m) on sorted input, with one or two cosines and
 * sines per value.
 * Source: Epps and Singleton, Journal of Statistical Computation and Simulation 26 (1986), 177-203.
 * Oracle: oracles/epps-singleton.json (scipy, tolerance 1e-9 relative; numpy for random splits).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `eppsSingleton requires at least 6 values in each sample` | `eppsSingleton requires sorted, finite values` |
 *   `eppsSingleton requires a pooled interquartile range above 0` when half of all values are equal and others are not |
 *   `eppsSingleton requires a sample that varies` for two constants
 * @example eppsSingleton([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]) // score 0, pValue 1
 */
export const eppsSingleton = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  requireSamples('eppsSingleton', reference, current, VALUES_MIN);
  const [n, m] = [reference.length, current.length];
  const pooled = merged(reference, current);
  if (pooled[0] === pooled[n + m - 1]) return { score: 0, pValue: 1, parameters: { points: POINTS, scale: 0, degrees: 0 } };
  const scale = (quantileOfSorted(pooled, 0.75) - quantileOfSorted(pooled, 0.25)) / 2;
  if (!(scale > 0)) throw new StatisticsError('eppsSingleton requires a pooled interquartile range above 0');
  const axis = { centre: quantileOfSorted(pooled, 0.5), scale };
  const [x, y] = [momentsOfWaves(reference, axis), momentsOfWaves(current, axis)];
  const spread = x.covariances.map((row, i) => row.map((value, j) => (1 + m / n) * value + (1 + n / m) * (y.covariances[i]?.[j] ?? 0)));
  const difference = x.means.map((mean, i) => mean - (y.means[i] ?? 0));
  const { square, rank } = mahalanobis(difference, spread);
  if (rank === 0) throw new StatisticsError('eppsSingleton requires a sample that varies');
  const correction = Math.max(n, m) < SMALL_BELOW ? 1 / (1 + (n + m) ** -0.45 + 10.1 * (n ** -1.7 + m ** -1.7)) : 1;
  const score = (n + m) * square * correction;
  const parameters = { points: POINTS, scale, degrees: rank, correction };
  if (chiSquareHolds(n, m)) return { score, pValue: chiSquareTail(score, rank), parameters: { ...parameters, law: 'chi_square' } };
  return { score, pValue: tailOfSplits({ pooled, n, m, axis, x, y, difference }), parameters: { ...parameters, law: 'splits' } };
};
