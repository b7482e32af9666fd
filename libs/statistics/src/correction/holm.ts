import { StatisticsError } from '../errors.js';

/**
 * Holm's step-down adjusted p-values, in the order given: the i-th smallest times (k − i + 1), made monotone from the smallest up, at most 1.
 *
 * Rejecting all with an adjusted value of at most a keeps the probability of even one false alarm at or below a, however the tests depend on
 * each other; never rejects less than Bonferroni. `statsmodels.stats.multitest.multipletests(ps, method='holm')`. Ties share a value.
 * O(k log k). No tests: no values. Source: Holm, Scand. J. Statist. 6 (1979), 65-70. Oracle: oracles/correction.json (tolerance 1e-14).
 * @throws StatisticsError `holm requires p-values between 0 and 1`
 * @example holm([0.01, 0.02, 0.5]) // [0.03, 0.04, 0.5]
 */
export const holm = (pValues: readonly number[]): number[] => {
  if (!pValues.every((p) => p >= 0 && p <= 1)) throw new StatisticsError('holm requires p-values between 0 and 1');
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  order.forEach(({ p, index }, i) => {
    largest = Math.max(largest, Math.min(p * (pValues.length - i), 1));
    adjusted[index] = largest;
  });
  return adjusted;
};
