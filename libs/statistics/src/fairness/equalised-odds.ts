import { type BandedValue } from '../performance/band.js';
import { type Disparity, disparityOf, type FairnessOptions, type GroupedDecisions } from './disparity.js';

/** Both rates; `difference` and `ratio` are the worse of the two. */
export type EqualisedOdds = {
  readonly truePositiveRate: Disparity;
  readonly falsePositiveRate: Disparity;
  readonly difference: BandedValue;
  readonly ratio?: BandedValue;
};

/**
 * Equalised odds: true and false positive rates per group; difference and ratio are the worse of the two, 0 and 1 are equal odds.
 *
 * `equalized_odds_difference` and `equalized_odds_ratio` of Fairlearn (`agg='worst_case'`). The ratio is absent where a rate has none. Bands are those
 * of the rate it comes from: Newcombe's, and of the logarithm. Smallest sample: two groups of `smallestGroup` positives and as many negatives. O(n).
 * Source: Hardt, Price and Srebro, NeurIPS 2016. Oracle: oracles/fairness.json.
 * @throws StatisticsError as `disparityOf`
 * @example
 * const decisions = { groups: ['a', 'a', 'b', 'b'], truth: [true, false, true, false], said: [true, false, true, true] };
 * equalisedOdds(decisions, { smallestGroup: 1 }).difference.value // 1: true positive rates are equal, false ones 0 and 1
 */
export const equalisedOdds = (decisions: GroupedDecisions, options: FairnessOptions = {}): EqualisedOdds => {
  const truePositiveRate = disparityOf('equalisedOdds', decisions, (truth) => truth, options);
  const falsePositiveRate = disparityOf('equalisedOdds', decisions, (truth) => !truth, options);
  const difference =
    truePositiveRate.difference.value >= falsePositiveRate.difference.value ? truePositiveRate.difference : falsePositiveRate.difference;
  const [a, b] = [truePositiveRate.ratio, falsePositiveRate.ratio];
  const ratio = a && b && (a.value <= b.value ? a : b);
  return { truePositiveRate, falsePositiveRate, difference, ...(ratio && { ratio }) };
};
