import { DEFAULT_ZERO_RULE, formatZeroRule, normalisedShares, type ZeroRule } from '../binning/zero-rule.js';
import { requireHistograms } from '../requirements.js';
import { type Score } from '../score.js';
import { compensatedSum } from '../summation.js';

export type BhattacharyyaOptions = { readonly zero?: ZeroRule };

/**
 * Bhattacharyya distance between two histograms over the same bins.
 *
 * −ln Σ √(current share · reference share). 0 means identical shares; unbounded above, infinite under the zero rule `none` when no bin is
 * in common; symmetric; no metric (the triangle may fail), for that see `hellinger`, whose square is 1 − e^(−score). Some tools call that
 * square by this name. Zero rule: `add:0.5` unless said otherwise; shares are scaled to one under `replace`.
 * Smallest sample: one value a side. O(bins). Source: Bhattacharyya, Bulletin of the Calcutta Mathematical Society 35 (1943), 99.
 * Oracle: oracles/bhattacharyya.json (numpy, the formula above in float64, tolerance 1e-12).
 * @param reference counts per bin
 * @param current counts per bin, same bins in the same order
 * @throws StatisticsError `bhattacharyya requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example bhattacharyya([50, 50], [60, 40]).score // 0.0049…
 */
export const bhattacharyya = (reference: readonly number[], current: readonly number[], options: BhattacharyyaOptions = {}): Score => {
  requireHistograms('bhattacharyya', reference, current, 1);
  const zero = options.zero ?? DEFAULT_ZERO_RULE;
  const [r, c] = [normalisedShares(reference, zero), normalisedShares(current, zero)];
  const common = compensatedSum(c, (share, i) => Math.sqrt(share * (r[i] ?? 0)));
  const apart = compensatedSum(c, (share, i) => (Math.sqrt(share) - Math.sqrt(r[i] ?? 0)) ** 2 / 2);
  // Both are known to full precision where they are small: their sum is one.
  const score = common < 0.5 ? -Math.log(common) : -Math.log1p(-apart);
  return { score, parameters: { bins: reference.length, zero: formatZeroRule(zero) } };
};
