import { StatisticsError } from '../errors.js';
import { type Band, type BandOptions, levelOf, normalReach } from './band.js';

/**
 * Wilson's score interval of a share: all shares from which the one observed lies less than z standard errors away, the errors being those of
 * the share supposed. Stays inside 0 and 1 and has width also at 0 and at 1, where "share ± z · error" has none.
 *
 * `statsmodels.stats.proportion.proportion_confint(successes, trials, 1 − level, 'wilson')`, no continuity correction. Smallest sample: one
 * trial. O(1). Source: Wilson, JASA 22 (1927); Brown, Cai and DasGupta, Statistical Science 16 (2001). Oracle: oracles/performance-bands.json.
 * @throws StatisticsError `wilson requires between 0 and all of at least one trial` | `wilson requires a level between 0 and 1`
 * @example wilson(8, 10) // { lower: 0.490…, upper: 0.943…, level: 0.95, by: 'wilson' }
 */
export const wilson = (successes: number, trials: number, options: BandOptions = {}): Band => {
  if (!(successes >= 0 && successes <= trials && trials > 0 && trials < Infinity))
    throw new StatisticsError('wilson requires between 0 and all of at least one trial');
  const level = levelOf('wilson', options);
  const z = normalReach(level);
  const failures = trials - successes;
  const middle = successes + (z * z) / 2;
  const reach = z * Math.sqrt((successes * failures) / trials + (z * z) / 4);
  const all = trials + z * z;
  // At the ends both terms are z²/2 and rounding alone would keep them apart.
  return {
    lower: successes === 0 ? 0 : (middle - reach) / all,
    upper: failures === 0 ? 1 : (middle + reach) / all,
    level,
    by: 'wilson',
  };
};
