import { averagePrecision } from '../performance/average-precision.js';
import { rocAucEstimate } from '../performance/roc-auc.js';
import { populationDeviation } from '../summation.js';
import { type BinaryEstimate, expectedConfusion, type OutcomeValues, presentOnly } from './binary-metrics.js';

/** Answers whose truth is known. */
export type LabelledAnswers = {
  readonly truth: readonly boolean[];
  readonly scores: ArrayLike<number>;
  readonly predictions: readonly boolean[];
};

/** Deviation of a 0/1 variable that is 1 in `ones` of `all` cases. */
const deviation = (ones: number, all: number): number => Math.sqrt((ones / all) * (1 - ones / all));

/**
 * Standard error of the ROC AUC times √n: DeLong's (`rocAucEstimate`), with the parts of both classes and every case in it. 0 where the scores part
 * the classes without exception; unknown with one case in a class.
 */
const rocAucError = ({ truth, scores }: LabelledAnswers): number | undefined => {
  const positives = truth.filter(Boolean).length;
  if (positives < 2 || truth.length - positives < 2) return undefined;
  return (rocAucEstimate(truth, scores).error ?? 0) * Math.sqrt(truth.length);
};

/** Standard error of the average precision times √n, by its delta method; 0 where all positives rank first, unknown without one. */
const averagePrecisionError = ({ truth, scores }: LabelledAnswers): number | undefined =>
  truth.includes(true) ? (averagePrecision(truth, scores).error ?? 0) * Math.sqrt(truth.length) : undefined;

/** Deviation of what one answer is worth. */
const valueError = ({ truth, predictions }: LabelledAnswers, values: OutcomeValues): number =>
  populationDeviation(
    truth.map((positive, i) =>
      predictions[i] === true
        ? positive
          ? values.truePositives
          : values.falsePositives
        : positive
          ? values.falseNegatives
          : values.trueNegatives,
    ),
  );

/**
 * Standard errors of the metrics of yes/no answers times √n, from labelled answers: divided by √n they are the sampling error of a chunk of n rows.
 *
 * A share of k relevant rows out of n has the deviation of its 0/1 indicator over √(k/n); F1 is such a share over TP, FP and FN, scaled by
 * |TP + FP + FN| / (TP + (FP + FN)/2): what NannyML 0.13 computes. ROC AUC by DeLong, where NannyML takes the variance of the rarer class alone,
 * without the case that ranks lowest, and is up to √2 too small. Average precision by the delta method, where NannyML draws fifty samples without a
 * seed. A metric without relevant rows is absent. O(n log n). Oracle: oracles/cbpe.json.
 */
export const binaryErrors = (answers: LabelledAnswers, values?: OutcomeValues): ReadonlyMap<BinaryEstimate, number> => {
  const n = answers.truth.length;
  const {
    truePositives: tp,
    falsePositives: fp,
    falseNegatives: fn,
    trueNegatives: tn,
  } = expectedConfusion(answers.truth.map(Number), answers.predictions);
  const share = (ones: number, relevant: number): number | undefined =>
    relevant > 0 ? deviation(ones, relevant) / Math.sqrt(relevant / n) : undefined;
  const f1 = share(tp, tp + fp + fn);
  const found: Readonly<Record<BinaryEstimate, number | undefined>> = {
    roc_auc: rocAucError(answers),
    average_precision: averagePrecisionError(answers),
    f1: f1 === undefined ? undefined : (f1 * (tp + fp + fn)) / (tp + (fp + fn) / 2),
    precision: share(tp, tp + fp),
    recall: share(tp, tp + fn),
    specificity: share(tn, tn + fp),
    accuracy: share(tp + tn, n),
    true_positive: share(tp, n),
    false_positive: share(fp, n),
    false_negative: share(fn, n),
    true_negative: share(tn, n),
    business_value: values && valueError(answers, values),
  };
  return presentOnly(found);
};
