import { compensatedSum } from '../summation.js';
import { type BandOptions, type BandedValue, levelOf, SHARE } from './band.js';
import { cellEstimate, matrixShares, type MatrixShares } from './cell-influence.js';
import { type ConfusionMatrix } from './multiclass.js';
import { wilson } from './wilson.js';

/** A share that each class has for itself. */
export type ClassShare = 'precision' | 'recall' | 'f1';

/** How classes are put together: each counts alike, each by its labels, or all answers in one pot. */
export type Average = 'macro' | 'weighted' | 'micro';

/** Share `part / whole` of one class; `slope` is its derivative by the share of a cell. */
type OfClass = { readonly k: number; readonly share: number; readonly slope: (i: number, j: number) => number };

const ofClass = (metric: ClassShare, { cells, truth, answers }: MatrixShares, k: number): OfClass | undefined => {
  const labelled = metric === 'precision' ? 0 : 1;
  const answered = metric === 'recall' ? 0 : 1;
  const whole = labelled * (truth[k] ?? 0) + answered * (answers[k] ?? 0);
  if (whole === 0) return undefined;
  const weight = labelled + answered;
  const share = (weight * (cells[k]?.[k] ?? 0)) / whole;
  const slope = (i: number, j: number): number =>
    ((i === k && j === k ? weight : 0) - share * ((i === k ? labelled : 0) + (j === k ? answered : 0))) / whole;
  return { k, share, slope };
};

/**
 * Precision, recall or F1 over all classes, with its band: `macro` is the plain mean over classes, `weighted` the mean by number of labels,
 * `micro` counts all answers together, which with one answer per row is the accuracy. 0 is always wrong, 1 always right.
 *
 * Only classes that have the share take part (a precision needs an answer of that class); scikit-learn counts the missing ones as 0. Absent
 * where no class with weight has one. Band: delta method; for `micro` Wilson's. `sklearn.metrics.f1_score(average=…)` and its siblings.
 * O(classes²). Oracle: oracles/performance-bands.json.
 * @throws StatisticsError `classAverage requires finite, non-negative counts` | `classAverage requires at least one labelled answer`
 * @example classAverage(confusionMatrix(['a', 'a', 'b'], ['a', 'b', 'b']), 'recall', 'macro')?.value // 0.75
 */
export const classAverage = (
  matrix: ConfusionMatrix,
  metric: ClassShare,
  average: Average,
  options: BandOptions = {},
): BandedValue | undefined => {
  const level = levelOf('classAverage', options);
  const shares = matrixShares('classAverage', matrix);
  if (average === 'micro') return { value: shares.right, band: wilson(rightAnswers(matrix), shares.all, options) };
  const parts = matrix.classes.map((_, k) => ofClass(metric, shares, k));
  const weightOf = (k: number): number => (average === 'macro' ? 1 : (shares.truth[k] ?? 0));
  const weights = compensatedSum(parts.map((part) => (part ? weightOf(part.k) : 0)));
  if (weights === 0) return undefined;
  const value = compensatedSum(parts.map((part) => (part ? weightOf(part.k) * part.share : 0))) / weights;
  const slopeOf = (part: OfClass | undefined, i: number, j: number): number => (part ? weightOf(part.k) * part.slope(i, j) : 0);
  const derivative = (i: number, j: number): number => {
    const [labelled, answered] = [parts[i], i === j ? undefined : parts[j]];
    // A label more of class i also adds to the weight of that class.
    const weightier = average === 'weighted' && labelled ? labelled.share - value : 0;
    return (slopeOf(labelled, i, j) + slopeOf(answered, i, j) + weightier) / weights;
  };
  return cellEstimate({ value, derivative }, shares, SHARE, level);
};

const rightAnswers = ({ cells }: ConfusionMatrix): number => compensatedSum(cells.map((row, i) => row[i] ?? 0));
