import { StatisticsError } from '../errors.js';

/**
 * Bonferroni adjusted p-values, in the order given: p · k, at most 1.
 *
 * Rejecting all with an adjusted value of at most a keeps the probability of even one false alarm among the k tests at or below a, however
 * the tests depend on each other. Holm's procedure promises the same and never rejects less; this one has limits that do not depend on the
 * other p-values. `statsmodels.stats.multitest.multipletests(ps, method='bonferroni')`. O(k). No tests: no values.
 * Source: Dunn, J. Am. Statist. Assoc. 56 (1961), 52-64. Oracle: oracles/correction.json (tolerance 1e-14).
 * @throws StatisticsError `bonferroni requires p-values between 0 and 1`
 * @example bonferroni([0.01, 0.02, 0.5]) // [0.03, 0.06, 1]
 */
export const bonferroni = (pValues: readonly number[]): number[] => {
  if (!pValues.every((p) => p >= 0 && p <= 1)) throw new StatisticsError('bonferroni requires p-values between 0 and 1');
  return pValues.map((p) => Math.min(p * pValues.length, 1));
};
