import { type Score } from '../score.js';
import { deviance } from '../special/deviance.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { type ContingencyOptions, contingencyOf, sumOfCells } from './contingency.js';

/**
 * G-test (likelihood ratio) of homogeneity: do both rows of counts come from one distribution over the categories?
 *
 * On the contingency table, so the samples may differ in size. Score = 2 Σ observed · ln(observed / expected) over both rows, taken as
 * 2 Σ (o ln(o/e) + e − o), the same sum without cancellation; 0 for equal shares, unbounded, symmetric, near the chi-square score for small
 * differences. p-value from the chi-square distribution with categories − 1 degrees of freedom.
 * `scipy.stats.chi2_contingency([reference, current], lambda_='log-likelihood')` with its default: Yates' correction with two categories.
 * Categories empty on both sides are left out; a single category scores 0 with p = 1. Rare categories make G reject more often than it
 * says, sooner than chi-square (Larntz, JASA 73 (1978), 253): `other` counts them as one, and the catalogue asks for it with
 * `expectedMin: 5`. O(categories), O(categories · log categories) with `other`.
 * Source: Wilks, Annals of Mathematical Statistics 6 (1935), 190. Oracle: oracles/g-test.json (scipy, tolerance 1e-10 relative).
 * @param reference counts per category
 * @param current counts per category, same categories in the same order
 * @throws StatisticsError `gTest requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example gTest([50, 30, 20], [60, 30, 10]).pValue // 0.1160…
 */
export const gTest = (reference: readonly number[], current: readonly number[], options: ContingencyOptions = {}): Score => {
  const { rows, degrees, parameters } = contingencyOf('gTest', { reference, current }, options);
  const corrected = degrees === 1;
  const part = (observed: number, expected: number): number => {
    const excess = observed - expected;
    return deviance(corrected ? observed - Math.sign(excess) * Math.min(0.5, Math.abs(excess)) : observed, expected);
  };
  const score = degrees === 0 ? 0 : 2 * (sumOfCells(rows[0], part) + sumOfCells(rows[1], part));
  const pValue = degrees === 0 ? 1 : chiSquareTail(score, degrees);
  return { score, pValue, parameters: { ...parameters, degrees, correction: corrected ? 'yates' : 'none' } };
};
