import { compensatedSum } from '../summation.js';
import { type BandOptions, CORRELATION, type BandedValue, levelOf } from './band.js';
import { cellEstimate, matrixShares } from './cell-influence.js';
import { type ConfusionMatrix } from './multiclass.js';

/**
 * Matthews correlation: how far answers and labels go together beyond their margins. 1 is perfect, 0 tells nothing; with two classes −1 is
 * always wrong and this is Pearson's φ, with more it is Gorodkin's R_K.
 *
 * (right − Σ tₖaₖ) / √((1 − Σ tₖ²)(1 − Σ aₖ²)) over shares of labels t and answers a. Absent where one side names one class only (scikit-learn
 * says 0). Band: delta method. `sklearn.metrics.matthews_corrcoef`. O(classes²). Source: Matthews, BBA 405 (1975); Gorodkin, Computational
 * Biology and Chemistry 28 (2004). Oracle: oracles/performance-bands.json.
 * @throws StatisticsError `matthews requires finite, non-negative counts` | `matthews requires at least one labelled answer`
 * @example matthews({ classes: ['no', 'yes'], cells: [[9, 2], [3, 6]] })?.value // 0.492…
 */
export const matthews = (matrix: ConfusionMatrix, options: BandOptions = {}): BandedValue | undefined => {
  const level = levelOf('matthews', options);
  const shares = matrixShares('matthews', matrix);
  const { truth, answers, right } = shares;
  if (oneOnly(truth) || oneOnly(answers)) return undefined;
  const truthSpread = 1 - compensatedSum(truth, (share) => share * share);
  const answersSpread = 1 - compensatedSum(answers, (share) => share * share);
  const scale = Math.sqrt(truthSpread * answersSpread);
  const value = (right - compensatedSum(truth, (share, k) => share * (answers[k] ?? 0))) / scale;
  const derivative = (i: number, j: number): number => {
    const together = (i === j ? 1 : 0) - (answers[i] ?? 0) - (truth[j] ?? 0);
    return together / scale + value * ((truth[i] ?? 0) / truthSpread + (answers[j] ?? 0) / answersSpread);
  };
  return cellEstimate({ value: Math.min(Math.max(value, -1), 1), derivative }, shares, CORRELATION, level);
};

const oneOnly = (shares: readonly number[]): boolean => shares.filter((share) => share > 0).length === 1;
