import { DEFAULT_ZERO_RULE, formatZeroRule, normalisedShares, type ZeroRule } from '../binning/zero-rule.js';
import { requireHistograms } from '../requirements.js';
import { type Score } from '../score.js';
import { deviance } from '../special/deviance.js';
import { compensatedSum } from '../summation.js';
import { type LogBase } from './jensen-shannon.js';

export type KullbackLeiblerOptions = { readonly zero?: ZeroRule; readonly base?: LogBase; readonly contributions?: boolean };

/**
 * Kullback-Leibler divergence of the current shares from the reference's, over the same bins.
 *
 * KL(current ‖ reference) = Σ current share · ln(current share / reference share): what describing the current data with the reference's
 * shares costs, in nats or, in base 2, in bits. Not symmetric: for KL(reference ‖ current), which Evidently reports, swap the arguments.
 * 0 means identical shares; unbounded above. `scipy.stats.entropy(current, reference, base)` after the zero rule (`add:0.5` unless said
 * otherwise; under `replace` the shares are scaled back to one, as scipy does; under `none` it is infinite where only the current side has
 * values in a bin). A bin's contribution is taken as c ln(c/r) + r − c, which is never negative; contributions add up to the score.
 * Smallest sample: one value a side. O(bins). Source: Kullback and Leibler, Annals of Mathematical Statistics 22 (1951), 79.
 * Oracle: oracles/kullback-leibler.json (scipy, tolerance 1e-12).
 * @param reference counts per bin
 * @param current counts per bin, same bins in the same order
 * @throws StatisticsError `kullbackLeibler requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example kullbackLeibler([50, 50], [60, 40]).score // 0.0197…
 */
export const kullbackLeibler = (reference: readonly number[], current: readonly number[], options: KullbackLeiblerOptions = {}): Score => {
  requireHistograms('kullbackLeibler', reference, current, 1);
  const zero = options.zero ?? DEFAULT_ZERO_RULE;
  const base = options.base ?? 'e';
  const [r, c] = [normalisedShares(reference, zero), normalisedShares(current, zero)];
  const scale = base === 2 ? Math.LN2 : 1;
  const terms = c.map((share, i) => deviance(share, r[i] ?? 0) / scale);
  const parameters = { bins: reference.length, direction: 'current from reference', zero: formatZeroRule(zero), base };
  return { score: compensatedSum(terms), parameters, ...(options.contributions === true && { contributions: terms }) };
};
