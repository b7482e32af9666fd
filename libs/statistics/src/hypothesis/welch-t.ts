import { type Score } from '../score.js';
import { studentTail } from '../special/student-tail.js';
import { compensatedMean } from '../summation.js';
import { type Moments, requireMoments, type ScaledMoments, scaledMoments } from './moments.js';
import { tScore } from './t-score.js';

const welch = (name: string, reference: Moments, current: Moments, unit: number): Score => {
  const [a, b] = [reference.variance / reference.count, current.variance / current.count];
  // Shares instead of squares of variances, which overflow and underflow; without any variance the degrees are those of equal ones.
  const share = a + b === 0 ? 0.5 : a / (a + b);
  const degrees = a + b === 0 ? reference.count + current.count - 2 : degreesOf(share, reference.count, current.count);
  return tScore(name, { difference: current.mean - reference.mean, error: Math.sqrt(a + b), degrees, unit });
};

/** Welch and Satterthwaite's degrees of freedom, from the reference's share of the squared error. */
const degreesOf = (share: number, n: number, m: number): number => 1 / ((share * share) / (n - 1) + (1 - share) ** 2 / (m - 1));

/** From this many values a side on the skewness of a sample is known well enough to correct by it. */
const VALUES_MIN = 40;
/** A difference of means that is less skewed than this is left as it is. */
const SKEWNESS_MIN = 0.1;

/** The third central moment of a sample, in the unit of its moments. */
const thirdMoment = (values: ArrayLike<number>, { mean }: Moments, { origin, unit }: ScaledMoments): number =>
  compensatedMean(Float64Array.from(values, (value) => ((value - origin) / unit - mean) ** 3));

/** Skewness of the difference of both means: 0 for symmetric samples and for equal ones of equal size. */
const skewnessOf = (reference: ArrayLike<number>, current: ArrayLike<number>, scaled: ScaledMoments): number => {
  const [n, m] = [reference.length, current.length];
  const variance = scaled.reference.variance / n + scaled.current.variance / m;
  if (variance === 0) return 0;
  const third = thirdMoment(current, scaled.current, scaled) / m ** 2 - thirdMoment(reference, scaled.reference, scaled) / n ** 2;
  return third / variance ** 1.5;
};

/** Hall's transformation of a t score: without the skewness that it has from its means. It is increasing. */
const unskewed = (t: number, skewness: number): number =>
  t + skewness / 6 + (skewness * t * t) / 3 + (skewness * skewness * t * t * t) / 27;

/**
 * Welch's t test: have both samples one mean, whatever their variances?
 *
 * Score = |difference of means| / √(s²/n + s²/m), 0 for equal means, unbounded, grows with the sample; symmetric; unchanged by shifting and
 * scaling the feature. The parameters hold the difference current − reference in units of the feature, its direction, and the degrees of
 * freedom after Welch and Satterthwaite, which need not be whole. p-value two-sided: `scipy.stats.ttest_ind(reference, current,
 * equal_var=False)`, where scipy's statistic has the opposite sign of `difference`. Two constants of one value: p = 1 (scipy: NaN).
 * Means need not be normal with hundreds of values of samples of about one size; heavy tails make it conservative. A short, skewed sample beside a long one leaves its skewness
 * to the score: Poisson counts of mean 0.5 at 1,000 beside 50 rows raise 6 false alarms of 100, exponential ones 6.1. From 40 values a side on and where the difference of
 * the means is more skewed than 0.1, the parameter `skewness`, the p-value is therefore that of the score after Hall's transformation: 4.4 and 5.3. A score of 0 has p = 1 all
 * the same. Smallest sample: two values a side. O(n + m) in a
 * few passes. Source: Welch, Biometrika 34 (1947), 28-35; Hall, J. R. Statist. Soc. B 54 (1992), 221-228. Oracle: oracles/welch-t.json (scipy, 1e-12 relative).
 * @param reference in any order; sorting it makes no difference but in the last digits
 * @param current likewise
 * @throws StatisticsError `welchT requires at least 2 values in each sample` | `… finite values` | `… values that vary, or that are
 * all equal` | `… values whose range is finite`
 * @example welchT([1, 2, 3], [2, 4, 6]) // score 1.549…, pValue 0.2209…, degrees 2.94…, higher by 2
 */
export const welchT = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  const scaled = scaledMoments('welchT', reference, current);
  const plain = welch('welchT', scaled.reference, scaled.current, scaled.unit);
  const skewness = Math.min(reference.length, current.length) < VALUES_MIN ? 0 : skewnessOf(reference, current, scaled);
  if (plain.score === 0 || Math.abs(skewness) < SKEWNESS_MIN) return plain;
  const t = Math.sign(scaled.current.mean - scaled.reference.mean) * plain.score;
  const pValue = 2 * studentTail(Math.abs(unskewed(t, skewness)), Number(plain.parameters['degrees']));
  return { ...plain, pValue, parameters: { ...plain.parameters, skewness } };
};

/**
 * The same from count, mean and variance of each side, for samples that were folded and not kept. O(1).
 * @throws StatisticsError `welchTOfMoments requires at least 2 values in each sample` | `… a finite mean and a finite variance of at least 0` | `…
 * values that vary, or that are all equal`
 */
export const welchTOfMoments = (reference: Moments, current: Moments): Score => {
  requireMoments('welchTOfMoments', [reference, current]);
  return welch('welchTOfMoments', reference, current, 1);
};
