import { requireSorted } from '../requirements.js';
import { type Score } from '../score.js';

/**
 * Cliff's delta, the rank-biserial correlation: the probability that a current value is above a reference value, less the probability that it
 * is below. Says how far two samples are apart where means mean little.
 *
 * 1: every current value is higher; −1: lower; 0: as often higher as lower; changes its sign when the samples are exchanged; unchanged by any
 * increasing transformation. Ties count for neither side. 2·U/(n·m) − 1 with the U of Mann and Whitney. A common reading (Romano and others,
 * 2006): 0.147 small, 0.33 medium, 0.474 large. Smallest sample: one value a side. O(n + m) on sorted input.
 * Source: Cliff, Psychological Bulletin 114 (1993), 494-509. Oracle: oracles/effect-sizes.json (scipy `mannwhitneyu`; 1e-13).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `cliffsDelta requires sorted, finite values` | `cliffsDelta requires at least one value in each sample`
 * @example cliffsDelta([1, 2, 3], [2, 3, 4]).score // 0.555…
 */
export const cliffsDelta = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  requireSorted('cliffsDelta', reference);
  requireSorted('cliffsDelta', current);
  const [n, m] = [reference.length, current.length];
  let [below, upTo, sum] = [0, 0, 0];
  for (let j = 0; j < m; j += 1) {
    const value = current[j] ?? NaN;
    while (below < n && (reference[below] ?? NaN) < value) below += 1;
    while (upTo < n && (reference[upTo] ?? NaN) <= value) upTo += 1;
    // Whole numbers below 2⁵³: no rounding before the division.
    sum += below - (n - upTo);
  }
  return { score: sum / (n * m), parameters: { ties: 'neither' } };
};
