import { compensatedSum } from '../summation.js';
import { type BandOptions, CORRELATION, type BandedValue, levelOf } from './band.js';
import { cellEstimate, matrixShares } from './cell-influence.js';
import { type ConfusionMatrix } from './multiclass.js';

/**
 * Cohen's kappa: the share of right answers beyond what labels and answers with these margins would agree on by chance, over what is left to
 * agree on. 1 is perfect, 0 is chance, negative is worse than chance.
 *
 * (right − Σ tₖaₖ) / (1 − Σ tₖaₖ) over shares of labels t and answers a, unweighted. Absent where both sides name one and the same class only.
 * Band: delta method, with the variance of Fleiss, Cohen and Everitt, Psychological Bulletin 72 (1969): `cohens_kappa(table).std_kappa` of
 * statsmodels. `sklearn.metrics.cohen_kappa_score`. O(classes²). Oracle: oracles/performance-bands.json.
 * @throws StatisticsError `cohenKappa requires finite, non-negative counts` | `cohenKappa requires at least one labelled answer`
 * @example cohenKappa({ classes: ['no', 'yes'], cells: [[9, 2], [3, 6]] })?.value // 0.489…
 */
export const cohenKappa = (matrix: ConfusionMatrix, options: BandOptions = {}): BandedValue | undefined => {
  const level = levelOf('cohenKappa', options);
  const shares = matrixShares('cohenKappa', matrix);
  const { truth, answers, right } = shares;
  if (shares.cells.some((row, k) => row[k] === 1)) return undefined;
  const chance = compensatedSum(truth, (share, k) => share * (answers[k] ?? 0));
  const left = 1 - chance;
  const derivative = (i: number, j: number): number =>
    ((i === j ? left : 0) - ((answers[i] ?? 0) + (truth[j] ?? 0)) * (1 - right)) / left ** 2;
  return cellEstimate({ value: (right - chance) / left, derivative }, shares, CORRELATION, level);
};
