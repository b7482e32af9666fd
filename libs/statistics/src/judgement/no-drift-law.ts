import { StatisticsError } from '../errors.js';
import { type Random } from '../random.js';

/**
 * What a score does when nothing drifted, at the sizes at hand. Larger scores mean more drift.
 * `law` says where it comes from: a closed form, the limit of large samples, or the same rows dealt out anew.
 */
export type NoDriftLaw = {
  readonly law: 'chi_square' | 'kolmogorov' | 'brownian_bridge' | 'permutation';
  /** Probability of a score at least this large; from resampling (b + 1) / (rounds + 1), so never 0. */
  readonly tail: (score: number) => number;
  /** The largest score that is not significant at this level: one above it has a tail of at most the level. @throws StatisticsError */
  readonly critical: (level: number) => number;
};

/** How a law is drawn where it has no closed form. 999 rounds resolve a level of 0.001; the standard error at 0.05 is 0.007. */
export type Resampling = { readonly random: Random; readonly rounds?: number };

const DEFAULT_ROUNDS = 999;

/** @throws StatisticsError `noDriftLaw requires a level between 0 and 1` */
export const requireLevel = (level: number): void => {
  if (!(level > 0 && level < 1)) throw new StatisticsError('noDriftLaw requires a level between 0 and 1');
};

/** Scores closer than this, relatively, are the same score computed in another order. */
const SAME = 1e-12;

/**
 * The law of scores drawn under no drift. Ties with a drawn score count as reached, which errs on the quiet side.
 * @throws StatisticsError from `critical`: `noDriftLaw requires a level between 0 and 1` | `… at least 1 / level − 1 rounds`
 */
export const drawnLaw = (
  law: 'brownian_bridge' | 'permutation',
  draw: () => number,
  { rounds = DEFAULT_ROUNDS }: Pick<Resampling, 'rounds'>,
): NoDriftLaw => {
  if (!Number.isInteger(rounds) || rounds < 1) throw new StatisticsError('noDriftLaw requires at least one round');
  const drawn = Float64Array.from({ length: rounds }, draw).sort();
  const tail = (score: number): number => {
    const from = score * (score > 0 ? 1 - SAME : 1 + SAME);
    let [low, high] = [0, rounds];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((drawn[middle] ?? NaN) < from) low = middle + 1;
      else high = middle;
    }
    return (rounds - low + 1) / (rounds + 1);
  };
  const critical = (level: number): number => {
    requireLevel(level);
    // Rounding must not cost a round: 0.07 · 1000 is above 70.
    const reached = Math.floor(level * (rounds + 1) * (1 + SAME));
    if (reached < 1) throw new StatisticsError('noDriftLaw requires at least 1 / level − 1 rounds');
    return drawn[rounds - reached] ?? NaN;
  };
  return { law, tail, critical };
};
