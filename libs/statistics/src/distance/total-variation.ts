import { sharesOf } from '../binning/zero-rule.js';
import { requireHistograms } from '../requirements.js';
import { type Score } from '../score.js';
import { compensatedSum } from '../summation.js';

export type TotalVariationOptions = { readonly contributions?: boolean };

/**
 * Total variation distance between two histograms over the same bins: the share of the rows that would have to change their bin.
 *
 * ½ Σ |current share − reference share|. 0 means identical shares, 1 means no bin in common; symmetric; a metric. Empty bins need no
 * rule: shares are taken as counted (recorded as zero rule `none`). Contributions add up to the score.
 * Smallest sample: one value a side. O(bins). From bucket counts, cuts snap to bucket edges: off by at most s + t, where s and t are
 * the shares of both sides that change their bin. Source: Levin and Peres, Markov Chains and Mixing Times (2017), proposition 4.2.
 * Oracle: oracles/total-variation.json (half of `scipy.spatial.distance.cityblock` of the shares, tolerance 1e-12).
 * @param reference counts per bin
 * @param current counts per bin, same bins in the same order
 * @throws StatisticsError `totalVariation requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example totalVariation([50, 50], [60, 40]).score // 0.1
 */
export const totalVariation = (reference: readonly number[], current: readonly number[], options: TotalVariationOptions = {}): Score => {
  requireHistograms('totalVariation', reference, current, 1);
  const [r, c] = [sharesOf(reference, { kind: 'none' }), sharesOf(current, { kind: 'none' })];
  const terms = c.map((share, i) => Math.abs(share - (r[i] ?? 0)) / 2);
  const parameters = { bins: reference.length, zero: 'none' };
  return { score: compensatedSum(terms), parameters, ...(options.contributions === true && { contributions: terms }) };
};
