import { StatisticsError } from '../errors.js';
import { requireFinite } from '../requirements.js';
import { type Score } from '../score.js';
import { compensatedMean, compensatedSum } from '../summation.js';

const squares = (values: ArrayLike<number>, mean: number): number => compensatedSum(values, (value) => (value - mean) ** 2);

/**
 * Cohen's d: the difference of two means in pooled standard deviations, (mean of current − mean of reference) / s, s with n + m − 2 degrees of
 * freedom. Does not grow with the sample, unlike a p-value.
 *
 * Positive: current is higher; 0: equal means; unbounded; changes its sign when the samples are exchanged; unchanged by a shift or a positive
 * scale of both. A common reading (Cohen, Statistical Power Analysis, 1988, p. 25): 0.2 small, 0.5 medium, 0.8 large. Both samples constant and
 * equal: 0. Smallest sample: three values in all. O(n + m). Oracle: oracles/effect-sizes.json (scipy `ttest_ind`, t·√(1/n + 1/m); 1e-12).
 * @throws StatisticsError `cohensD requires finite values` | `… at least one value in each sample` | `… three values or more` | `… that vary`
 * @example cohensD([1, 2, 3], [2, 3, 4]).score // 1
 */
export const cohensD = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  requireFinite('cohensD', reference);
  requireFinite('cohensD', current);
  const degrees = reference.length + current.length - 2;
  if (degrees < 1) throw new StatisticsError('cohensD requires three values or more');
  const [from, to] = [compensatedMean(reference), compensatedMean(current)];
  const deviation = Math.sqrt((squares(reference, from) + squares(current, to)) / degrees);
  if (deviation === 0 && from !== to) throw new StatisticsError('cohensD requires samples that vary');
  return { score: from === to ? 0 : (to - from) / deviation, parameters: { deviation, degrees } };
};
