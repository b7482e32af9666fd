import { type BandOptions, type BandedValue, levelOf, meanEstimate, SHARE } from './band.js';
import { requireProbabilities } from './probabilities.js';

/**
 * Brier score: mean squared difference between the probability and what happened (1 or 0). 0 is perfect, 0.25 is always saying one half, 1 is
 * always wrong with certainty. `sklearn.metrics.brier_score_loss` for two classes. O(n). Oracle: oracles/performance.json.
 * @throws StatisticsError `brier requires as many answers as labels` | `brier requires probabilities between 0 and 1`
 * @example brier([true, false], [0.9, 0.2]) // 0.025
 */
export const brier = (truth: readonly boolean[], probabilities: ArrayLike<number>): number => brierEstimate(truth, probabilities).value;

/** The same with the band of a mean. @throws StatisticsError as `brier` */
export const brierEstimate = (truth: readonly boolean[], probabilities: ArrayLike<number>, options: BandOptions = {}): BandedValue => {
  requireProbabilities('brier', truth, probabilities);
  const squares = Float64Array.from(truth, (yes, i) => ((probabilities[i] ?? NaN) - (yes ? 1 : 0)) ** 2);
  return meanEstimate(squares, SHARE, levelOf('brier', options));
};
