import { compensatedMean, populationDeviation } from '../summation.js';

/** What is estimated of answers that are numbers, as ids. */
export const REGRESSION_ESTIMATES = ['mae', 'mape', 'mse', 'rmse', 'msle', 'rmsle'] as const;
export type RegressionEstimate = (typeof REGRESSION_ESTIMATES)[number];

/** What one answer costs, before means and roots. */
export const LOSSES = ['absolute', 'percentage', 'squared', 'squared_log'] as const;
export type Loss = (typeof LOSSES)[number];

/** numpy's `finfo(float64).eps`, scikit-learn's stand-in for a truth of zero. */
const SMALLEST_TRUTH = 2 ** -52;

const LOSS_OF: Readonly<Record<Loss, (truth: number, prediction: number) => number>> = {
  absolute: (truth, prediction) => Math.abs(truth - prediction),
  percentage: (truth, prediction) => Math.abs(truth - prediction) / Math.max(Math.abs(truth), SMALLEST_TRUTH),
  squared: (truth, prediction) => (truth - prediction) ** 2,
  squared_log: (truth, prediction) => (Math.log1p(truth) - Math.log1p(prediction)) ** 2,
};

/** A metric is the mean of a loss, or its root. */
const METRIC: Readonly<Record<RegressionEstimate, { readonly loss: Loss; readonly root: boolean }>> = {
  mae: { loss: 'absolute', root: false },
  mape: { loss: 'percentage', root: false },
  mse: { loss: 'squared', root: false },
  rmse: { loss: 'squared', root: true },
  msle: { loss: 'squared_log', root: false },
  rmsle: { loss: 'squared_log', root: true },
};

const anyBelowZero = (values: ArrayLike<number>): boolean => Array.from(values).some((value) => value < 0);

/** The loss of every answer. The logarithmic one is absent when any value is below zero, as scikit-learn refuses it. */
export const lossesOf = (truth: ArrayLike<number>, predictions: ArrayLike<number>): ReadonlyMap<Loss, Float64Array> => {
  const possible = LOSSES.filter((loss) => loss !== 'squared_log' || !(anyBelowZero(truth) || anyBelowZero(predictions)));
  return new Map(possible.map((loss) => [loss, Float64Array.from(truth, (value, i) => LOSS_OF[loss](value, predictions[i] ?? NaN))]));
};

/** Metrics from the losses of single answers, realised or predicted (`sklearn.metrics`: mean_absolute_error … root_mean_squared_log_error). */
export const regressionMetrics = (losses: ReadonlyMap<Loss, Float64Array>): ReadonlyMap<RegressionEstimate, number> => {
  const metrics = new Map<RegressionEstimate, number>();
  for (const metric of REGRESSION_ESTIMATES) {
    const { loss, root } = METRIC[metric];
    const each = losses.get(loss);
    if (each) metrics.set(metric, root ? Math.sqrt(compensatedMean(each)) : compensatedMean(each));
  }
  return metrics;
};

/**
 * Standard errors times √n: the deviation of the loss; for a root by the delta method, deviation / (2 √mean). A root whose losses are all 0 has error 0.
 * NannyML 0.13, which divides the percentage error by the signed truth, so that negative targets widen its band.
 */
export const regressionErrors = (losses: ReadonlyMap<Loss, Float64Array>): ReadonlyMap<RegressionEstimate, number> => {
  const errors = new Map<RegressionEstimate, number>();
  for (const metric of REGRESSION_ESTIMATES) {
    const { loss, root } = METRIC[metric];
    const each = losses.get(loss);
    if (!each) continue;
    const [deviation, mean] = [populationDeviation(each), compensatedMean(each)];
    errors.set(metric, root ? (mean === 0 ? 0 : deviation / (2 * Math.sqrt(mean))) : deviation);
  }
  return errors;
};
