import { StatisticsError } from '../errors.js';
import { quantileOfSorted } from '../sorted.js';
import { type OrderedCounts } from './bucket-counts.js';
import { type Cuts } from './histogram.js';

/**
 * Cuts at the quantiles of the reference, outer bins open: `numpy.unique(numpy.quantile(reference, linspace(0, 1, bins + 1)))`, without
 * its first and last value. Ties make fewer, larger bins. When fewer than two distinct quantiles remain, the reference is (almost) one
 * value; it then gets a bin of its own between "below" and "above". O(bins).
 * @param sorted the reference, ascending
 * @throws StatisticsError `quantileCuts requires at least two bins` | `quantileCuts requires at least one value`
 * @example quantileCuts([1, 2, 3, 4, 5], 4) // [2, 3, 4]
 */
export const quantileCuts = (sorted: ArrayLike<number>, bins: number): Cuts => {
  if (!Number.isInteger(bins) || bins < 2) throw new StatisticsError('quantileCuts requires at least two bins');
  if (sorted.length === 0) throw new StatisticsError('quantileCuts requires at least one value');
  const edges = Array.from({ length: bins + 1 }, (_, i) => quantileOfSorted(sorted, i === bins ? 1 : i * (1 / bins)));
  const distinct = [...new Set(edges)];
  const [only] = distinct;
  if (distinct.length === 1 && only !== undefined) return [only, justAbove(only)];
  return distinct.length === 2 ? twoPointCuts(distinct) : distinct.slice(1, -1);
};

/** A reference of two quantiles (mostly two values) is cut at the upper one: below it, and at or above it. */
const twoPointCuts = (distinct: readonly number[]): Cuts => distinct.slice(1);

/** The next double above x. */
const justAbove = (x: number): number => {
  const step = Math.max(Math.abs(x) * Number.EPSILON, Number.MIN_VALUE);
  return x + step / 2 > x ? x + step / 2 : x + step;
};

/**
 * The same from bucket counts: cuts are bucket numbers, each at the bucket edge whose share below is nearest to k / bins. Buckets are
 * never divided, so a bucket that holds more than one bin's share makes fewer bins. O(buckets).
 * @throws StatisticsError `quantileCutsOfBuckets requires at least two bins`
 */
export const quantileCutsOfBuckets = (reference: OrderedCounts, bins: number): Cuts => {
  if (!Number.isInteger(bins) || bins < 2) throw new StatisticsError('quantileCutsOfBuckets requires at least two bins');
  const { buckets, counts, total } = reference;
  const cuts = new Set<number>();
  let at = 0;
  let below = 0;
  for (let k = 1; k < bins; k += 1) {
    const target = (k * total) / bins;
    while (at < buckets.length && Math.abs(below + (counts[at] ?? 0) - target) <= Math.abs(below - target)) {
      below += counts[at] ?? 0;
      at += 1;
    }
    const cut = buckets[at];
    if (at > 0 && cut !== undefined) cuts.add(cut);
  }
  const first = buckets[0] ?? 0;
  return cuts.size > 0 ? [...cuts] : [first, first + 1];
};
