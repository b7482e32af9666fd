import { StatisticsError } from '../errors.js';
import { type BandOptions, type BandedValue, levelOf, LOSS, meanEstimate } from './band.js';
import { lossesOf, requireNumbers } from './numbers.js';

/** `quantile`: the share of labels that are meant to lie below the answers, above 0 and below 1. */
export type QuantileLossOptions = BandOptions & { readonly quantile: number };

/**
 * Quantile (pinball) loss of answers that are meant to be a quantile: an answer too low by d costs quantile · d, one too high (1 − quantile) · d.
 * In units of the target; 0 is perfect; smallest for the true quantile. At 0.5 half the mean absolute error.
 *
 * `sklearn.metrics.mean_pinball_loss(alpha=quantile)`. Band: of a mean. O(n). Source: Koenker and Bassett, Econometrica 46 (1978).
 * Oracle: oracles/performance-bands.json.
 * @throws StatisticsError `quantileLoss requires a quantile between 0 and 1` | `… as many answers as labels` | `… finite values`
 * @example quantileLoss([10, 10], [8, 11], { quantile: 0.9 }).value // 0.95
 */
export const quantileLoss = (truth: ArrayLike<number>, answers: ArrayLike<number>, options: QuantileLossOptions): BandedValue => {
  const { quantile } = options;
  if (!(quantile > 0 && quantile < 1)) throw new StatisticsError('quantileLoss requires a quantile between 0 and 1');
  requireNumbers('quantileLoss', truth, answers);
  const losses = lossesOf(truth, answers, (value, answer) => Math.max(quantile * (value - answer), (quantile - 1) * (value - answer)));
  return meanEstimate(losses, LOSS, levelOf('quantileLoss', options));
};
