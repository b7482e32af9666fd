import { matrixShares } from '../performance/cell-influence.js';
import { classAverage } from '../performance/class-average.js';
import { type ConfusionMatrix } from '../performance/multiclass.js';
import { oneAgainstRestAuc } from '../performance/one-against-rest-auc.js';
import { CompensatedSum, compensatedMean } from '../summation.js';
import { type PerClass } from './class-calibration.js';
import { expectedRocAuc } from './expected-ranking.js';

/** What is estimated of answers with many classes, as ids of the catalogue of performance. */
export const CLASS_ESTIMATES = ['roc_auc_macro', 'f1_macro', 'precision_macro', 'recall_macro', 'accuracy'] as const;
export type ClassEstimate = (typeof CLASS_ESTIMATES)[number];

/** The shares among them, by the name of what is averaged. */
const SHARES = { f1_macro: 'f1', precision_macro: 'precision', recall_macro: 'recall' } as const;

/** Answers with the probability of each class, which add up to 1 in every row. */
type ProbableClasses = { readonly probabilities: PerClass; readonly scores: PerClass; readonly predictions: readonly string[] };

/** Answers whose true class is known. */
export type LabelledClasses = { readonly truth: readonly string[]; readonly scores: PerClass; readonly predictions: readonly string[] };

/** The confusion matrix to be expected: cell (i, j) is the sum of the probabilities of class i over the answers j. O(classes · n). */
export const expectedMatrix = (probabilities: PerClass, predictions: readonly string[]): ConfusionMatrix => {
  const classes = [...probabilities.keys()].sort();
  const places = new Map(classes.map((name, i) => [name, i]));
  const cells = classes.map((name) => {
    const column = probabilities.get(name);
    const sums = classes.map(() => new CompensatedSum());
    predictions.forEach((answer, i) => sums[places.get(answer) ?? -1]?.add(column?.[i] ?? 0));
    return sums.map(({ value }) => value);
  });
  return { classes, cells };
};

type Possible = Readonly<Record<ClassEstimate, number | undefined>>;

const presentOnly = (found: Possible): ReadonlyMap<ClassEstimate, number> => {
  const present = new Map<ClassEstimate, number>();
  for (const metric of CLASS_ESTIMATES) {
    const value = found[metric];
    if (value !== undefined) present.set(metric, value);
  }
  return present;
};

const rocAucMacro = ({ probabilities, scores }: ProbableClasses): number | undefined => {
  const areas = [...scores].map(([name, column]) => expectedRocAuc(probabilities.get(name) ?? [], column));
  const present = areas.filter((area) => area !== undefined);
  return present.length === areas.length ? compensatedMean(present) : undefined;
};

/**
 * All metrics that are to be expected of answers with many classes; with probabilities 0 and 1, which is to say labels, the realised ones. Means over
 * classes are those of `classAverage` (only classes that have the share take part, where NannyML 0.13 counts 0); the ROC AUC of each class against
 * the rest is ranked by the uncalibrated score, and absent where one class has none. O(classes · n log n). Oracle: oracles/cbpe-multiclass.json.
 */
export const classMetrics = (answers: ProbableClasses): ReadonlyMap<ClassEstimate, number> => {
  const matrix = expectedMatrix(answers.probabilities, answers.predictions);
  const share = (metric: keyof typeof SHARES): number | undefined => classAverage(matrix, SHARES[metric], 'macro')?.value;
  return presentOnly({
    roc_auc_macro: rocAucMacro(answers),
    f1_macro: share('f1_macro'),
    precision_macro: share('precision_macro'),
    recall_macro: share('recall_macro'),
    accuracy: Math.min(matrixShares('classMetrics', matrix).right, 1),
  });
};

/** Labels as probabilities: 1 for the class that was true. */
export const certainOf = (classes: Iterable<string>, truth: readonly string[]): PerClass =>
  new Map([...classes].map((name) => [name, Float64Array.from(truth, (label) => Number(label === name))]));

/**
 * Standard errors of the same metrics times √n, from labelled answers: those of the bands of `classAverage` and `oneAgainstRestAuc`, which know that
 * the classes of one row go together. NannyML 0.13 adds up classes as if they were independent, forgets the scale of F1 that its binary form has,
 * and stretches the error of the ROC AUC by 1.2. 0 where the sample shows no variation. O(classes · n log n).
 * @throws StatisticsError as `oneAgainstRestAuc`: every class has to be among the labels
 */
export const classErrors = ({ truth, scores, predictions }: LabelledClasses): ReadonlyMap<ClassEstimate, number> => {
  const matrix = expectedMatrix(certainOf(scores.keys(), truth), predictions);
  const root = Math.sqrt(truth.length);
  const share = (metric: keyof typeof SHARES): number | undefined => {
    const average = classAverage(matrix, SHARES[metric], 'macro');
    return average && (average.error ?? 0) * root;
  };
  const { right } = matrixShares('classErrors', matrix);
  return presentOnly({
    roc_auc_macro: (oneAgainstRestAuc({ truth, scores }, 'macro').error ?? 0) * root,
    f1_macro: share('f1_macro'),
    precision_macro: share('precision_macro'),
    recall_macro: share('recall_macro'),
    accuracy: Math.sqrt(right * (1 - right)),
  });
};
