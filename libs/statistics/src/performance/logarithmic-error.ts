import { StatisticsError } from '../errors.js';
import { type BandOptions, type BandedValue, levelOf, LOSS, meanEstimate } from './band.js';
import { lossesOf, requireNumbers } from './numbers.js';
import { rootOf } from './regression.js';

/**
 * Mean squared logarithmic error: the mean of (ln(1 + label) − ln(1 + answer))². 0 is perfect; for counts and amounts, where being off by a
 * factor matters. Answers that are too low cost more than answers that are too high. Band: of a mean.
 *
 * `sklearn.metrics.mean_squared_log_error`. O(n). Oracle: oracles/performance-bands.json.
 * @throws StatisticsError `meanSquaredLogarithmicError requires values above -1` | `… as many answers as labels` | `… finite values`
 * @example meanSquaredLogarithmicError([0, 1], [0, 3]).value // 0.240…
 */
export const meanSquaredLogarithmicError = (
  truth: ArrayLike<number>,
  answers: ArrayLike<number>,
  options: BandOptions = {},
): BandedValue => {
  requireNumbers('meanSquaredLogarithmicError', truth, answers);
  const losses = lossesOf(truth, answers, (value, answer) => (Math.log1p(value) - Math.log1p(answer)) ** 2);
  if (!losses.every(Number.isFinite)) throw new StatisticsError('meanSquaredLogarithmicError requires values above -1');
  return meanEstimate(losses, LOSS, levelOf('meanSquaredLogarithmicError', options));
};

/**
 * Its root, near the typical relative error where errors are small. Band: the roots of that of the mean squared logarithmic error.
 * `sklearn.metrics.root_mean_squared_log_error`. O(n). Oracle: oracles/performance-bands.json.
 * @throws StatisticsError as `meanSquaredLogarithmicError`
 * @example rootMeanSquaredLogarithmicError([0, 1], [0, 3]).value // 0.490…
 */
export const rootMeanSquaredLogarithmicError = (
  truth: ArrayLike<number>,
  answers: ArrayLike<number>,
  options: BandOptions = {},
): BandedValue => rootOf(meanSquaredLogarithmicError(truth, answers, options));
