import { StatisticsError } from '../errors.js';

/** How often each outcome of a yes/no answer occurred. Counts may be summed weights. */
export type ConfusionCounts = {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
};

/** Shares between 0 (always wrong) and 1 (always right). A share of nothing is absent, not 0. */
export type ClassificationMetrics = {
  readonly accuracy: number;
  /** Share of "yes" answers that were right; absent when no "yes" was answered. */
  readonly precision?: number;
  /** Share of true "yes" that were found; absent when there was none. */
  readonly recall?: number;
  /** Harmonic mean of precision and recall, 2TP / (2TP + FP + FN); absent when neither truth nor answer was ever "yes". */
  readonly f1?: number;
};

/**
 * Accuracy, precision, recall and F1 of a yes/no answer; `sklearn.metrics` without its zero_division fill-ins.
 * O(1). Oracle: oracles/performance.json (scikit-learn).
 * @throws StatisticsError `classificationMetrics requires finite, non-negative counts` | `classificationMetrics requires at least one labelled answer`
 * @example classificationMetrics({ truePositives: 6, falsePositives: 2, falseNegatives: 3, trueNegatives: 9 }).accuracy // 0.75
 */
export const classificationMetrics = (counts: ConfusionCounts): ClassificationMetrics => {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
  if (![tp, fp, fn, tn].every((count) => Number.isFinite(count) && count >= 0)) {
    throw new StatisticsError('classificationMetrics requires finite, non-negative counts');
  }
  const all = tp + fp + fn + tn;
  if (all === 0) throw new StatisticsError('classificationMetrics requires at least one labelled answer');
  return {
    accuracy: (tp + tn) / all,
    ...(tp + fp > 0 && { precision: tp / (tp + fp) }),
    ...(tp + fn > 0 && { recall: tp / (tp + fn) }),
    ...(tp + fp + fn > 0 && { f1: (2 * tp) / (2 * tp + fp + fn) }),
  };
};
