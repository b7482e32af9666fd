import { StatisticsError } from '../errors.js';
import { compensatedSum } from '../summation.js';
import { ANY, type BandOptions, type BandedValue, levelOf } from './band.js';
import { cellEstimate, matrixShares } from './cell-influence.js';
import { type ConfusionMatrix } from './multiclass.js';

/** What an answer is worth, by label and then by answer, in any currency; costs are negative. */
export type DecisionValues = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * Business value per decision: what the answers were worth, over how many there were. In the currency of `values`; times the number of
 * answers it is the total.
 *
 * Every answer counts once: values are averaged over all rows, not within what was answered (NannyML 0.13 divides each cell by the sum of its
 * column, so a rare answer weighs as much as a common one). Band: delta method, over the multinomial of the cells. O(classes²).
 * Oracle: oracles/performance-bands.json (numpy, mean over rows).
 * @throws StatisticsError `businessValue requires a finite value for every label and answer that meet` | as `matrixShares`
 * @example businessValue(confusionMatrix(['y', 'n'], ['y', 'y']), { y: { y: 10, n: 0 }, n: { y: -4, n: 0 } }).value // 3
 */
export const businessValue = (matrix: ConfusionMatrix, values: DecisionValues, options: BandOptions = {}): BandedValue => {
  const level = levelOf('businessValue', options);
  const shares = matrixShares('businessValue', matrix);
  const worth = shares.cells.map((row, i) =>
    row.map((share, j) => (share === 0 ? 0 : (values[matrix.classes[i] ?? '']?.[matrix.classes[j] ?? ''] ?? NaN))),
  );
  if (!worth.flat().every(Number.isFinite))
    throw new StatisticsError('businessValue requires a finite value for every label and answer that meet');
  const value = compensatedSum(shares.cells.map((row, i) => compensatedSum(row.map((share, j) => share * (worth[i]?.[j] ?? 0)))));
  return cellEstimate({ value, derivative: (i, j) => worth[i]?.[j] ?? 0 }, shares, ANY, level);
};
