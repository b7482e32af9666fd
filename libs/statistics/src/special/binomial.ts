import { deviance } from './deviance.js';
import { stirlingError } from './log-gamma.js';

/**
 * Probability of x successes in n trials with success probability p, by Loader's saddle-point form: about 14 correct digits for any n, where
 * the textbook product loses a digit per decade of n. `excess` is x − n·p, which the caller often knows exactly.
 * Source: Loader, Fast and Accurate Computation of Binomial Probabilities (2000).
 */
export const binomialProbability = (x: number, n: number, p: number, excess: number = x - n * p): number => {
  const q = 1 - p;
  if (x === 0) return Math.exp(n * Math.log1p(-p));
  if (x === n) return Math.exp(n * Math.log(p));
  if (!(p > 0 && q > 0)) return 0;
  const exponent =
    errorOfFactorial(n) - errorOfFactorial(x) - errorOfFactorial(n - x) - deviance(x, n * p, -excess) - deviance(n - x, n * q, excess);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * x * (n - x)));
};

/** ln n! − [(n + ½) ln n − n + ln √(2π)]: the same number as Stirling's error of Γ(n). */
const errorOfFactorial = (n: number): number => stirlingError(n);
