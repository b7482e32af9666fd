import { StatisticsError } from '../errors.js';
import { requireSorted } from '../requirements.js';

/** Refuses samples that are unsorted, not finite, or smaller than `least`: `<name> requires at least <least> values in each sample`. */
export const requireSamples = (name: string, reference: ArrayLike<number>, current: ArrayLike<number>, least: number): void => {
  requireSorted(name, reference);
  requireSorted(name, current);
  if (Math.min(reference.length, current.length) < least)
    throw new StatisticsError(`${name} requires at least ${String(least)} values in each sample`);
};
