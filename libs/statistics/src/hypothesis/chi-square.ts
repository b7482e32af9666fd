import { requireHistograms } from '../requirements.js';
import { type Score } from '../score.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { compensatedSum } from '../summation.js';

/**
 * Chi-square test of homogeneity: do both rows of counts come from one distribution over the categories?
 *
 * The contingency form, in which both samples vary; testing the current counts against the reference as if it were exact raises false
 * alarms. Score = Σ (observed − expected)² / expected over both rows, 0 for equal shares, unbounded, symmetric. p-value from the
 * chi-square distribution with categories − 1 degrees of freedom. `scipy.stats.chi2_contingency([reference, current])` with its default:
 * with exactly two categories (one degree of freedom) Yates' correction moves each count half a step towards its expectation.
 * Categories empty on both sides are left out; a single category scores 0 with p = 1. Counts below about five expected make the
 * p-value rough. O(categories). Oracle: oracles/chi-square.json (scipy, tolerance 1e-10 relative).
 * @param reference counts per category
 * @param current counts per category, same categories in the same order
 * @throws StatisticsError `chiSquare requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example chiSquare([50, 50], [60, 40]).pValue // 0.2005… (corrected)
 */
export const chiSquare = (reference: readonly number[], current: readonly number[]): Score => {
  requireHistograms('chiSquare', reference, current, 1);
  const [n, m] = [compensatedSum(reference), compensatedSum(current)];
  const totals = reference.map((count, i) => count + (current[i] ?? 0));
  const degrees = totals.filter((total) => total > 0).length - 1;
  const corrected = degrees === 1;
  const part = (row: readonly number[], size: number): number =>
    compensatedSum(row, (observed, i) => {
      const expected = ((totals[i] ?? 0) * size) / (n + m);
      if (expected === 0) return 0;
      const difference = Math.abs(observed - expected);
      return (difference - (corrected ? Math.min(0.5, difference) : 0)) ** 2 / expected;
    });
  const score = degrees === 0 ? 0 : part(reference, n) + part(current, m);
  const pValue = degrees === 0 ? 1 : chiSquareTail(score, degrees);
  return { score, pValue, parameters: { categories: degrees + 1, degrees, correction: corrected ? 'yates' : 'none' } };
};
