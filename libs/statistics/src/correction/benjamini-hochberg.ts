import { StatisticsError } from '../errors.js';

/**
 * Benjamini-Hochberg adjusted p-values, in the order given.
 *
 * Each is the smallest false discovery rate at which its hypothesis would be rejected: p(i) · k / rank, made monotone from the largest down, at
 * most 1. Rejecting all with an adjusted value of at most q keeps the expected share of false alarms among alarms at or below q for
 * independent or positively dependent tests. `scipy.stats.false_discovery_control(ps, method='bh')`. Ties share a value. O(k log k).
 * Source: Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995), 289-300. Oracle: oracles/benjamini-hochberg.json.
 * @throws StatisticsError `benjaminiHochberg requires p-values between 0 and 1`
 * @example benjaminiHochberg([0.01, 0.02, 0.5]) // [0.03, 0.03, 0.5]
 */
export const benjaminiHochberg = (pValues: readonly number[]): number[] => {
  if (!pValues.every((p) => p >= 0 && p <= 1)) throw new StatisticsError('benjaminiHochberg requires p-values between 0 and 1');
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => b.p - a.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let smallest = 1;
  order.forEach(({ p, index }, i) => {
    smallest = Math.min(smallest, (p * pValues.length) / (pValues.length - i));
    // p · k / k may round below p.
    adjusted[index] = Math.max(smallest, p);
  });
  return adjusted;
};
