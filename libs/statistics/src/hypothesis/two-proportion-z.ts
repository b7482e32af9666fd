import { type Score } from '../score.js';
import { type Urn } from '../special/hypergeometric.js';
import { erfc } from '../special/regularised-gamma.js';
import { hypergeometricTail } from './hypergeometric-tail.js';
import { twoProportions } from './two-categories.js';

/** Below this many expected of a category on a side the normal distribution does not hold. */
const EXPECTED_MIN = 5;
/** Distances from the expected count that differ by less are one distance, rounded. */
const SAME = 1e-9;

/** Probability, margins given, of a count in the smaller sample at least as far from the expected one. */
const exactTail = (count: number, urn: Urn): number => {
  const expected = (urn.marked * urn.drawn) / urn.size;
  const distance = Math.abs(count - expected) * (1 - SAME);
  const outside = hypergeometricTail(Math.floor(expected - distance), urn, -1) + hypergeometricTail(Math.ceil(expected + distance), urn, 1);
  return Math.min(outside, 1);
};

/**
 * Two-proportion z-test: is a word as frequent in both samples? Two categories only, such as `false` and `true`.
 *
 * z = (current share − reference share) / √(p(1 − p)(1/n + 1/m)) with p the share in both together, of the second category. Score = |z|:
 * 0 for equal shares, unbounded, symmetric, grows with the sample; the signed z is in the parameters (above 0: the second category became
 * more frequent). Two-sided p-value from the normal distribution, without correction for continuity: z² is the chi-square score without
 * Yates' correction. `statsmodels.stats.proportion.proportions_ztest([current, reference successes], sizes)`, pooled.
 * Where fewer than five are expected of a category on a side p is the probability, margins given, of all tables whose |z| is at least as large, which is
 * exact and raises fewer than 5 false alarms of 100, where the normal distribution raises 6.7 (a word of a quarter of a percent in 1,000 rows beside 50);
 * whole counts only. The parameter `law` says which. A column that is constant on both sides scores 0 with p = 1. O(1); O(√(n + m)) where few are expected.
 * Source: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (2003), ch. 3.
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
  const urn = { size: n + m, marked: Math.min(a + b, n + m - a - b), drawn: Math.min(n, m) };
  const exact = deviation > 0 && (urn.marked * urn.drawn) / urn.size < EXPECTED_MIN && [a, b, n, m].every(Number.isSafeInteger);
  const successesOfSmaller = n < m ? a : b;
  const count = urn.marked === a + b ? successesOfSmaller : urn.drawn - successesOfSmaller;
  const pValue = exact ? exactTail(count, urn) : erfc(Math.abs(z) / Math.SQRT2);
  const law = exact ? 'hypergeometric' : 'normal';
  return { score: Math.abs(z), pValue, parameters: { z, alternative: 'two-sided', variance: 'pooled', law } };
};
