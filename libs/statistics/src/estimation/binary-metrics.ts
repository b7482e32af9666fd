import { type ConfusionCounts, classificationMetrics } from '../performance/classification.js';
import { CompensatedSum } from '../summation.js';
import { type Interval } from './estimate.js';
import { expectedAveragePrecision, expectedRocAuc } from './expected-ranking.js';

/** What is estimated of yes/no answers, as ids. The four outcomes are shares of all answers. */
export const BINARY_ESTIMATES = [
  'roc_auc',
  'average_precision',
  'f1',
  'precision',
  'recall',
  'specificity',
  'accuracy',
  'true_positive',
  'false_positive',
  'false_negative',
  'true_negative',
  'business_value',
] as const;
export type BinaryEstimate = (typeof BINARY_ESTIMATES)[number];

/** What each outcome of one answer is worth, in whatever unit the business counts in. */
export type OutcomeValues = ConfusionCounts;

/** Answers with the probability that each is positive in truth. */
export type ProbableAnswers = {
  readonly probabilities: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
  readonly predictions: readonly boolean[];
};

/** The metrics that have a number, in the order of their ids. */
export const presentOnly = (found: Readonly<Record<BinaryEstimate, number | undefined>>): ReadonlyMap<BinaryEstimate, number> => {
  const present = new Map<BinaryEstimate, number>();
  for (const metric of BINARY_ESTIMATES) {
    const value = found[metric];
    if (value !== undefined) present.set(metric, value);
  }
  return present;
};

/** Between which numbers a metric can lie. A mean value lies between the least and the most valuable outcome. */
export const binaryLimits = (metric: BinaryEstimate, values?: OutcomeValues): Interval => {
  if (metric !== 'business_value' || !values) return { lower: 0, upper: 1 };
  const all = [values.truePositives, values.falsePositives, values.falseNegatives, values.trueNegatives];
  return { lower: Math.min(...all), upper: Math.max(...all) };
};

/**
 * Expected counts of the four outcomes when the i-th answer is positive in truth with probability p_i: TP = Σ p and FP = Σ (1 − p) over "yes"
 * answers, FN = Σ p and TN = Σ (1 − p) over "no" answers. O(n). Oracle: oracles/cbpe.json.
 */
export const expectedConfusion = (probabilities: ArrayLike<number>, predictions: readonly boolean[]): ConfusionCounts => {
  const [tp, fp, fn, tn] = [new CompensatedSum(), new CompensatedSum(), new CompensatedSum(), new CompensatedSum()];
  predictions.forEach((yes, i) => {
    const p = probabilities[i] ?? 0;
    (yes ? tp : fn).add(p);
    (yes ? fp : tn).add(1 - p);
  });
  return { truePositives: tp.value, falsePositives: fp.value, falseNegatives: fn.value, trueNegatives: tn.value };
};

/** Mean value of an answer: the shares of the four outcomes times what each is worth, over all answers (not over the columns of the matrix). */
const businessValue = (counts: ConfusionCounts, values: OutcomeValues): number =>
  (counts.truePositives * values.truePositives +
    counts.falsePositives * values.falsePositives +
    counts.falseNegatives * values.falseNegatives +
    counts.trueNegatives * values.trueNegatives) /
  (counts.truePositives + counts.falsePositives + counts.falseNegatives + counts.trueNegatives);

/**
 * All metrics that are to be expected of yes/no answers. With probabilities 0 and 1, which is to say labels, these are the realised ones. A metric
 * that is a share of nothing is absent; `business_value` is there when outcomes have values. O(n log n).
 */
export const binaryMetrics = (answers: ProbableAnswers, values?: OutcomeValues): ReadonlyMap<BinaryEstimate, number> => {
  const counts = expectedConfusion(answers.probabilities, answers.predictions);
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
  const { accuracy, precision, recall, f1 } = classificationMetrics(counts);
  const all = answers.predictions.length;
  const found: Readonly<Record<BinaryEstimate, number | undefined>> = {
    roc_auc: expectedRocAuc(answers.probabilities, answers.scores),
    average_precision: expectedAveragePrecision(answers.probabilities, answers.scores),
    f1,
    precision,
    recall,
    specificity: tn + fp > 0 ? tn / (tn + fp) : undefined,
    accuracy,
    true_positive: tp / all,
    false_positive: fp / all,
    false_negative: fn / all,
    true_negative: tn / all,
    business_value: values && businessValue(counts, values),
  };
  return presentOnly(found);
};
