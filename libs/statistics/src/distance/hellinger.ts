import { sharesOf } from '../binning/zero-rule.js';
import { requireHistograms } from '../requirements.js';
import { type Score } from '../score.js';
import { compensatedSum } from '../summation.js';

export type HellingerOptions = { readonly contributions?: boolean };

/**
 * Hellinger distance between two histograms over the same bins.
 *
 * √(½ Σ (√current share − √reference share)²), the form without cancellation of √(1 − Σ √(current · reference)). 0 means identical shares,
 * 1 means no bin in common; symmetric; a metric. Empty bins need no rule: shares are taken as counted (recorded as zero rule `none`).
 * Contributions add up to the squared score. Smallest sample: one value a side. O(bins).
 * From bucket counts, cuts snap to bucket edges: off by at most √s + √t, where s and t are the shares of both sides that change their bin.
 * Source: Hellinger, Crelle 136 (1909), 210; Le Cam and Yang, Asymptotics in Statistics (2000), ch. 3.
 * Oracle: oracles/hellinger.json (`scipy.spatial.distance.euclidean` of the roots, divided by √2; tolerance 1e-12).
 * @param reference counts per bin
 * @param current counts per bin, same bins in the same order
 * @throws StatisticsError `hellinger requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example hellinger([50, 50], [60, 40]).score // 0.0711…
 */
export const hellinger = (reference: readonly number[], current: readonly number[], options: HellingerOptions = {}): Score => {
  requireHistograms('hellinger', reference, current, 1);
  const [r, c] = [sharesOf(reference, { kind: 'none' }), sharesOf(current, { kind: 'none' })];
  const terms = c.map((share, i) => (Math.sqrt(share) - Math.sqrt(r[i] ?? 0)) ** 2 / 2);
  const parameters = { bins: reference.length, zero: 'none' };
  return { score: Math.sqrt(compensatedSum(terms)), parameters, ...(options.contributions === true && { contributions: terms }) };
};
