import { type BucketCounts, bucketMoments, orderedCounts } from '../binning/bucket-counts.js';
import { bucketMiddle, type Grid } from '../binning/grid.js';
import { StatisticsError } from '../errors.js';
import { requireSorted } from '../requirements.js';
import { type Score } from '../score.js';
import { CompensatedSum, populationDeviation } from '../summation.js';

/** Points of a distribution in ascending order with how often each occurs. */
type Weighted = { readonly points: ArrayLike<number>; readonly weights?: ArrayLike<number>; readonly total: number };

/** Integral of |F − G| over the axis, by one walk through both sorted lists, with every step taken `part` as long as it is. */
const area = (reference: Weighted, current: Weighted, part: number): number => {
  const sum = new CompensatedSum();
  const [a, b] = [reference.points, current.points];
  let [i, j, f, g] = [0, 0, 0, 0];
  let last = Math.min(a[0] ?? Infinity, b[0] ?? Infinity);
  while (i < a.length || j < b.length) {
    const at = Math.min(i < a.length ? (a[i] ?? NaN) : Infinity, j < b.length ? (b[j] ?? NaN) : Infinity);
    if (at !== last) sum.add(Math.abs(f / reference.total - g / current.total) * (at * part - last * part));
    last = at;
    for (; i < a.length && a[i] === at; i += 1) f += reference.weights?.[i] ?? 1;
    for (; j < b.length && b[j] === at; j += 1) g += current.weights?.[j] ?? 1;
  }
  return sum.value;
};

/** The ends of both may lie farther apart than the largest double. A quarter of a step is always a number, and exact. */
const distance = (name: string, reference: Weighted, current: Weighted): number => {
  const last = ({ points }: Weighted): number => points[points.length - 1] ?? NaN;
  const span = Math.max(last(reference), last(current)) - Math.min(reference.points[0] ?? NaN, current.points[0] ?? NaN);
  const part = Number.isFinite(span) ? 1 : 1 / 4;
  const score = area(reference, current, part) / part;
  if (!Number.isFinite(score)) throw new StatisticsError(`${name} requires samples whose distance is finite`);
  return score;
};

const distanceOfSorted = (name: string, reference: ArrayLike<number>, current: ArrayLike<number>): number => {
  requireSorted(name, reference);
  requireSorted(name, current);
  return distance(name, { points: reference, total: reference.length }, { points: current, total: current.length });
};

/**
 * First Wasserstein ("earth mover's") distance between two samples: the area between their distribution functions.
 *
 * In the units of the feature; 0 means equal distributions; unbounded; symmetric; a shift of everything by d scores exactly |d|.
 * `scipy.stats.wasserstein_distance`. Smallest sample: one value a side. O(n + m) on sorted input.
 * Oracle: oracles/wasserstein.json (scipy, tolerance 1e-12 relative).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `wasserstein requires at least one value in each sample` | `wasserstein requires sorted, finite values` |
 *   `wasserstein requires samples whose distance is finite` where it exceeds the largest double
 * @example wasserstein([0, 1, 3], [5, 6, 8]).score // 5
 */
export const wasserstein = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => ({
  score: distanceOfSorted('wasserstein', reference, current),
  parameters: { unit: 'feature' },
});

const inDeviations = (name: string, raw: number, deviation: number): Score => {
  if (!Number.isFinite(deviation)) throw new StatisticsError(`${name} requires a reference whose squares are finite`);
  if (!(deviation > 0) && raw > 0) throw new StatisticsError(`${name} requires a reference that varies`);
  return { score: raw === 0 ? 0 : raw / deviation, parameters: { unit: 'reference deviations', deviation } };
};

/**
 * Wasserstein distance in population standard deviations of the reference (`numpy.std`, ddof 0), so that features can be compared.
 *
 * 0 means equal distributions; unbounded; not symmetric, since the reference gives the scale.
 * Oracle: oracles/wasserstein.json.
 * @throws StatisticsError `wassersteinNormalised requires at least one value in each sample` | `… sorted, finite values` | `… a reference that
 *   varies` when it is constant and they differ | `… a reference whose squares are finite` for values from about 1e154 on
 */
export const wassersteinNormalised = (reference: ArrayLike<number>, current: ArrayLike<number>): Score =>
  inDeviations('wassersteinNormalised', distanceOfSorted('wassersteinNormalised', reference, current), populationDeviation(reference));

const weighted = (name: string, counts: BucketCounts, grid: Grid): Weighted => {
  const { buckets, counts: weights, total } = orderedCounts(name, counts);
  return { points: buckets.map((bucket) => bucketMiddle(bucket, grid)), weights, total };
};

/**
 * The same from bucket counts, each value standing at the middle of its bucket: off by at most one bucket width (half on each side),
 * which is 1/128 of the interquartile range or less where the data is dense. O(buckets).
 */
export const wassersteinOfBuckets = (reference: BucketCounts, current: BucketCounts, grid: Grid): Score => ({
  score: distance(
    'wassersteinOfBuckets',
    weighted('wassersteinOfBuckets', reference, grid),
    weighted('wassersteinOfBuckets', current, grid),
  ),
  parameters: { unit: 'feature' },
});

/** `wassersteinNormalised` from bucket counts; the deviation is that of the bucket middles. */
export const wassersteinNormalisedOfBuckets = (reference: BucketCounts, current: BucketCounts, grid: Grid): Score =>
  inDeviations('wassersteinNormalised', wassersteinOfBuckets(reference, current, grid).score, bucketMoments(reference, grid).deviation);
