import { StatisticsError } from '../errors.js';
import { regularisedBeta } from './regularised-beta.js';

const requireDegrees = (name: string, degrees: readonly number[]): void => {
  if (!degrees.every((count) => count > 0 && count < Infinity))
    throw new StatisticsError(`${name} requires finite degrees of freedom above 0`);
};

/**
 * Probability that an F variable with these degrees of freedom is at least x. Falls from 1 at 0 to 0 at infinity. Relative error below 1e-13,
 * also where the tail is tiny. O(√degrees) at worst. Source: Abramowitz and Stegun 26.6.2.
 * Oracle: oracles/special-tails.json (mpmath at 60 digits).
 * @throws StatisticsError `fTail requires a number` | `fTail requires finite degrees of freedom above 0`
 * @example fTail(21.2, 1, 4) // 0.00999…
 */
export const fTail = (x: number, numerator: number, denominator: number): number => {
  requireDegrees('fTail', [numerator, denominator]);
  if (Number.isNaN(x)) throw new StatisticsError('fTail requires a number');
  if (x <= 0) return 1;
  const ratio = (numerator / denominator) * x;
  return regularisedBeta(denominator / 2, numerator / 2, 1 / (1 + ratio), 1 / (1 + 1 / ratio));
};

/**
 * The value that an F variable exceeds with probability `tail`: 0 for 1, infinity for 0. By bisection to the last bits, some sixty tails.
 * Oracle: oracles/special-tails.json (`scipy.stats.f.isf`, tolerance 1e-10 relative).
 * @throws StatisticsError `fQuantile requires a probability between 0 and 1` | `fQuantile requires finite degrees of freedom above 0`
 * @example fQuantile(0.01, 1, 4) // 21.197…
 */
export const fQuantile = (tail: number, numerator: number, denominator: number): number => {
  requireDegrees('fQuantile', [numerator, denominator]);
  if (!(tail >= 0 && tail <= 1)) throw new StatisticsError('fQuantile requires a probability between 0 and 1');
  if (tail === 0) return Infinity;
  if (tail === 1) return 0;
  let [low, high] = [0, 1];
  while (fTail(high, numerator, denominator) > tail && high < 1e300) [low, high] = [high, high * 2];
  for (let i = 0; i < 1100 && high - low > 1e-15 * high; i += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (fTail(middle, numerator, denominator) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
