import { type Score } from '../score.js';
import { type Moments, requireMoments, scaledMoments } from './moments.js';
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

/**
 * Welch's t test: have both samples one mean, whatever their variances?
 *
 * Score = |difference of means| / √(s²/n + s²/m), 0 for equal means, unbounded, grows with the sample; symmetric; unchanged by shifting and
 * scaling the feature. The parameters hold the difference current − reference in units of the feature, its direction, and the degrees of
 * freedom after Welch and Satterthwaite, which need not be whole. p-value two-sided: `scipy.stats.ttest_ind(reference, current,
 * equal_var=False)`, where scipy's statistic has the opposite sign of `difference`. Two constants of one value: p = 1 (scipy: NaN).
 * Means need not be normal with hundreds of values; heavy tails make it conservative. Smallest sample: two values a side. O(n + m) in a
 * few passes. Source: Welch, Biometrika 34 (1947), 28-35. Oracle: oracles/welch-t.json (scipy, 1e-12 relative).
 * @param reference in any order; sorting it makes no difference but in the last digits
 * @param current likewise
 * @throws StatisticsError `welchT requires at least 2 values in each sample` | `… finite values` | `… values that vary, or that are
 * all equal` | `… values whose range is finite`
 * @example welchT([1, 2, 3], [2, 4, 6]) // score 1.549…, pValue 0.2209…, degrees 2.94…, higher by 2
 */
export const welchT = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  const scaled = scaledMoments('welchT', reference, current);
  return welch('welchT', scaled.reference, scaled.current, scaled.unit);
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
