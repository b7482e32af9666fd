import { StatisticsError } from '../errors.js';
import { compensatedSum } from '../summation.js';
import { type BucketCounts, orderedCounts, type OrderedCounts } from './bucket-counts.js';
import { doaneBins, doaneCuts } from './doane.js';
import { equalWidthCuts } from './equal-width.js';
import { bucketBounds, bucketMiddle, type Grid } from './grid.js';
import { type Cuts, snapCuts } from './histogram.js';
import { innerEdges } from './linspace.js';
import { requireFiniteEnds } from '../requirements.js';
import { quantileCuts, quantileCutsOfBuckets } from './quantile.js';
import { sturgesBins, sturgesCuts } from './sturges.js';

/** The ways to cut a numeric feature into bins. */
export const BINNINGS = ['equal_width', 'quantile', 'sturges', 'doane'] as const;
export type Binning = (typeof BINNINGS)[number];

/** A way to cut and how many bins to make; `sturges` and `doane` choose the number themselves. */
export type BinningRule = { readonly binning: Binning; readonly bins: number };

/** Ten bins of equal share of the reference. */
export const DEFAULT_BINNING: BinningRule = { binning: 'quantile', bins: 10 };

/** Cuts for two sorted samples; see the file of each rule. @throws StatisticsError `cutsFor requires finite values`, and from the rule */
export const cutsFor = (rule: BinningRule, reference: ArrayLike<number>, current: ArrayLike<number>): Cuts => {
  requireFiniteEnds('cutsFor', reference);
  requireFiniteEnds('cutsFor', current);
  switch (rule.binning) {
    case 'equal_width':
      return equalWidthCuts(reference, rule.bins);
    case 'quantile':
      return quantileCuts(reference, rule.bins);
    case 'sturges':
      return sturgesCuts(reference, current);
    case 'doane':
      return doaneCuts(reference);
  }
};

/** The span the buckets cover; an open outermost bucket counts as its inner end. */
const spanOf = ({ buckets }: OrderedCounts, grid: Grid): { readonly low: number; readonly high: number } => {
  const [first, last] = [buckets[0] ?? 0, buckets[buckets.length - 1] ?? 0];
  const [low, high] = [bucketBounds(first, grid).from, bucketBounds(last, grid).to];
  return { low: Number.isFinite(low) ? low : bucketMiddle(first, grid), high: Number.isFinite(high) ? high : bucketMiddle(last, grid) };
};

const skewnessOf = ({ buckets, counts, total }: OrderedCounts, grid: Grid): number => {
  const middles = buckets.map((bucket) => bucketMiddle(bucket, grid));
  const weighted = (f: (middle: number) => number): number => compensatedSum(counts, (count, i) => count * f(middles[i] ?? 0)) / total;
  const mean = weighted((middle) => middle);
  const deviation = Math.sqrt(weighted((middle) => (middle - mean) ** 2));
  return deviation > 0 ? weighted((middle) => ((middle - mean) / deviation) ** 3) : 0;
};

/**
 * The same rules from bucket counts. The cuts are bucket numbers: every edge is moved to the nearest edge of a bucket, so no bucket is
 * divided; range and skewness are read from the buckets. `cutValues` gives the edges to record with the score.
 * @throws StatisticsError `bucketCutsFor requires at least two bins` | `bucketCutsFor requires at least one counted value on each side`
 */
export const bucketCutsFor = (rule: BinningRule, reference: BucketCounts, current: BucketCounts, grid: Grid): Cuts => {
  if (!Number.isInteger(rule.bins) || rule.bins < 2) throw new StatisticsError('bucketCutsFor requires at least two bins');
  const ordered = orderedCounts('bucketCutsFor', reference);
  const { low, high } = spanOf(ordered, grid);
  switch (rule.binning) {
    case 'quantile':
      return quantileCutsOfBuckets(ordered, rule.bins);
    case 'equal_width':
      return snapCuts(innerEdges(low, high, rule.bins), grid);
    case 'sturges': {
      const other = orderedCounts('bucketCutsFor', current);
      const span = spanOf(other, grid);
      const [from, to] = [Math.min(low, span.low), Math.max(high, span.high)];
      return snapCuts(innerEdges(from, to, sturgesBins(from, to, ordered.total + other.total)), grid);
    }
    case 'doane':
      return snapCuts(innerEdges(low, high, doaneBins({ size: ordered.total, low, high, skewness: skewnessOf(ordered, grid) })), grid);
  }
};
