import { type Score } from '../score.js';
import { cramerVonMisesTail } from '../special/squared-bridge-tail.js';
import { CompensatedSum } from '../summation.js';
import { exactCramerVonMisesTail } from './cramer-von-mises-exact.js';
import { leastCommonMultiple } from './kolmogorov-smirnov-exact.js';
import { requireSamples } from './require-samples.js';
import { SquaredBridge } from './squared-bridge.js';
import { tiedBlocks } from './tied-blocks.js';

/** Up to this many values in the larger sample the p-value is exact, as in `scipy.stats.cramervonmises_2samp(method='auto')`. */
const EXACT_UP_TO = 20;

/** nm(n + m) times the statistic, and its limit without drift where equal values leave only these places to compare at. */
type Compared = { readonly scaled: number; readonly limit: SquaredBridge; readonly tied: boolean };

/**
 * In D = nm(F − G), a whole number: Σ over blocks of t equal values of t(D₀² + D₁²)/2 over n + m, D₀ before the block and D₁ after it.
 * Every place between two blocks counts with half of both. Anderson's sum of squared ranks is the same without ties and cancels most digits
 * of large samples; here nothing cancels.
 */
const compare = (reference: ArrayLike<number>, current: ArrayLike<number>): Compared => {
  const [n, m] = [reference.length, current.length];
  const [sum, limit] = [new CompensatedSum(), new SquaredBridge()];
  let [before, below, last, tied] = [0, 0, 0, false];
  tiedBlocks(reference, current, (a, b) => {
    const [after, ties] = [before + m * a - n * b, a + b];
    sum.add((ties * (before * before + after * after)) / (2 * (n + m)));
    const at = below / (n + m);
    if (below > 0) limit.add({ at, variance: at * (1 - at), weight: (last + ties) / (2 * (n + m)) });
    if (ties > 1) tied = true;
    before = after;
    below += ties;
    last = ties;
  });
  return { scaled: sum.value, limit, tied };
};

/** Variance of the limit at the places that this many different values leave. */
const untiedVariance = (total: number): number => {
  const limit = new SquaredBridge();
  for (let i = 1; i < total; i += 1) limit.add({ at: i / total, variance: (i / total) * (1 - i / total), weight: 1 / total });
  return limit.variance;
};

/** The statistic as a whole number of steps of the exact distribution; rounding must not push it under its own step. */
const steps = (scaled: number, n: number, m: number): number =>
  Math.floor((leastCommonMultiple(n, m) ** 2 * (n + m) * scaled) / (n * m) ** 2 + 1e-6);

/**
 * The limit, with the statistic moved to the limit's mean and deviation (Anderson 1962, eq. 11, 14 and 15). Ties move the mean, exactly
 * N/(N − 1) times that of their limit, and the variance, taken in the proportion of the limits with ties and without.
 */
const asymptoticTail = (score: number, { limit, tied }: Compared, n: number, m: number): number => {
  const [k, total] = [n * m, n + m];
  const expected = tied ? (total / (total - 1)) * limit.mean : (1 + 1 / total) / 6;
  const untied = ((total + 1) * (4 * k * total - 3 * (n * n + m * m) - 2 * k)) / (45 * total * total * 4 * k);
  const variance = tied ? untied * (limit.variance / untiedVariance(total)) : untied;
  return variance > 0 ? cramerVonMisesTail(1 / 6 + (score - expected) / Math.sqrt(45 * variance)) : 1;
};

/**
 * Two-sample Cramér-von Mises test: the squared difference between both empirical distribution functions, summed over all values.
 *
 * Score T = nm/(n + m)² · Σ (F − G)² over the pooled values, the mean of (F − G)² just below and at each value where values are tied: 0 means
 * equal samples, 1/6 is expected without drift, nm/(n + m)/3 is near its most; symmetric; unchanged by any monotone transformation of the
 * feature. Sees a moderate difference over a wide range better than Kolmogorov-Smirnov.
 * Statistic and p-value are those of `scipy.stats.cramervonmises_2samp(method='auto')`: exact while both samples have at most 20 values,
 * else the limit distribution, which is carried further here (scipy stops adding at 1e-7 and answers 0 below 1e-16). With ties scipy
 * differs: its formula of mid-ranks holds for equal sizes only and otherwise grows with the ties (1,000 and 300 equal shares of ten
 * values: 1.77 in place of 0, p = 0.00004), and its p-value knows nothing of them; here the limit has the mean and the variance it has with the
 * ties at hand. Smallest sample: two values a side. O(n + m) on sorted input; the exact p-value takes up to some tens of milliseconds and
 * is conservative with ties. Source: Anderson, Annals of Mathematical Statistics 33 (1962), 1148-1159.
 * Oracle: oracles/cramer-von-mises.json (scipy; score 1e-12 relative, p-value exact 1e-12 relative, asymptotic 1e-6 absolute; permutations
 * with ties).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `cramerVonMises requires at least 2 values in each sample` | `cramerVonMises requires sorted, finite values`
 * @example cramerVonMises([1, 2, 3], [4, 5, 6]).score // 0.527…
 */
export const cramerVonMises = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  requireSamples('cramerVonMises', reference, current, 2);
  const [n, m] = [reference.length, current.length];
  const compared = compare(reference, current);
  const { scaled } = compared;
  const score = scaled / (n * m * (n + m));
  if (Math.max(n, m) > EXACT_UP_TO) return { score, pValue: asymptoticTail(score, compared, n, m), parameters: { tail: 'asymptotic' } };
  return { score, pValue: exactCramerVonMisesTail(n, m, steps(scaled, n, m)), parameters: { tail: 'exact' } };
};
