import { type Score } from '../score.js';
import { type Moments, requireMoments, scaledMoments } from './moments.js';
import { tScore } from './t-score.js';

const student = (name: string, reference: Moments, current: Moments, unit: number): Score => {
  const [n, m] = [reference.count, current.count];
  const degrees = n + m - 2;
  const pooled = ((n - 1) / degrees) * reference.variance + ((m - 1) / degrees) * current.variance;
  return tScore(name, { difference: current.mean - reference.mean, error: Math.sqrt(pooled * (1 / n + 1 / m)), degrees, unit });
};

/**
 * Student's t test: have both samples one mean, given that they have one variance?
 *
 * Score = |difference of means| / (pooled deviation · √(1/n + 1/m)), 0 for equal means, unbounded, grows with the sample; symmetric; unchanged
 * by shifting and scaling the feature. The parameters hold the difference current − reference in units of the feature, its direction, and
 * n + m − 2 degrees of freedom. p-value two-sided: `scipy.stats.ttest_ind(reference, current)`, where scipy's statistic has the opposite sign
 * of `difference`. Two constants of one value: p = 1 (scipy: NaN). With unequal sizes and variances it raises false alarms or sleeps:
 * `welchT` costs nothing and does not. Smallest sample: two values a side. O(n + m) in a few passes.
 * Source: Student, Biometrika 6 (1908), 1-25. Oracle: oracles/student-t.json (scipy, 1e-12 relative).
 * @param reference in any order; sorting it makes no difference but in the last digits
 * @param current likewise
 * @throws StatisticsError `studentT requires at least 2 values in each sample` | `… finite values` | `… values that vary, or that
 * are all equal` | `… values whose range is finite`
 * @example studentT([1, 2, 3], [2, 4, 6]) // score 1.549…, pValue 0.1963…, degrees 4, higher by 2
 */
export const studentT = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  const scaled = scaledMoments('studentT', reference, current);
  return student('studentT', scaled.reference, scaled.current, scaled.unit);
};

/**
 * The same from count, mean and variance of each side, for samples that were folded and not kept. O(1).
 * @throws StatisticsError `studentTOfMoments requires at least 2 values in each sample` | `… a finite mean and a finite variance of at least 0` | `…
 * values that vary, or that are all equal`
 */
export const studentTOfMoments = (reference: Moments, current: Moments): Score => {
  requireMoments('studentTOfMoments', [reference, current]);
  return student('studentTOfMoments', reference, current, 1);
};
