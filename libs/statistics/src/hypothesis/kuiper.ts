import { type Score } from '../score.js';
import { CompensatedSum } from '../summation.js';
import { requireSamples } from './require-samples.js';
import { tiedBlocks } from './tied-blocks.js';

/** Below this the tail is 1 to double precision; the series would need ever more terms to say so. */
const CERTAIN_BELOW = 0.35;

/** Tail of Kuiper's limit: 2 Σ (4j²λ² − 1) e^(−2j²λ²) (Kuiper 1960, eq. 2.8). From 1 to 0, accurate far into the tail. */
const limitTail = (lambda: number): number => {
  if (lambda < CERTAIN_BELOW) return 1;
  const sum = new CompensatedSum();
  for (let j = 1; j === 1 || (j * j - 1) * lambda * lambda < 25; j += 1) {
    const square = (j * lambda) ** 2;
    sum.add((8 * square - 2) * Math.exp(-2 * square));
  }
  return Math.min(Math.max(sum.value, 0), 1);
};

/**
 * Kuiper's test: the largest difference of both empirical distribution functions upwards, plus the largest downwards.
 *
 * Score V = D⁺ + D⁻: 0 means equal samples, 1 no overlap (or one sample inside a gap of the other); symmetric; unchanged by any increasing
 * transformation of the feature and, for a feature on a circle (hour of the day, direction), by where the circle is cut. Sees a change of
 * spread that Kolmogorov-Smirnov, which takes the larger of the two alone, sees late. Ties are allowed (the p-value is then conservative).
 * p-value: Kuiper's limit at λ = (√e + 0.155 + 0.24/√e)·V with e = nm/(n + m), Stephens' form for finite samples, which is good from e of
 * about 4. Smallest sample: one value a side. O(n + m) on sorted input.
 * Source: Kuiper, Proc. Koninklijke Nederlandse Akademie van Wetenschappen A 63 (1960), 38-47; Stephens, J. Royal Statistical Society B 32
 * (1970), 115-122.
 * Oracle: oracles/kuiper.json (scipy's one-sided `ks_2samp` twice for the score, 1e-14; permutations for the p-value).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `kuiper requires at least one value in each sample` | `kuiper requires sorted, finite values`
 * @example kuiper([1, 2, 7, 8], [3, 4, 5, 6]).score // 1
 */
export const kuiper = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  requireSamples('kuiper', reference, current, 1);
  const [n, m] = [reference.length, current.length];
  // In whole numbers until the last step, so that the score does not depend on which sample comes first.
  let [difference, above, below] = [0, 0, 0];
  tiedBlocks(reference, current, (a, b) => {
    difference += a * m - b * n;
    above = Math.max(above, difference);
    below = Math.min(below, difference);
  });
  const score = (above - below) / (n * m);
  const root = Math.sqrt((n * m) / (n + m));
  return { score, pValue: limitTail((root + 0.155 + 0.24 / root) * score), parameters: { tail: 'asymptotic', form: 'Stephens 1970' } };
};
