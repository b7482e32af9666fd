import { type Disparity, disparityOf, type FairnessOptions, type GroupedDecisions } from './disparity.js';

/**
 * Demographic parity: the share of "yes" per group, whatever was true. Equal shares are difference 0 and ratio 1; 1 and 0 are the farthest apart.
 *
 * `demographic_parity_difference` and `demographic_parity_ratio` of Fairlearn. Bands: Newcombe's for the difference, of the logarithm for the
 * ratio. Smallest sample: two groups of `smallestGroup` rows. O(n).
 * Source: Dwork et al., ITCS 2012. Oracle: oracles/fairness.json.
 * @throws StatisticsError as `disparityOf`
 * @example
 * const decisions = { groups: ['a', 'a', 'b', 'b'], truth: [true, true, true, false], said: [true, true, true, false] };
 * demographicParity(decisions, { smallestGroup: 1 }).difference.value // 0.5: everybody of a, half of b
 */
export const demographicParity = (decisions: GroupedDecisions, options: FairnessOptions = {}): Disparity =>
  disparityOf('demographicParity', decisions, () => true, options);
