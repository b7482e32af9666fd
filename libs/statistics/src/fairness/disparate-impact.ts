import { StatisticsError } from '../errors.js';
import { type BandedValue, levelOf } from '../performance/band.js';
import { type FairnessOptions, type GroupedDecisions, ratesOf, ratioOfRates } from './disparity.js';

/**
 * Disparate impact: the share of "yes" of each group over that of a group named as reference, with the band of its logarithm. 1 is equal; below
 * four fifths (0.8) is what the Uniform Guidelines on Employee Selection Procedures (29 CFR 1607.4 D) take as evidence of adverse impact. A
 * group's ratio is absent where nobody of the reference was told "yes". O(n). Oracle: oracles/fairness.json.
 * @throws StatisticsError `disparateImpact requires a reference group of at least … rows` | as `ratesOf`
 * @example
 * const decisions = { groups: ['a', 'a', 'b', 'b'], truth: [true, true, true, false], said: [true, true, true, false] };
 * disparateImpact(decisions, 'a', { smallestGroup: 1 }) // [{ group: 'b', ratio: { value: 0.5, … } }]
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
