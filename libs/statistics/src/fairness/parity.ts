import { StatisticsError } from '../errors.js';
import { type BandedValue, levelOf } from '../performance/band.js';
import { type Disparity, disparityOf, type FairnessOptions, type GroupedDecisions, ratesOf, ratioOfRates } from './disparity.js';

/**
 * Demographic parity: the share of "yes" per group, whatever was true. Equal shares are difference 0 and ratio 1. `demographic_parity_difference`
 * and `demographic_parity_ratio` of Fairlearn. Bands: Newcombe's for the difference, of the logarithm for the ratio. O(n).
 * Source: Dwork et al., ITCS 2012. Oracle: oracles/fairness.json.
 * @throws StatisticsError as `disparityOf`
 */
export const demographicParity = (decisions: GroupedDecisions, options: FairnessOptions = {}): Disparity =>
  disparityOf('demographicParity', decisions, () => true, options);

/**
 * Equal opportunity: the true positive rate per group, so group sizes are counts of positives. `equal_opportunity_difference` and `…_ratio` of
 * Fairlearn. O(n). Source: Hardt, Price and Srebro, NeurIPS 2016. Oracle: oracles/fairness.json.
 * @throws StatisticsError as `disparityOf`
 */
export const equalOpportunity = (decisions: GroupedDecisions, options: FairnessOptions = {}): Disparity =>
  disparityOf('equalOpportunity', decisions, (truth) => truth, options);

/** Both rates; `difference` and `ratio` are the worse of the two. */
export type EqualisedOdds = {
  readonly truePositiveRate: Disparity;
  readonly falsePositiveRate: Disparity;
  readonly difference: BandedValue;
  readonly ratio?: BandedValue;
};

/**
 * Equalised odds: true and false positive rates per group. `equalized_odds_difference` and `equalized_odds_ratio` of Fairlearn (`agg='worst_case'`).
 * The ratio is absent where a rate has none. O(n). Source: Hardt, Price and Srebro, NeurIPS 2016. Oracle: oracles/fairness.json.
 * @throws StatisticsError as `disparityOf`
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

/**
 * Disparate impact: the share of "yes" of each group over that of a group named as reference, with the band of its logarithm. 1 is equal; below
 * four fifths (0.8) is what the Uniform Guidelines on Employee Selection Procedures (29 CFR 1607.4 D) take as evidence of adverse impact. A
 * group's ratio is absent where nobody of the reference was told "yes". O(n). Oracle: oracles/fairness.json.
 * @throws StatisticsError `disparateImpact requires a reference group of at least … rows` | as `disparityOf`
 */
export const disparateImpact = (
  decisions: GroupedDecisions,
  reference: string,
  options: FairnessOptions = {},
): { readonly group: string; readonly ratio?: BandedValue }[] => {
  const level = levelOf('disparateImpact', options);
  const { rates } = ratesOf('disparateImpact', decisions, () => true, options);
  const against = rates.find(({ group }) => group === reference);
  if (!against)
    throw new StatisticsError(`disparateImpact requires a reference group of at least ${String(options.smallestGroup ?? 30)} rows`);
  return rates.flatMap((each) => {
    if (each === against) return [];
    const ratio = ratioOfRates(each, against, level);
    return [{ group: each.group, ...(ratio && { ratio }) }];
  });
};
