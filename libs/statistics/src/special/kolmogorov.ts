import { StatisticsError } from '../errors.js';
import { CompensatedSum } from '../summation.js';
import { binomialProbability } from './binomial.js';
import { durbinMatrix } from './kolmogorov-durbin.js';
import { pelzGood } from './kolmogorov-pelz-good.js';
import { pomeranz } from './kolmogorov-pomeranz.js';
import { stirlingError } from './log-gamma.js';

/** As a probability: rounding may leave a sum just outside. */
const clip = (p: number): number => Math.min(Math.max(p, 0), 1);

/** Above this many points the sum is taken at about a thousand of its terms. */
const SPARSE_ABOVE = 4096;

/**
 * One-sided tail: the probability that an empirical distribution of n points rises at least x above the true one (Smirnov 1944).
 * Σ over v ≤ n(1 − x) of x/(x + v/n) · Binomial(v; n, x + v/n): every term is positive, so there is no cancellation.
 *
 * For many points and n·x² ≥ 2 every k-th term is added and the sum multiplied by k. The terms follow a smooth bell that vanishes with all its
 * derivatives at both ends, where the trapezoid rule loses nothing: a thousand of a million terms agree with all of them to 1e-12. O(min(n, 1000)).
 */
export const smirnovTail = (n: number, x: number): number => {
  if (x <= 0) return 1;
  if (x >= 1) return 0;
  const stride = n > SPARSE_ABOVE && n * x * x >= 2 ? Math.floor(n / 1024) : 1;
  const sum = new CompensatedSum();
  const last = Math.floor(n * (1 - x));
  for (let v = 0; v <= last; v += stride) {
    const p = x + v / n;
    if (p < 1) sum.add((x / p) * binomialProbability(v, n, p, -n * x));
  }
  return clip(sum.value * stride);
};

/** 1/(2n) < x ≤ 1/n: the lower probability is n! ((2nx − 1)/n)^n (Ruben and Gambino 1982). */
const lowest = (n: number, t: number): number => Math.exp(0.5 * Math.log(2 * Math.PI * n) - n + stirlingError(n) + n * Math.log(2 * t - 1));

/**
 * Probability that the two-sided Kolmogorov statistic of n points reaches at least x: the tail of D_n, not of its limit. Range 1 to 0.
 *
 * The regions and the method in each follow Simard and L'Ecuyer, Journal of Statistical Software 39/11 (2011): Durbin's matrix,
 * Pomeranz' recursion, twice the one-sided tail, or the Pelz-Good series. They match `scipy.stats.kstwo.sf`.
 * Cost: O(n) in the tail, O(n²) steps for n ≤ 140, else constant. Oracle: oracles/special.json (relative tolerance 1e-10).
 * @throws StatisticsError `kolmogorovTail requires a whole number of points above 0`
 */
export const kolmogorovTail = (n: number, x: number): number => {
  if (!Number.isInteger(n) || n < 1) throw new StatisticsError('kolmogorovTail requires a whole number of points above 0');
  const t = n * x;
  if (x >= 1) return 0;
  if (t <= 0.5) return 1;
  if (t <= 1) return clip(1 - lowest(n, t));
  if (t >= n - 1) return clip(2 * (1 - x) ** n);
  if (x >= 0.5) return clip(2 * smirnovTail(n, x));
  const scaled = t * x;
  if (n <= 140) {
    if (scaled > 4) return clip(2 * smirnovTail(n, x));
    return clip(1 - (scaled <= 0.754_693 ? durbinMatrix(n, x) : pomeranz(n, x)));
  }
  if (scaled >= 370) return 0;
  if (scaled >= 2.2) return clip(2 * smirnovTail(n, x));
  return clip(1 - (n <= 100_000 && n * x ** 1.5 <= 1.4 ? durbinMatrix(n, x) : pelzGood(n, x)));
};
