import { StatisticsError } from '../errors.js';
import { type BandOptions, type BandedValue, levelOf, LOSS, meanEstimate } from './band.js';
import { lossesOf, requireNumbers } from './numbers.js';

/**
 * Mean absolute percentage error, as a fraction: the mean of |label − answer| / |label|. 0 is perfect, 0.1 is ten percent off; answers that are
 * too high cost more than answers that are too low.
 *
 * `sklearn.metrics.mean_absolute_percentage_error`, except that a label of 0 is refused: scikit-learn divides by 2⁻⁵² instead and one such row
 * makes the mean meaningless. Band: of a mean. O(n). Oracle: oracles/performance-bands.json.
 * @throws StatisticsError `meanAbsolutePercentageError requires labels other than 0` | `… as many answers as labels` | `… finite values`
 * @example meanAbsolutePercentageError([10, 20], [9, 23]).value // 0.125
 */
export const meanAbsolutePercentageError = (
  truth: ArrayLike<number>,
  answers: ArrayLike<number>,
  options: BandOptions = {},
): BandedValue => {
  requireNumbers('meanAbsolutePercentageError', truth, answers);
  const losses = lossesOf(truth, answers, (value, answer) => Math.abs(value - answer) / Math.abs(value));
  if (!losses.every(Number.isFinite)) throw new StatisticsError('meanAbsolutePercentageError requires labels other than 0');
  return meanEstimate(losses, LOSS, levelOf('meanAbsolutePercentageError', options));
};
