import { type BucketCounts, orderedCounts } from '../binning/bucket-counts.js';
import { requireSorted } from '../requirements.js';
import { type Score } from '../score.js';
import { kolmogorovTail } from '../special/kolmogorov.js';
import { exactTail, leastCommonMultiple } from './kolmogorov-smirnov-exact.js';

/** Up to this many values in the larger sample the p-value is exact, as in `scipy.stats.ks_2samp(method='auto')`. */
const EXACT_UP_TO = 10_000;
const INT32_MAX = 2_147_483_647;

/**
 * p-value of a two-sample Kolmogorov-Smirnov difference for sizes n and m: exact up to 10,000 values in the larger sample, else the
 * distribution of the one-sample statistic at round(nm/(n + m)) points, as scipy does. `difference` is rounded to a multiple of 1/lcm first.
 */
const pValueOf = (n: number, m: number, difference: number): { readonly pValue: number; readonly tail: string } => {
  const lcm = leastCommonMultiple(n, m);
  if (Math.max(n, m) <= EXACT_UP_TO && lcm < INT32_MAX) return { pValue: exactTail(n, m, Math.round(difference * lcm)), tail: 'exact' };
  return { pValue: kolmogorovTail(Math.max(halfToEven((n / (n + m)) * m), 1), difference), tail: 'asymptotic' };
};

/** Probability, without drift, of a two-sample difference at least this large: the p-value of `kolmogorovSmirnov` for these sizes. */
export const kolmogorovSmirnovTail = (n: number, m: number, difference: number): number => pValueOf(n, m, difference).pValue;

/** Rounds as numpy does: a tie goes to the even neighbour. */
const halfToEven = (x: number): number => {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
};

const score = (largest: number, sizes: readonly [number, number]): Score => {
  const { pValue, tail } = pValueOf(sizes[0], sizes[1], largest);
  return { score: largest, pValue, parameters: { alternative: 'two-sided', tail } };
};

/**
 * Two-sample Kolmogorov-Smirnov test: the largest difference between both empirical distribution functions.
 *
 * Score 0 means equal samples, 1 means no overlap; symmetric; unchanged by any increasing transformation of the feature. The p-value is that of
 * `scipy.stats.ks_2samp(method='auto')`, two-sided. Ties are allowed (the p-value is then conservative). Smallest sample: one value a
 * side. O(n + m) on sorted input plus the p-value. Source: Hodges 1958; Simard and L'Ecuyer 2011.
 * Oracle: oracles/kolmogorov-smirnov.json (scipy; score 1e-15, p-value 1e-10 relative).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `kolmogorovSmirnov requires at least one value in each sample` | `kolmogorovSmirnov requires sorted, finite values`
 * @example kolmogorovSmirnov([1, 2, 3], [2, 3, 4]).score // 0.333…
 */
export const kolmogorovSmirnov = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  requireSorted('kolmogorovSmirnov', reference);
  requireSorted('kolmogorovSmirnov', current);
  const [n, m] = [reference.length, current.length];
  let [i, j, largest] = [0, 0, 0];
  while (i < n && j < m) {
    const at = Math.min(reference[i] ?? NaN, current[j] ?? NaN);
    while (i < n && reference[i] === at) i += 1;
    while (j < m && current[j] === at) j += 1;
    largest = Math.max(largest, Math.abs(i / n - j / m));
  }
  return score(largest, [n, m]);
};

/**
 * The same from bucket counts on one grid: the largest difference at a bucket's edge. Never above the exact score, and below it by at most
 * the share one bucket holds. The p-value uses the counts as sizes. O(buckets).
 * @throws StatisticsError `kolmogorovSmirnovOfBuckets requires finite, non-negative counts` | `… at least one counted value on each side`
 */
export const kolmogorovSmirnovOfBuckets = (reference: BucketCounts, current: BucketCounts): Score => {
  const a = orderedCounts('kolmogorovSmirnovOfBuckets', reference);
  const b = orderedCounts('kolmogorovSmirnovOfBuckets', current);
  let [i, j, f, g, largest] = [0, 0, 0, 0, 0];
  while (i < a.buckets.length && j < b.buckets.length) {
    const at = Math.min(a.buckets[i] ?? NaN, b.buckets[j] ?? NaN);
    if (a.buckets[i] === at) f += a.counts[i++] ?? 0;
    if (b.buckets[j] === at) g += b.counts[j++] ?? 0;
    largest = Math.max(largest, Math.abs(f / a.total - g / b.total));
  }
  return score(largest, [a.total, b.total]);
};
