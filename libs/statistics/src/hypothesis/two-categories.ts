import { StatisticsError } from '../errors.js';
import { requireHistograms } from '../requirements.js';
import { compensatedSum } from '../summation.js';

/** The second of two categories as successes: how many of how many on each side. */
export type TwoProportions = { readonly successes: readonly [number, number]; readonly sizes: readonly [number, number] };

/**
 * Reads two rows of counts over two categories. One category stands for a column that is constant on both sides: the other never occurred.
 * @throws StatisticsError `<name> requires two categories, got <k>`, and of `requireHistograms`
 */
export const twoProportions = (name: string, reference: readonly number[], current: readonly number[]): TwoProportions => {
  requireHistograms(name, reference, current, 1);
  if (reference.length > 2) throw new StatisticsError(`${name} requires two categories, got ${reference.length}`);
  return { successes: [reference[1] ?? 0, current[1] ?? 0], sizes: [compensatedSum(reference), compensatedSum(current)] };
};
