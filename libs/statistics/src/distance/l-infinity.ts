import { sharesOf } from '../binning/zero-rule.js';
import { requireHistograms } from '../requirements.js';
import { type Score } from '../score.js';

/**
 * L-infinity (Chebyshev) distance between two histograms over the same bins: how much the share of the bin that moved most has moved.
 *
 * max |current share − reference share|. 0 means identical shares, 1 means that all rows went from one bin to another; symmetric; a
 * metric; never above the total variation. Empty bins need no rule: shares are taken as counted (recorded as zero rule `none`). The bin is
 * recorded by its place, the first of several that moved as much. Smallest sample: one value a side. O(bins).
 * Source: Deza and Deza, Encyclopedia of Distances (2009), ch. 14. Oracle: oracles/l-infinity.json (`scipy.spatial.distance.chebyshev` of the
 * shares, tolerance 1e-12).
 * @param reference counts per bin
 * @param current counts per bin, same bins in the same order
 * @throws StatisticsError `lInfinity requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example lInfinity([50, 30, 20], [60, 30, 10]).score // 0.1
 */
export const lInfinity = (reference: readonly number[], current: readonly number[]): Score => {
  requireHistograms('lInfinity', reference, current, 1);
  const r = sharesOf(reference, { kind: 'none' });
  const moved = sharesOf(current, { kind: 'none' }).map((share, i) => Math.abs(share - (r[i] ?? 0)));
  const score = moved.reduce((largest, by) => Math.max(largest, by), 0);
  return { score, parameters: { bins: reference.length, zero: 'none', bin: moved.indexOf(score) } };
};
