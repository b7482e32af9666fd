import { type BandOptions, type BandedValue, levelOf, LOSS, meanEstimate } from './band.js';
import { lossesOf, requireNumbers } from './numbers.js';

/**
 * Mean absolute error, in units of the target. 0 is perfect. `sklearn.metrics.mean_absolute_error`. O(n). Oracle: oracles/performance.json.
 * @throws StatisticsError `meanAbsoluteError requires as many answers as labels` | `meanAbsoluteError requires finite values`
 * @example meanAbsoluteError([3, 5], [2, 7]) // 1.5
 */
export const meanAbsoluteError = (truth: ArrayLike<number>, answers: ArrayLike<number>): number =>
  meanAbsoluteErrorEstimate(truth, answers).value;

/** The same with the band of a mean. @throws StatisticsError as `meanAbsoluteError` */
export const meanAbsoluteErrorEstimate = (truth: ArrayLike<number>, answers: ArrayLike<number>, options: BandOptions = {}): BandedValue => {
  requireNumbers('meanAbsoluteError', truth, answers);
  const losses = lossesOf(truth, answers, (value, answer) => Math.abs(value - answer));
  return meanEstimate(losses, LOSS, levelOf('meanAbsoluteError', options));
};

const squaredErrors = (name: string, truth: ArrayLike<number>, answers: ArrayLike<number>): Float64Array => {
  requireNumbers(name, truth, answers);
  return lossesOf(truth, answers, (value, answer) => (value - answer) ** 2);
};

/**
 * Mean squared error, in squared units of the target, with the band of a mean. 0 is perfect. `sklearn.metrics.mean_squared_error`. O(n).
 * Oracle: oracles/performance-bands.json.
 * @throws StatisticsError `meanSquaredError requires as many answers as labels` | `meanSquaredError requires finite values`
 * @example meanSquaredErrorEstimate([3, 5], [2, 7]).value // 2.5
 */
export const meanSquaredErrorEstimate = (truth: ArrayLike<number>, answers: ArrayLike<number>, options: BandOptions = {}): BandedValue =>
  meanEstimate(squaredErrors('meanSquaredError', truth, answers), LOSS, levelOf('meanSquaredError', options));

/**
 * Root of the mean squared error, in units of the target. 0 is perfect; large errors weigh more than in the mean absolute error.
 * `sklearn.metrics.root_mean_squared_error`. O(n). Oracle: oracles/performance.json.
 * @throws StatisticsError `rootMeanSquaredError requires as many answers as labels` | `rootMeanSquaredError requires finite values`
 * @example rootMeanSquaredError([3, 5], [2, 7]) // 1.5811…
 */
export const rootMeanSquaredError = (truth: ArrayLike<number>, answers: ArrayLike<number>): number =>
  rootMeanSquaredErrorEstimate(truth, answers).value;

/** The same with the roots of the band of the mean squared error. @throws StatisticsError as `rootMeanSquaredError` */
export const rootMeanSquaredErrorEstimate = (
  truth: ArrayLike<number>,
  answers: ArrayLike<number>,
  options: BandOptions = {},
): BandedValue =>
  rootOf(meanEstimate(squaredErrors('rootMeanSquaredError', truth, answers), LOSS, levelOf('rootMeanSquaredError', options)));

/** The root of an estimate that is at least 0: the band by its ends, the error by the delta method. */
export const rootOf = ({ value, error, band }: BandedValue): BandedValue => ({
  value: Math.sqrt(value),
  ...(error !== undefined && { error: error / (2 * Math.sqrt(value)) }),
  ...(band && { band: { ...band, lower: Math.sqrt(band.lower), upper: Math.sqrt(band.upper) } }),
});
