import { type Score } from '../score.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { type ContingencyOptions, contingencyOf, sumOfCells } from './contingency.js';

/**
 * Chi-square test of homogeneity: do both rows of counts come from one distribution over the categories?
 *
 * The contingency form, in which both samples vary; testing the current counts against the reference as if it were exact raises false
 * alarms. Score = Σ (observed − expected)² / expected over both rows, 0 for equal shares, unbounded, symmetric. p-value from the
 * chi-square distribution with categories − 1 degrees of freedom. `scipy.stats.chi2_contingency([reference, current])` with its default:
 * with exactly two categories (one degree of freedom) Yates' correction moves each count half a step towards its expectation.
 * Categories empty on both sides are left out; a single category scores 0 with p = 1. Counts below about five expected make the
 * p-value rough: `other` counts rare categories as one. O(categories), O(categories · log categories) with `other`.
 * Source: Pearson, Philosophical Magazine 50 (1900), 157. Oracle: oracles/chi-square.json (scipy, tolerance 1e-10 relative).
 * @param reference counts per category
 * @param current counts per category, same categories in the same order
 * @throws StatisticsError `chiSquare requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example chiSquare([50, 50], [60, 40]).pValue // 0.2005… (corrected)
 */
export const chiSquare = (reference: readonly number[], current: readonly number[], options: ContingencyOptions = {}): Score => {
  const { rows, degrees, parameters } = contingencyOf('chiSquare', { reference, current }, options);
  const corrected = degrees === 1;
  const part = (observed: number, expected: number): number => {
    const difference = Math.abs(observed - expected);
    return (difference - (corrected ? Math.min(0.5, difference) : 0)) ** 2 / expected;
  };
  const score = degrees === 0 ? 0 : sumOfCells(rows[0], part) + sumOfCells(rows[1], part);
  const pValue = degrees === 0 ? 1 : chiSquareTail(score, degrees);
  return { score, pValue, parameters: { ...parameters, degrees, correction: corrected ? 'yates' : 'none' } };
};
