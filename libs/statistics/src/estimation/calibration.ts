import { StatisticsError } from '../errors.js';
import { requireProbabilities } from '../performance/probabilities.js';
import { rocAuc } from '../performance/roc-auc.js';
import { compensatedSum, CompensatedSum } from '../summation.js';
import { type Isotonic, isotonicAt, isotonicRegression } from './isotonic.js';

/** Whether scores are replaced by what they turned out to mean, and the calibration errors that decided it (absent when nothing was tried). */
export type Calibration = { readonly curve?: Isotonic; readonly errorBefore?: number; readonly errorAfter?: number };

const FOLDS = 10;
const BINS = 10;
/** Scores that separate the classes as well as this have nothing left to calibrate, and a curve through them would be a step. */
const SEPARATED = 0.999;

/** Probability minus observed share of every answer in ascending order; answers of one probability share one gap, so that cutting through ties is fair. */
const gapsInOrder = (order: readonly number[], truth: readonly boolean[], probabilities: ArrayLike<number>): Float64Array => {
  const gaps = new Float64Array(order.length);
  for (let start = 0; start < order.length;) {
    const p = probabilities[order[start] ?? 0] ?? 0;
    let [end, positives] = [start, 0];
    for (; end < order.length && probabilities[order[end] ?? 0] === p; end += 1) if (truth[order[end] ?? 0] === true) positives += 1;
    gaps.fill(p - positives / (end - start), start, end);
    start = end;
  }
  return gaps;
};

/**
 * Expected calibration error over ten bins of equally many answers (the last takes the rest): Σ count/n · |mean probability − observed share|.
 * Equal counts, unlike `expectedCalibrationError`, keep every bin filled where scores crowd at one end. Tied answers share
 * their observed mean, so the order of the rows does not matter. Fewer than 21 answers make n / 2 bins.
 * @throws StatisticsError `equalCountCalibrationError requires at least four labelled answers`
 */
export const equalCountCalibrationError = (truth: readonly boolean[], probabilities: ArrayLike<number>): number => {
  const n = truth.length;
  if (n < 4) throw new StatisticsError('equalCountCalibrationError requires at least four labelled answers');
  requireProbabilities('equalCountCalibrationError', truth, probabilities);
  const bins = n <= 2 * BINS ? Math.floor(n / 2) : BINS;
  const order = truth.map((_, i) => i).sort((a, b) => (probabilities[a] ?? 0) - (probabilities[b] ?? 0));
  const gaps = gapsInOrder(order, truth, probabilities);
  const total = new CompensatedSum();
  for (let bin = 0; bin < bins; bin += 1) {
    const inside = gaps.subarray(bin * Math.floor(n / bins), bin === bins - 1 ? n : (bin + 1) * Math.floor(n / bins));
    total.add(Math.abs(compensatedSum(inside)));
  }
  return total.value / n;
};

/** The fold of every row: within each class rows are dealt out in turn, so that every fold has its share of both. */
const foldsOf = (truth: readonly boolean[]): number[] => {
  const dealt = { true: 0, false: 0 };
  return truth.map((positive) => {
    const side = positive ? 'true' : 'false';
    dealt[side] += 1;
    return (dealt[side] - 1) % FOLDS;
  });
};

/** Every score as a curve fitted without it would calibrate it. */
const crossCalibrated = (truth: readonly boolean[], scores: ArrayLike<number>): Float64Array => {
  const folds = foldsOf(truth);
  const calibrated = new Float64Array(truth.length);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const train = truth.map((_, i) => i).filter((i) => folds[i] !== fold);
    const curve = isotonicRegression(
      train.map((i) => scores[i] ?? 0),
      train.map((i) => Number(truth[i])),
    );
    folds.forEach((other, i) => {
      if (other === fold) calibrated[i] = isotonicAt(curve, scores[i] ?? 0);
    });
  }
  return calibrated;
};

/**
 * Decides whether scores need calibration and fits the curve on all of them if so.
 *
 * Ten folds, dealt out in turn within each class in file order (no randomness: the same file always gives the same answer), isotonic regression on
 * nine, calibration error over ten bins of equal count on the answers of all tenths together. A curve is kept only when the error falls. Nothing is
 * tried when one class is missing, when the scores separate the classes (ROC AUC > 0.999), or below twenty rows. NannyML 0.13 draws ten random
 * tenths instead, so near the tie it may decide otherwise. O(n log n).
 * @throws StatisticsError `calibrationFor requires as many answers as labels` | `calibrationFor requires probabilities between 0 and 1`
 */
export const calibrationFor = (truth: readonly boolean[], scores: ArrayLike<number>): Calibration => {
  requireProbabilities('calibrationFor', truth, scores);
  const positives = truth.filter(Boolean).length;
  if (truth.length < 2 * FOLDS || positives < 2 || truth.length - positives < 2 || rocAuc(truth, scores) > SEPARATED) return {};
  const errorBefore = equalCountCalibrationError(truth, scores);
  const errorAfter = equalCountCalibrationError(truth, crossCalibrated(truth, scores));
  if (errorAfter >= errorBefore) return { errorBefore, errorAfter };
  return { curve: isotonicRegression(scores, truth.map(Number)), errorBefore, errorAfter };
};

/** The scores as probabilities: through the curve where there is one, else as they are. */
export const calibrate = ({ curve }: Calibration, scores: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: scores.length }, (_, i) => (curve ? isotonicAt(curve, scores[i] ?? 0) : (scores[i] ?? 0)));
