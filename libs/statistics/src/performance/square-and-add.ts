import { type BandedValue } from './band.js';

/**
 * The difference of two independent shares with Newcombe's band: the distances of both Wilson bands from their shares, squared and added. Has
 * width also where both shares are 0 or 1. `statsmodels.stats.proportion.confint_proportions_2indep(method='newcomb', compare='diff')`.
 * Absent where a share has no band. O(1). Source: Newcombe, Statistics in Medicine 17 (1998), method 10. Oracle: oracles/fairness.json.
 */
export const differenceOfShares = (a: BandedValue, b: BandedValue): BandedValue => {
  const value = a.value - b.value;
  if (!a.band || !b.band) return { value };
  const lower = value - Math.hypot(a.value - a.band.lower, b.band.upper - b.value);
  const upper = value + Math.hypot(a.band.upper - a.value, b.value - b.band.lower);
  return { value, band: { lower, upper, level: a.band.level, by: 'newcombe' } };
};
