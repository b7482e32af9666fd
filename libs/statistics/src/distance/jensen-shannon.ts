import { DEFAULT_ZERO_RULE, formatZeroRule, normalisedShares, type ZeroRule } from '../binning/zero-rule.js';
import { requireHistograms } from '../requirements.js';
import { type Score } from '../score.js';
import { compensatedSum } from '../summation.js';

/** Base of the logarithm: natural, or 2 for a distance that ends at 1. */
export type LogBase = 'e' | 2;

export type JensenShannonOptions = { readonly zero?: ZeroRule; readonly base?: LogBase; readonly contributions?: boolean };

/**
 * Jensen-Shannon distance between two histograms over the same bins.
 *
 * The square root of the Jensen-Shannon divergence: the mean of the Kullback-Leibler divergences of both share vectors from their
 * midpoint. 0 means identical shares; the largest value is √(ln 2) ≈ 0.8326 in base e and 1 in base 2; symmetric; a metric.
 * `scipy.spatial.distance.jensenshannon(reference, current, base)` after the zero rule (`add:0.5` unless said otherwise; under `replace`
 * the shares are scaled back to one, as scipy does). Contributions add up to the squared score.
 * From bucket counts, cuts snap to bucket edges: off by at most √(s ln 2) + √(t ln 2) in base e, √s + √t in base 2, where s and t are the
 * shares of both sides that change their bin. Smallest sample: one value a side. O(bins). Source: Endres and Schindelin, IEEE Trans. Inf. Theory 49 (2003), 1858.
 * Oracle: oracles/jensen-shannon.json (scipy, tolerance 1e-12).
 * @param reference counts per bin
 * @param current counts per bin, same bins in the same order
 * @throws StatisticsError `jensenShannon requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example jensenShannon([50, 50], [60, 40]).score // 0.0702…
 */
export const jensenShannon = (reference: readonly number[], current: readonly number[], options: JensenShannonOptions = {}): Score => {
  requireHistograms('jensenShannon', reference, current, 1);
  const zero = options.zero ?? DEFAULT_ZERO_RULE;
  const base = options.base ?? 'e';
  const [r, c] = [normalisedShares(reference, zero), normalisedShares(current, zero)];
  const scale = base === 2 ? 2 * Math.LN2 : 2;
  const terms = c.map((share, i) => (relativeEntropy(r[i] ?? 0, share) + relativeEntropy(share, r[i] ?? 0)) / scale);
  const parameters = { bins: reference.length, zero: formatZeroRule(zero), base };
  // Rounding can leave a sum of about -1e-18 for equal shares; a distance is never negative.
  const score = Math.sqrt(Math.max(compensatedSum(terms), 0));
  return { score, parameters, ...(options.contributions === true && { contributions: terms }) };
};

/** One bin of the divergence of a share from the midpoint with the other side's share. */
const relativeEntropy = (share: number, other: number): number => (share === 0 ? 0 : share * Math.log(share / ((share + other) / 2)));
