import { type Score } from '../score.js';
import { erfc } from '../special/regularised-gamma.js';
import { twoProportions } from './two-categories.js';

/**
 * Two-proportion z-test: is a word as frequent in both samples? Two categories only, such as `false` and `true`.
 *
 * z = (current share − reference share) / √(p(1 − p)(1/n + 1/m)) with p the share in both together, of the second category. Score = |z|:
 * 0 for equal shares, unbounded, symmetric, grows with the sample; the signed z is in the parameters (above 0: the second category became
 * more frequent). Two-sided p-value from the normal distribution, without correction for continuity: z² is the chi-square score without
 * Yates' correction. `statsmodels.stats.proportion.proportions_ztest([current, reference successes], sizes)`, pooled.
 * A column that is constant on both sides scores 0 with p = 1. Rough below about five expected of each category; for such see
 * `fisherExact`. O(1). Source: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (2003), ch. 3.
 * Oracle: oracles/two-proportion-z.json (statsmodels, tolerance 1e-10 relative).
 * @param reference counts of both categories
 * @param current counts of both categories, in the same order
 * @throws StatisticsError `twoProportionZ requires two categories, got 3` | `… equally many bins` | `… finite, non-negative counts`
 * @example twoProportionZ([50, 50], [60, 40]).score // 1.4213…
 */
export const twoProportionZ = (reference: readonly number[], current: readonly number[]): Score => {
  const { successes, sizes } = twoProportions('twoProportionZ', reference, current);
  const [[a, b], [n, m]] = [successes, sizes];
  const pooled = (a + b) / (n + m);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  const z = deviation === 0 ? 0 : (b / m - a / n) / deviation;
  return { score: Math.abs(z), pValue: erfc(Math.abs(z) / Math.SQRT2), parameters: { z, alternative: 'two-sided', variance: 'pooled' } };
};
