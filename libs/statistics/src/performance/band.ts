import { StatisticsError } from '../errors.js';
import { normalQuantile } from '../special/normal-quantile.js';
import { compensatedMean, compensatedSum } from '../summation.js';

/**
 * How a band was made. `wilson`: score interval of a share. `newcombe`: Wilson intervals of two shares, squared and added. `delong`: placements
 * of both classes. `delta`: what each row adds to the metric, to first order. `folded`: a sum of absolute gaps, each of them normal.
 */
export type BandMethod = 'wilson' | 'newcombe' | 'delong' | 'delta' | 'folded';

/** Holds the true value in a share `level` of samples, if rows are independent. */
export type Band = { readonly lower: number; readonly upper: number; readonly level: number; readonly by: BandMethod };

/**
 * A metric with what the sample says about its precision. `error` is the standard error where the band rests on one. Both are absent where
 * the sample shows no variation to learn from (one row, or all rows alike): a band of no width would claim certainty.
 */
export type BandedValue = { readonly value: number; readonly error?: number; readonly band?: Band };

/** `level`: how often the band is to hold the true value, above 0 and below 1; 0.95 unless said otherwise. */
export type BandOptions = { readonly level?: number };

/** Smallest and largest value a metric can have; bands are cut there. */
export type Range = readonly [number, number];
export const SHARE: Range = [0, 1];
export const CORRELATION: Range = [-1, 1];
export const LOSS: Range = [0, Infinity];
export const ANY: Range = [-Infinity, Infinity];

export const levelOf = (name: string, { level = 0.95 }: BandOptions): number => {
  if (!(level > 0 && level < 1)) throw new StatisticsError(`${name} requires a level between 0 and 1`);
  return level;
};

/** Half the width of a normal band of this level, in standard errors: 1.96 for 0.95. */
export const normalReach = (level: number): number => -normalQuantile((1 - level) / 2);

type Spread = { readonly value: number; readonly error: number; readonly by: BandMethod; readonly range: Range; readonly level: number };

/** A value with a symmetric normal band, cut to the range of the metric; without a band where the error is 0 or not known. */
export const normalEstimate = ({ value, error, by, range, level }: Spread): BandedValue => {
  if (!(error > 0)) return { value };
  const reach = normalReach(level) * error;
  return { value, error, band: { lower: Math.max(value - reach, range[0]), upper: Math.min(value + reach, range[1]), level, by } };
};

/**
 * A mean with its band: standard error s/√n with s the sample deviation (n − 1), `scipy.stats.sem`. The normal band is honest from about thirty
 * rows, later where few large losses carry the mean. O(n).
 */
export const meanEstimate = (values: ArrayLike<number>, range: Range, level: number): BandedValue => {
  const value = compensatedMean(values);
  const squares = compensatedSum(values, (each) => (each - value) ** 2);
  return normalEstimate({ value, error: Math.sqrt(squares / (values.length - 1) / values.length), by: 'delta', range, level });
};

/**
 * A metric with its band by the delta method: `influence` of row i is n times the derivative of the metric by the weight of that row, and the
 * variance of the metric is the mean of their squares over n (the infinitesimal jackknife; Efron, The Jackknife, the Bootstrap and Other
 * Resampling Plans, 1982, chapter 6). O(n).
 */
export const influenceEstimate = (value: number, influence: ArrayLike<number>, range: Range, level: number): BandedValue => {
  const n = influence.length;
  return normalEstimate({ value, error: Math.sqrt(compensatedSum(influence, (each) => each ** 2)) / n, by: 'delta', range, level });
};
