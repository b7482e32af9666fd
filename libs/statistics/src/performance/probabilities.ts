import { StatisticsError } from '../errors.js';
import { requirePairs } from '../requirements.js';

/** Refuses anything but one probability per label. */
export const requireProbabilities = (name: string, truth: readonly boolean[], probabilities: ArrayLike<number>): void => {
  requirePairs(name, truth, probabilities);
  for (let i = 0; i < probabilities.length; i += 1) {
    const p = probabilities[i] ?? NaN;
    if (!(p >= 0 && p <= 1)) throw new StatisticsError(`${name} requires probabilities between 0 and 1`);
  }
};
