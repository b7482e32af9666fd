import { type BucketCounts, orderedCounts } from './bucket-counts.js';
import { StatisticsError } from '../errors.js';
import { requireFiniteEnds } from '../requirements.js';
import { bucketBounds, bucketOf, type Grid, LAST_BUCKET } from './grid.js';

/**
 * Cuts between bins, ascending. k cuts make k + 1 bins: below the first, [cut, next cut), …, at or above the last. The outer bins are
 * open, so a value the reference never saw still has a bin.
 */
export type Cuts = readonly number[];

/**
 * Number of cuts at or below the value (`numpy.digitize`): its bin. By halving, where the outcome of a comparison is added up instead of
 * branched on: for values in no order every branch is a guess, and wrong ones are half the cost.
 */
const binOf = (value: number, cuts: ArrayLike<number>): number => {
  let from = 0;
  for (let left = cuts.length; left > 0;) {
    const half = (left + 1) >>> 1;
    from += half * Number((cuts[from + half - 1] ?? Infinity) <= value);
    left -= half;
  }
  return from;
};

/** Counts per bin of a sample in any order. O(n log k). @throws StatisticsError `countBins requires finite values` */
export const countBins = (values: ArrayLike<number>, cuts: Cuts): number[] => {
  const edges = Float64Array.from(cuts);
  const counts = new Array<number>(cuts.length + 1).fill(0);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? NaN;
    if (value - value !== 0) throw new StatisticsError('countBins requires finite values');
    const bin = binOf(value, edges);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
};

/**
 * Counts per bin of an ascending sample: the same numbers as `countBins`, found by bisection for each cut. O(k log n).
 * @throws StatisticsError `countBinsOfSorted requires finite values`
 */
export const countBinsOfSorted = (sorted: ArrayLike<number>, cuts: Cuts): number[] => {
  requireFiniteEnds('countBinsOfSorted', sorted);
  const starts = cuts.map((cut) => firstAtOrAbove(sorted, cut));
  return [...starts, sorted.length].map((end, i) => end - (i === 0 ? 0 : (starts[i - 1] ?? 0)));
};

const firstAtOrAbove = (sorted: ArrayLike<number>, cut: number): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < cut) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Counts per bin from bucket counts; the cuts are bucket numbers (`snapCuts`), so no bucket is divided. */
export const countBinsOfBuckets = (counts: BucketCounts, bucketCuts: Cuts): number[] => {
  const bins = new Array<number>(bucketCuts.length + 1).fill(0);
  const { buckets, counts: sizes } = orderedCounts('countBinsOfBuckets', counts);
  buckets.forEach((bucket, i) => {
    const bin = binOf(bucket, bucketCuts);
    bins[bin] = (bins[bin] ?? 0) + (sizes[i] ?? 0);
  });
  return bins;
};

/**
 * Moves each cut to the nearer edge of the bucket it falls into. Cuts that meet become one, so there may be fewer bins afterwards: the
 * cut that remains, not the one asked for, belongs in the parameters of the score (`cutValues`).
 */
export const snapCuts = (cuts: Cuts, grid: Grid): number[] => {
  const snapped = cuts.map((cut) => {
    const bucket = bucketOf(cut, grid);
    const { from, to } = bucketBounds(bucket, grid);
    return cut - from <= to - cut ? bucket : Math.min(bucket + 1, LAST_BUCKET);
  });
  return [...new Set(snapped)];
};

/** Where cuts given as bucket numbers lie on the feature's own axis. */
export const cutValues = (bucketCuts: Cuts, grid: Grid): number[] => bucketCuts.map((bucket) => bucketBounds(bucket, grid).from);
