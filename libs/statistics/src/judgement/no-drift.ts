import { type BucketCounts, orderedCounts } from '../binning/bucket-counts.js';
import { bucketMiddle, type Grid } from '../binning/grid.js';
import { type LogBase } from '../distance/jensen-shannon.js';
import { StatisticsError } from '../errors.js';
import { logGamma } from '../special/log-gamma.js';
import { CompensatedSum } from '../summation.js';

/** Mean and variance of a score between two samples of one and the same distribution: what "no drift" looks like at these sizes. */
export type NoDrift = { readonly expected: number; readonly variance: number };

/** How many values stand behind each side. Rows, not summed weights. */
export type Sizes = { readonly reference: number; readonly current: number };

const noise = (name: string, { reference, current }: Sizes): number => {
  if (!(reference > 0) || !(current > 0)) throw new StatisticsError(`${name} requires positive sizes`);
  return 1 / reference + 1 / current;
};

const requireBins = (name: string, bins: number): void => {
  if (!Number.isInteger(bins) || bins < 1) throw new StatisticsError(`${name} requires at least one bin`);
};

/**
 * PSI without drift: (1/n + 1/m) · χ² with bins − 1 degrees of freedom. Good from about ten expected values per bin; with fewer the
 * score is larger and more spread than this says. Source: Yurdakul and Naranjo, J. Risk Model Validation 14 (2020).
 * @throws StatisticsError `psiNoDrift requires positive sizes` | `psiNoDrift requires at least one bin`
 */
export const psiNoDrift = (sizes: Sizes, bins: number): NoDrift => {
  requireBins('psiNoDrift', bins);
  const scale = noise('psiNoDrift', sizes);
  return { expected: scale * (bins - 1), variance: 2 * scale * scale * (bins - 1) };
};

/**
 * Jensen-Shannon distance without drift: its square is PSI/8 to second order, so the distance is √((1/n + 1/m)/8) times a chi variable
 * with bins − 1 degrees of freedom (divided by √ln 2 in base 2).
 * @throws StatisticsError `jensenShannonNoDrift requires positive sizes` | `jensenShannonNoDrift requires at least one bin`
 */
export const jensenShannonNoDrift = (sizes: Sizes, bins: number, base: LogBase = 'e'): NoDrift => {
  requireBins('jensenShannonNoDrift', bins);
  const scale = noise('jensenShannonNoDrift', sizes) / (base === 2 ? 8 * Math.LN2 : 8);
  const degrees = bins - 1;
  if (degrees === 0) return { expected: 0, variance: 0 };
  const mean = Math.SQRT2 * Math.exp(logGamma((degrees + 1) / 2) - logGamma(degrees / 2));
  return { expected: Math.sqrt(scale) * mean, variance: scale * Math.max(degrees - mean * mean, 0) };
};

/**
 * Kolmogorov-Smirnov score without drift, from the moments of Kolmogorov's limit: √(π/2)·ln 2 and π²/12, scaled by √(1/n + 1/m).
 * For a continuous feature; ties make it smaller.
 * @throws StatisticsError `kolmogorovSmirnovNoDrift requires positive sizes`
 */
export const kolmogorovSmirnovNoDrift = (sizes: Sizes): NoDrift => {
  const scale = noise('kolmogorovSmirnovNoDrift', sizes);
  const mean = Math.sqrt(Math.PI / 2) * Math.LN2;
  return { expected: mean * Math.sqrt(scale), variance: (Math.PI ** 2 / 12 - mean * mean) * scale };
};

/** At most this many stretches in the double integral of the variance. */
const STRETCHES = 160;

/** A piece of the axis on which the distribution function is constant. */
type Stretch = { readonly width: number; readonly below: number };

const stretches = (reference: BucketCounts, grid: Grid): Stretch[] => {
  const { buckets, counts, total } = orderedCounts('wassersteinNoDrift', reference);
  let below = 0;
  return buckets.slice(1).map((bucket, i) => {
    below += counts[i] ?? 0;
    return { width: bucketMiddle(bucket, grid) - bucketMiddle(buckets[i] ?? 0, grid), below: below / total };
  });
};

/** Neighbouring stretches joined to at most `STRETCHES`, each keeping its width and its mean of √(F(1 − F)). */
const coarse = (fine: readonly Stretch[]): Stretch[] => {
  const size = Math.ceil(fine.length / STRETCHES);
  return Array.from({ length: Math.ceil(fine.length / size) }, (_, i) => {
    const group = fine.slice(i * size, (i + 1) * size);
    const width = group.reduce((sum, stretch) => sum + stretch.width, 0);
    return { width, below: group.reduce((sum, stretch) => sum + stretch.width * stretch.below, 0) / width };
  });
};

/**
 * Wasserstein distance without drift, in units of the feature: √(2/π) · √(1/n + 1/m) · ∫ √(F(1 − F)) dx with F the reference's
 * distribution function, read from its bucket counts; the variance is the double integral of the covariance of |Brownian bridge| over F.
 * Divide by the reference deviation (variance by its square) for the normalised score.
 * @throws StatisticsError `wassersteinNoDrift requires positive sizes` | `… finite, non-negative counts`
 */
export const wassersteinNoDrift = (reference: BucketCounts, grid: Grid, sizes: Sizes): NoDrift => {
  const scale = noise('wassersteinNoDrift', sizes);
  const fine = stretches(reference, grid);
  const mean = new CompensatedSum();
  for (const { width, below } of fine) mean.add(width * Math.sqrt(below * (1 - below)));
  const variance = new CompensatedSum();
  const pieces = fine.length === 0 ? [] : coarse(fine);
  for (const a of pieces)
    for (const b of pieces) variance.add(a.width * b.width * covariance(Math.min(a.below, b.below), Math.max(a.below, b.below)));
  return { expected: Math.sqrt((2 / Math.PI) * scale) * mean.value, variance: scale * variance.value };
};

/** Covariance of |B(s)| and |B(t)| for a Brownian bridge, s ≤ t: of two jointly normal variables' absolute values. */
const covariance = (s: number, t: number): number => {
  const deviations = Math.sqrt(s * (1 - s) * t * (1 - t));
  if (deviations === 0) return 0;
  const correlation = Math.min((s * (1 - t)) / deviations, 1);
  return (2 / Math.PI) * deviations * (Math.sqrt(1 - correlation * correlation) + correlation * Math.asin(correlation) - 1);
};
