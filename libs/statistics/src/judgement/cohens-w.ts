import { requireHistograms } from '../requirements.js';
import { type Score } from '../score.js';
import { compensatedSum } from '../summation.js';

/**
 * Cohen's w between two rows of counts: √(χ² / (n + m)) with χ² of the contingency table, without Yates' correction. Unlike χ² it does not
 * grow with the sample.
 *
 * 0: equal shares; at most 1 for two samples; symmetric. It is largest for samples of equal size. A common reading (Cohen, Statistical Power
 * Analysis, 1988, p. 227): 0.1 small, 0.3 medium, 0.5 large. Categories empty on both sides are left out. O(categories).
 * Oracle: oracles/effect-sizes.json (scipy `chi2_contingency(correction=False)`; 1e-12).
 * @throws StatisticsError `cohensW requires equally many bins` | `… at least one bin` | `… finite, non-negative counts`
 * @example cohensW([50, 50], [60, 40]).score // 0.1005…
 */
export const cohensW = (reference: readonly number[], current: readonly number[]): Score => {
  requireHistograms('cohensW', reference, current, 1);
  const [n, m] = [compensatedSum(reference), compensatedSum(current)];
  // χ² of two rows is nm Σ (r/n − c/m)² / (r + c).
  const apart = compensatedSum(reference, (r, i) => {
    const c = current[i] ?? 0;
    return r + c === 0 ? 0 : (r / n - c / m) ** 2 / (r + c);
  });
  return {
    score: Math.sqrt((n * m * apart) / (n + m)),
    parameters: { categories: reference.filter((r, i) => r + (current[i] ?? 0) > 0).length },
  };
};
