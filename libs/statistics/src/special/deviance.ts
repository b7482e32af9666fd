import { logOnePlusMinus } from './log-one-plus-minus.js';

/**
 * One term of a divergence or of a likelihood ratio: x ln(x / expected) + expected − x, which is never negative. Range 0 to ∞.
 *
 * Summed over bins whose totals agree it is Σ x ln(x / expected), without the cancellation that leaves a textbook sum of near-equal
 * shares as noise. x = 0 gives `expected`; expected = 0 with x > 0 is infinite. Both are at least 0.
 * Source: Loader, Fast and Accurate Computation of Binomial Probabilities (2000), D₀. Oracle: oracles/deviance.json (`scipy.special.kl_div`).
 */
export const deviance = (x: number, expected: number): number => {
  if (x === 0) return expected;
  if (x === expected) return 0;
  const excess = (expected - x) / x;
  // Far from equal nothing cancels, and the quotient could round to −1, where the logarithm ends.
  return Math.abs(excess) > 0.4 ? x * Math.log(x / expected) + expected - x : -x * logOnePlusMinus(excess);
};
