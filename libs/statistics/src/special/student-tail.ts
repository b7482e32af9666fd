import { StatisticsError } from '../errors.js';
import { regularisedBeta } from './regularised-beta.js';

/**
 * Probability that a Student t variable exceeds t. Falls from 1 over ½ at 0 to 0; the degrees of freedom need not be whole. Relative error
 * below 1e-13 up to 10⁹ degrees of freedom, also far in the upper tail. O(√degrees) at worst.
 * Source: Abramowitz and Stegun 26.7.1 with 26.5.27. Oracle: oracles/special-tails.json (mpmath, beyond 5,000 degrees `scipy.stats.t.sf`).
 * @throws StatisticsError `studentTail requires a number and finite degrees of freedom above 0`
 * @example 2 * studentTail(2.228, 10) // 0.0500…, two-sided
 */
export const studentTail = (t: number, degrees: number): number => {
  if (Number.isNaN(t) || !(degrees > 0 && degrees < Infinity))
    throw new StatisticsError('studentTail requires a number and finite degrees of freedom above 0');
  const ratio = (t / degrees) * t;
  const tail = regularisedBeta(degrees / 2, 0.5, 1 / (1 + ratio), 1 / (1 + 1 / ratio)) / 2;
  return t > 0 ? tail : 1 - tail;
};
