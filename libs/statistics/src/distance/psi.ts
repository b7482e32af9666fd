import { DEFAULT_ZERO_RULE, formatZeroRule, sharesOf, type ZeroRule } from '../binning/zero-rule.js';
import { requireHistograms } from '../requirements.js';
import { type Score } from '../score.js';
import { compensatedSum } from '../summation.js';

export type PsiOptions = { readonly zero?: ZeroRule; readonly contributions?: boolean };

/**
 * Population stability index between two histograms over the same bins.
 *
 * Sum over bins of (current share − reference share) · ln(current share / reference share): the symmetrised Kullback-Leibler divergence.
 * 0 means identical shares; unbounded above; symmetric. A common reading (Siddiqi, Credit Risk Scorecards, 2006, p. 136) is below 0.1
 * stable, up to 0.25 moving, above shifted; it assumes about ten bins and thousands of rows, see judgement/no-drift.ts for the rest.
 * Empty bins: the zero rule, `add:0.5` unless said otherwise; a bin that is empty on both sides under `none` contributes nothing.
 * From bucket counts, cuts snap to bucket edges: off by at most 2 (s + t)(λ + e^λ − 1), where s and t are the shares of both sides that change
 * their bin and λ is the largest |ln(current share / reference share)| of a bin.
 * Smallest sample: one value a side. O(bins). Oracle: oracles/psi.json (numpy, the formula above in float64, tolerance 1e-12).
 * @param reference counts per bin
 * @param current counts per bin, same bins in the same order
 * @throws StatisticsError `psi requires equally many bins` | `psi requires at least one bin` | `psi requires finite, non-negative counts`
 * @example psi([50, 50], [60, 40]).score // 0.0397…
 */
export const psi = (reference: readonly number[], current: readonly number[], options: PsiOptions = {}): Score => {
  requireHistograms('psi', reference, current, 1);
  const zero = options.zero ?? DEFAULT_ZERO_RULE;
  const [r, c] = [sharesOf(reference, zero), sharesOf(current, zero)];
  const terms = c.map((share, i) => term(share, r[i] ?? 0));
  const parameters = { bins: reference.length, zero: formatZeroRule(zero) };
  return { score: compensatedSum(terms), parameters, ...(options.contributions === true && { contributions: terms }) };
};

/** One bin's part. Equal shares are 0 also where both are 0; larger before smaller makes the score symmetric to the last bit. */
const term = (current: number, reference: number): number => {
  if (current === reference) return 0;
  const [high, low] = current > reference ? [current, reference] : [reference, current];
  return (high - low) * Math.log(high / low);
};
