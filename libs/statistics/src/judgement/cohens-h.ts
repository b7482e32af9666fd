import { StatisticsError } from '../errors.js';
import { requireHistograms } from '../requirements.js';
import { type Score } from '../score.js';

/**
 * Cohen's h between two shares: 2·asin √p(current) − 2·asin √p(reference), where p is the share of the first category. Equal steps of h are equally
 * hard to see, near 0 and 1 as in the middle.
 *
 * Positive: the share rose; 0: equal shares; between −π and π; changes its sign when the samples, or the categories, are exchanged.
 * A common reading (Cohen, Statistical Power Analysis, 1988, p. 184): 0.2 small, 0.5 medium, 0.8 large. O(1).
 * Oracle: oracles/effect-sizes.json (statsmodels `proportion_effectsize`; 1e-13).
 * @throws StatisticsError `cohensH requires two categories` | `cohensH requires finite, non-negative counts` | `… one counted value on each side`
 * @example cohensH([50, 50], [60, 40]).score // 0.2013…
 */
export const cohensH = (reference: readonly number[], current: readonly number[]): Score => {
  if (reference.length !== 2 || current.length !== 2) throw new StatisticsError('cohensH requires two categories');
  requireHistograms('cohensH', reference, current);
  const [from, to] = [shareOf(reference), shareOf(current)];
  return { score: 2 * (Math.asin(Math.sqrt(to)) - Math.asin(Math.sqrt(from))), parameters: { from, to } };
};

const shareOf = ([first = 0, second = 0]: readonly number[]): number => first / (first + second);
