import { type BandOptions, type BandedValue, levelOf, LOSS, meanEstimate } from './band.js';
import { requireProbabilities } from './probabilities.js';

/**
 * Logarithmic loss: mean of −ln(probability given to what happened). 0 is perfect, ln 2 ≈ 0.693 is a coin, at most 36.04 by the clipping.
 *
 * Probabilities are clipped to [2⁻⁵², 1 − 2⁻⁵²], as `sklearn.metrics.log_loss` does for float64: one confident error stays finite.
 * O(n). Oracle: oracles/performance.json (tolerance 1e-12).
 * @throws StatisticsError `logLoss requires as many answers as labels` | `logLoss requires probabilities between 0 and 1`
 * @example logLoss([true, false], [0.9, 0.2]) // 0.1642…
 */
export const logLoss = (truth: readonly boolean[], probabilities: ArrayLike<number>): number => logLossEstimate(truth, probabilities).value;

const clipped = (p: number): number => Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON);

/** The same with the band of a mean. @throws StatisticsError as `logLoss` */
export const logLossEstimate = (truth: readonly boolean[], probabilities: ArrayLike<number>, options: BandOptions = {}): BandedValue => {
  requireProbabilities('logLoss', truth, probabilities);
  const losses = Float64Array.from(truth, (yes, i) => {
    const p = clipped(probabilities[i] ?? NaN);
    return -Math.log(yes ? p : 1 - p);
  });
  return meanEstimate(losses, LOSS, levelOf('logLoss', options));
};
