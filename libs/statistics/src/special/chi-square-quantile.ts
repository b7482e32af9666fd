import { StatisticsError } from '../errors.js';
import { chiSquareTail } from './regularised-gamma.js';

/**
 * The value a chi-square variable with so many degrees of freedom exceeds with probability `tail`; by bisection on `chiSquareTail`, to the
 * last bits. `scipy.stats.chi2.isf(tail, degrees)`. Oracle: oracles/no-drift-law.json (tolerance 1e-11 relative).
 * @throws StatisticsError `chiSquareQuantile requires a probability above 0 and below 1` | `… at least one degree of freedom`
 * @example chiSquareQuantile(0.05, 9) // 16.9189…
 */
export const chiSquareQuantile = (tail: number, degrees: number): number => {
  if (!(tail > 0 && tail < 1)) throw new StatisticsError('chiSquareQuantile requires a probability above 0 and below 1');
  if (!(degrees >= 1) || !Number.isFinite(degrees)) throw new StatisticsError('chiSquareQuantile requires at least one degree of freedom');
  let [low, high] = [0, degrees];
  while (chiSquareTail(high, degrees) > tail) [low, high] = [high, high * 2];
  for (let i = 0; i < 200; i += 1) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (chiSquareTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
