import { compensatedSum } from '../summation.js';
import { requireProbabilities } from './probabilities.js';

/**
 * Logarithmic loss: mean of −ln(probability given to what happened). 0 is perfect, ln 2 ≈ 0.693 is a coin, at most 36.04 by the clipping.
 *
 * Probabilities are clipped to [2⁻⁵², 1 − 2⁻⁵²], as `sklearn.metrics.log_loss` does for float64: one confident error stays finite.
 * O(n). Oracle: oracles/performance.json (tolerance 1e-12).
 * @throws StatisticsError `logLoss requires as many answers as labels` | `logLoss requires probabilities between 0 and 1`
 * @example logLoss([true, false], [0.9, 0.2]) // 0.1642…
 */
export const logLoss = (truth: readonly boolean[], probabilities: ArrayLike<number>): number => {
  requireProbabilities('logLoss', truth, probabilities);
  const clipped = (p: number): number => Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON);
  return compensatedSum(probabilities, (p, i) => -Math.log(truth[i] === true ? clipped(p) : 1 - clipped(p))) / truth.length;
};
