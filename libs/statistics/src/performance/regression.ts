import { requireFinite, requirePairs } from '../requirements.js';
import { compensatedSum } from '../summation.js';

const requireNumbers = (name: string, truth: ArrayLike<number>, answers: ArrayLike<number>): void => {
  requirePairs(name, truth, answers);
  requireFinite(name, truth);
  requireFinite(name, answers);
};

/**
 * Mean absolute error, in units of the target. 0 is perfect. `sklearn.metrics.mean_absolute_error`. O(n). Oracle: oracles/performance.json.
 * @throws StatisticsError `meanAbsoluteError requires as many answers as labels` | `meanAbsoluteError requires finite values`
 * @example meanAbsoluteError([3, 5], [2, 7]) // 1.5
 */
export const meanAbsoluteError = (truth: ArrayLike<number>, answers: ArrayLike<number>): number => {
  requireNumbers('meanAbsoluteError', truth, answers);
  return compensatedSum(truth, (value, i) => Math.abs(value - (answers[i] ?? NaN))) / truth.length;
};

/**
 * Root of the mean squared error, in units of the target. 0 is perfect; large errors weigh more than in the mean absolute error.
 * `sklearn.metrics.root_mean_squared_error`. O(n). Oracle: oracles/performance.json.
 * @throws StatisticsError `rootMeanSquaredError requires as many answers as labels` | `rootMeanSquaredError requires finite values`
 * @example rootMeanSquaredError([3, 5], [2, 7]) // 1.5811…
 */
export const rootMeanSquaredError = (truth: ArrayLike<number>, answers: ArrayLike<number>): number => {
  requireNumbers('rootMeanSquaredError', truth, answers);
  return Math.sqrt(compensatedSum(truth, (value, i) => (value - (answers[i] ?? NaN)) ** 2) / truth.length);
};
