import { type Score } from '../score.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { chiSquareMoments } from './chi-square-moments.js';
import { type Contingency, type ContingencyOptions, contingencyOf, sumOfCells } from './contingency.js';
import { ROWS_MIN, type SplitMoments, tailOfMoments } from './split-moments.js';

/** Cochran's rule: from this many expected in every cell on the chi-square distribution holds as it is. */
const EXPECTED_MIN = 5;

/** Undefined where they are not needed (two categories, enough expected everywhere) and where counts are no counts of rows. */
const momentsOf = (table: Contingency): SplitMoments | undefined => {
  const [reference, current] = table.rows;
  if (table.degrees < 2 || table.size < ROWS_MIN) return undefined;
  if ([...reference.expected, ...current.expected].every((expected) => expected >= EXPECTED_MIN)) return undefined;
  return [...reference.observed, ...current.observed].every((count) => Number.isSafeInteger(count)) ? chiSquareMoments(table) : undefined;
};

/**
 * Chi-square test of homogeneity: do both rows of counts come from one distribution over the categories?
 *
 * The contingency form, in which both samples vary; testing the current counts against the reference as if it were exact raises false
 * alarms. Score = Σ (observed − expected)² / expected over both rows, 0 for equal shares, unbounded, symmetric:
 * `scipy.stats.chi2_contingency([reference, current])` with its default: with exactly two categories (one degree of freedom) Yates'
 * correction moves each count half a step towards its expectation. Categories empty on both sides are left out; a single category scores 0
 * with p = 1; `other` counts rare categories as one.
 *
 * p-value from the chi-square distribution with categories − 1 degrees of freedom, as scipy, where at least five are expected in every cell.
 * Where fewer are, the score is more spread than that distribution says if the samples differ in size, less if they do not: 1,000 rows
 * beside 50 over 25 categories of which 20 are rare raise 17 false alarms of 100 at the level 0.05, 50 beside 50 over twenty categories two.
 * There the p-value is from the gamma distribution, shifted and scaled, that has the exact mean, variance and skewness of the score over all tables
 * with these margins, the parameters `mean`, `variance` and `skewness`; more than two categories, whole counts and at least six rows only (fewer are never
 * significant). Rare words, Zipf's, sizes equal and far apart: measured 4.5 to 5.7 alarms of 100 at the level 0.05, 0.8 to 1.3 at 0.01.
 * O(categories), O(categories · log categories) with `other`.
 * Source: Pearson, Philosophical Magazine 50 (1900), 157; Kazi-Aoual et al., Comp. Stat. & Data Analysis 20 (1995), 643 for the moments.
 * Oracle: oracles/chi-square.json (scipy, tolerance 1e-10 relative; the moments by enumeration in the spec).
 * @param reference counts per category
 * @param current counts per category, same categories in the same order
 * @throws StatisticsError `chiSquare requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example chiSquare([50, 50], [60, 40]).pValue // 0.2005… (corrected)
 */
export const chiSquare = (reference: readonly number[], current: readonly number[], options: ContingencyOptions = {}): Score => {
  const table = contingencyOf('chiSquare', { reference, current }, options);
  const { rows, degrees } = table;
  const yates = degrees === 1;
  const part = (observed: number, expected: number): number => {
    const difference = Math.abs(observed - expected);
    return (difference - (yates ? Math.min(0.5, difference) : 0)) ** 2 / expected;
  };
  const score = degrees === 0 ? 0 : sumOfCells(rows[0], part) + sumOfCells(rows[1], part);
  const parameters = { ...table.parameters, degrees };
  const moments = momentsOf(table);
  if (moments) return { score, pValue: tailOfMoments(score, moments), parameters: { ...parameters, correction: 'moments', ...moments } };
  const pValue = degrees === 0 ? 1 : chiSquareTail(score, degrees);
  return { score, pValue, parameters: { ...parameters, correction: yates ? 'yates' : 'none' } };
};
