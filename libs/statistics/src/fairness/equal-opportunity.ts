import { type Disparity, disparityOf, type FairnessOptions, type GroupedDecisions } from './disparity.js';

/**
 * Equal opportunity: the true positive rate per group, so group sizes are counts of positives. Equal rates are difference 0 and ratio 1.
 *
 * `equal_opportunity_difference` and `…_ratio` of Fairlearn. Bands: Newcombe's for the difference, of the logarithm for the ratio. Smallest sample:
 * two groups of `smallestGroup` positives. O(n). Source: Hardt, Price and Srebro, NeurIPS 2016. Oracle: oracles/fairness.json.
 * @throws StatisticsError as `disparityOf`
 * @example
 * const decisions = { groups: ['a', 'a', 'b', 'b'], truth: [true, false, true, true], said: [true, false, true, false] };
 * equalOpportunity(decisions, { smallestGroup: 1 }).difference.value // 0.5: the one positive of a, one of two of b
 */
export const equalOpportunity = (decisions: GroupedDecisions, options: FairnessOptions = {}): Disparity =>
  disparityOf('equalOpportunity', decisions, (truth) => truth, options);
