import { logOnePlusMinus } from './log-one-plus-minus.js';

/**
 * One term of a divergence or of a likelihood ratio: x ln(x / expected) + expected − x, which is never negative. Range 0 to ∞.
 *
 * Summed over bins whose totals agree it is Σ x ln(x / expected), without the cancellation that leaves a textbook sum of near-equal
 * shares as noise. x = 0 gives `expected`; expected = 0 with x > 0 is infinite. Both are at least 0.
 * `shortfall` is expected − x, which the caller may know better than the subtraction.
 * Source: Loader, Fast and Accurate Computation of Binomial Probabilities (2000), D₀. Oracle: oracles/deviance.json (`scipy.special.kl_div`).
 */
export const deviance = (x: number, expected: number, shortfall: number = expected - x): number => {
  if (x === 0) return expected;
  if (shortfall === 0) return 0;
  const relative = shortfall / x;
  // Far from equal nothing cancels, and the quotient could round to −1, where the logarithm ends.
  return Math.abs(relative) > 0.4 ? x * Math.log(x / expected) + shortfall : -x * logOnePlusMinus(relative);
};
