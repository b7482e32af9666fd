import { type Score } from '../score.js';
import { chiSquare } from './chi-square.js';
import { type ContingencyOptions, contingencyOf, sumOfCells } from './contingency.js';

/**
 * Cramér's V with Bergsma's bias correction: how strongly the category depends on which sample a value is from. An effect size.
 *
 * φ² = χ²/N without Yates' correction, less its expectation (k − 1)/(N − 1) without drift and never below 0; divided by the smaller of the
 * corrected numbers of rows and categories less one, x − (x − 1)²/(N − 1) − 1; the root of it. 0 means no more than chance (also for
 * samples so small that nothing is left after the correction), 1 nothing in common; symmetric; does not grow with the sample.
 * ClickHouse `cramersVBiasCorrected`. The p-value is that of `chiSquare` on the same counts: Yates' correction with two categories, its exact
 * moments where few are expected.
 * Categories empty on both sides are left out; a single category scores 0 with p = 1; `other` counts rare categories as one.
 * O(categories), O(categories · log categories) with `other`. Source: Bergsma, Journal of the Korean Statistical Society 42 (2013), 323.
 * Oracle: oracles/cramers-v.json (the formula by numpy on scipy's χ²; tolerance 1e-10).
 * @param reference counts per category
 * @param current counts per category, same categories in the same order
 * @throws StatisticsError `cramersV requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example cramersV([90, 10], [10, 90]).score // 0.7988…
 */
export const cramersV = (reference: readonly number[], current: readonly number[], options: ContingencyOptions = {}): Score => {
  const { rows, degrees, size, parameters } = contingencyOf('cramersV', { reference, current }, options);
  const part = (observed: number, expected: number): number => (observed - expected) ** 2 / expected;
  const chance = degrees / (size - 1);
  const excess = (sumOfCells(rows[0], part) + sumOfCells(rows[1], part)) / size - chance;
  const largest = Math.min(degrees * (1 - chance), 1 - 1 / (size - 1));
  const score = degrees === 0 || excess <= 0 || largest <= 0 ? 0 : Math.min(Math.sqrt(excess / largest), 1);
  const { pValue = 1 } = chiSquare(reference, current, options);
  return { score, pValue, parameters: { ...parameters, degrees, bias: 'corrected' } };
};
