import { StatisticsError } from '../errors.js';
import { bucketMiddle, bucketOf, FIRST_BUCKET, type Grid, LAST_BUCKET } from './grid.js';
import { requireCountable } from '../requirements.js';
import { compensatedSum } from '../summation.js';

/** How often each bucket of a grid was hit. Counts of equal grids add up bucket by bucket: any window or reference is a sum. */
export type BucketCounts = ReadonlyMap<number, number>;

/** Bucket counts in order of their buckets: the form the folds work on. */
export type OrderedCounts = { readonly buckets: readonly number[]; readonly counts: readonly number[]; readonly total: number };

/** Counts the values of a sample on a grid. @throws StatisticsError on a non-finite value */
export const countBuckets = (values: ArrayLike<number>, grid: Grid): Map<number, number> => {
  const counts = new Map<number, number>();
  for (let i = 0; i < values.length; i += 1) {
    const bucket = bucketOf(values[i] ?? NaN, grid);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return counts;
};

/** The sum of several counts on the same grid. Integer counts: the order of the parts does not matter. */
export const mergeBuckets = (...parts: readonly BucketCounts[]): Map<number, number> => {
  const merged = new Map<number, number>();
  for (const part of parts) for (const [bucket, count] of part) merged.set(bucket, (merged.get(bucket) ?? 0) + count);
  return merged;
};

/**
 * Buckets in ascending order, empty ones left out.
 * @throws StatisticsError `<name> requires finite, non-negative counts` | `<name> requires at least one counted value on each side` |
 *   `<name> requires at most 2^53 counted values on each side` | `<name> requires buckets between -32768 and 32767`
 */
export const orderedCounts = (name: string, counts: BucketCounts): OrderedCounts => {
  const present = new Array<number>();
  for (const [bucket, count] of counts) {
    if (!(Number.isInteger(bucket) && bucket >= FIRST_BUCKET && bucket <= LAST_BUCKET))
      throw new StatisticsError(`${name} requires buckets between ${FIRST_BUCKET} and ${LAST_BUCKET}`);
    if (!Number.isFinite(count) || count < 0) throw new StatisticsError(`${name} requires finite, non-negative counts`);
    if (count > 0) present.push(bucket);
  }
  if (present.length === 0) throw new StatisticsError(`${name} requires at least one counted value on each side`);
  // A typed array sorts by value without a comparing function: this runs several times per feature and window.
  const buckets = Array.from(Int32Array.from(present).sort());
  const sizes = buckets.map((bucket) => counts.get(bucket) ?? 0);
  const total = compensatedSum(sizes);
  requireCountable(name, total);
  return { buckets, counts: sizes, total };
};

/** Mean and population deviation of the counted values, each taken as the middle of its bucket. */
export const bucketMoments = (counts: BucketCounts, grid: Grid): { readonly mean: number; readonly deviation: number } => {
  const ordered = orderedCounts('bucketMoments', counts);
  const middles = ordered.buckets.map((bucket) => bucketMiddle(bucket, grid));
  const weighted = (f: (middle: number) => number) =>
    compensatedSum(ordered.counts, (count, i) => count * f(middles[i] ?? 0)) / ordered.total;
  const mean = weighted((middle) => middle);
  return { mean, deviation: Math.sqrt(weighted((middle) => (middle - mean) ** 2)) };
};
