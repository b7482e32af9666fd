import { StatisticsError } from '../errors.js';
import { deviance } from './deviance.js';
import { stirlingError } from './log-gamma.js';

/** Enough for shapes up to about 10¹²: the fraction needs some multiple of the root of the larger one. */
const MAX_STEPS = 10_000_000;
const TINY = 1e-300;
const notZero = (x: number): number => (Math.abs(x) < TINY ? TINY : x);

/** x^a y^b / B(a, b), by Loader's saddle-point form: the textbook difference of logarithms would lose a digit per decade of a + b. */
const prefactor = (a: number, b: number, x: number, y: number): number => {
  const n = a + b;
  const excess = a * y - b * x;
  const exponent = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x, -excess) - deviance(b, n * y, excess);
  return Math.exp(exponent) * Math.sqrt(((a / n) * b) / (2 * Math.PI));
};

/**
 * The continued fraction that x^a y^b / B(a, b) is divided by, in Lentz's form, for x up to about the mean a / (a + b). It holds a·y − b·x as
 * a whole: the better known fraction (A&S 26.5.8) subtracts nearly equal numbers when one shape is large, and loses eight digits at 10⁹.
 */
const fraction = (a: number, b: number, x: number, excess: number): number => {
  let value = notZero((a * (excess + 1)) / (a + 1));
  let c = value;
  let d = 0;
  for (let m = 1; m <= MAX_STEPS; m += 1) {
    const whole = a + 2 * m - 1;
    const bent = (m * (b - m) * x) / whole;
    const above = (((a + m - 1) * (a + b + m - 1)) / whole) * bent * x;
    const below = m + bent + ((a + m) / (a + 2 * m + 1)) * (excess + 1 + m * (2 - x));
    d = 1 / notZero(below + above * d);
    c = notZero(below + above / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 4e-16) break;
  }
  return value;
};

/**
 * Regularised incomplete beta function I_x(a, b): the probability that a beta variable of shapes a and b stays below x. Rises from 0 to 1;
 * I_x(a, b) = 1 − I_(1 − x)(b, a), so ask for the smaller of both tails. Relative error of that tail below 1e-13 for shapes up to 10⁹, also
 * where it is tiny. O(√max(a, b)) steps at worst. Source: Didonato and Morris, ACM TOMS 18 (1992), for the fraction; Loader (2000) for the
 * factor in front. Oracle: oracles/special-tails.json (mpmath at 60 digits).
 * @param y 1 − x where the caller knows it better than a subtraction, which loses it near x = 1
 * @throws StatisticsError `regularisedBeta requires shapes above 0 and a value between 0 and 1`
 * @example regularisedBeta(2, 3, 0.4) // 0.5248
 */
export const regularisedBeta = (a: number, b: number, x: number, y: number = 1 - x): number => {
  if (!(a > 0 && a < Infinity && b > 0 && b < Infinity && x >= 0 && x <= 1 && y >= 0 && y <= 1))
    throw new StatisticsError('regularisedBeta requires shapes above 0 and a value between 0 and 1');
  if (x === 0) return 0;
  if (y === 0) return 1;
  const front = prefactor(a, b, x, y);
  const excess = a * y - b * x;
  return x < (a + 1) / (a + b + 2) ? Math.min(front / fraction(a, b, x, excess), 1) : Math.max(1 - front / fraction(b, a, y, -excess), 0);
};
