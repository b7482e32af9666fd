import { StatisticsError } from '../errors.js';
import { requireSamples } from '../hypothesis/require-samples.js';
import { type Random } from '../random.js';
import { type Score } from '../score.js';
import { sortedValues } from '../sorted.js';
import { discrepancies, pairSums, pValueOfSplits, seededByOrder, SPLITS, splitsOf, takenPlaces } from '../splits.js';
import { discrepanciesOfFactor, kernelFactor } from './kernel-factor.js';
import { medianSquaredDifference } from './median-difference.js';

/** Values taken of each sample at most: the cost is quadratic. */
const MOST = 2000;

/**
 * `random` decides the splits and, above `valuesMax` values a side, which values are taken; unless given, one seeded by the order of the values.
 * `valuesMax`: most values taken a side, 2 to 2,000; 2,000 unless given. The time goes with its square.
 */
export type MmdOptions = { readonly random?: Random; readonly valuesMax?: number };

/** At most `most` of the values, each as likely as any other, ascending. */
const taken = (values: ArrayLike<number>, most: number, random: Random): Float64Array =>
  sortedValues(takenPlaces(values.length, most, random).map((place) => values[place] ?? NaN));

/** The kernel of a value with every earlier one. */
const kernelRow =
  (values: Float64Array, square: number) =>
  (i: number, into: Float64Array): void => {
    for (let j = 0; j < i; j += 1) {
      const difference = (values[i] ?? 0) - (values[j] ?? 0);
      into[j] = Math.exp(-(difference * difference) / square);
    }
  };

/**
 * Maximum mean discrepancy, squared and unbiased, between two samples of numbers: how much more alike values of the same sample are than
 * values of different ones, alike being k(x, y) = exp(−(x − y)²/(2σ²)).
 *
 * Score = mean of k over pairs inside the reference + over pairs inside the current − 2 · over pairs between: 0 is expected without drift,
 * below 0 for a sample and itself (at least −2/(smaller size − 1)), 2 = nothing alike; symmetric; unchanged by shift and scale of the
 * feature. 2σ² is the median of the squared differences of all pairs of the pooled sample (of those that differ, where most are ties); σ is
 * the parameter `bandwidth`.
 * p-value: share of random splits of the pooled sample that score at least as much, (b + 1)/(199 + 1), so never 0 and exact for its level,
 * however many ties. All values equal: score 0, p = 1. Smallest sample: two values a side. Above 2,000 values a side that many are taken at
 * random; the parameters say how many were used. The random numbers are seeded by the order in which values of both samples follow each
 * other, so the answer is the same wherever it is computed and in whatever unit. O(n · (splits + r) · r) with r, some forty, the rank of the
 * kernel matrix up to 1e-13; O(n² · splits) where a few values lie so far out that r is above 200; memory O(n · (splits + r)).
 * Source: Gretton et al., J. Machine Learning Research 13 (2012), 723-773, lemma 6. Oracle: oracles/mmd.json (kernel sums over scipy's
 * distances, tolerance 1e-9).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `mmd requires at least 2 values in each sample` | `mmd requires sorted, finite values` |
 *   `mmd requires a valuesMax between 2 and 2000` | `mmd requires values whose squared differences fit a double` (about 1e-160 to 1e154)
 * @example mmd([0, 0], [1, 1]).score // 1.26…: 2 − 2/e
 */
export const mmd = (reference: ArrayLike<number>, current: ArrayLike<number>, options: MmdOptions = {}): Score => {
  requireSamples('mmd', reference, current, 2);
  const { valuesMax = MOST } = options;
  if (!(Number.isInteger(valuesMax) && valuesMax >= 2 && valuesMax <= MOST))
    throw new StatisticsError(`mmd requires a valuesMax between 2 and ${MOST}`);
  const random = options.random ?? seededByOrder(reference, current);
  const [x, y] = [taken(reference, valuesMax, random), taken(current, valuesMax, random)];
  const values = new Float64Array(x.length + y.length);
  values.set(x);
  values.set(y, x.length);
  const square = medianSquaredDifference(sortedValues(values));
  const differ = values.some((value) => value !== values[0]);
  if (square === Infinity || (square === 0 && differ))
    throw new StatisticsError('mmd requires values whose squared differences fit a double');
  const parameters = {
    kernel: 'gaussian',
    bandwidth: Math.sqrt(square / 2),
    splits: SPLITS,
    usedReference: x.length,
    usedCurrent: y.length,
  };
  if (!differ) return { score: 0, pValue: 1, parameters };
  const [splits, factor] = [splitsOf(x.length, y.length, random), kernelFactor(values, square)];
  const scores = factor
    ? discrepanciesOfFactor(factor, splits, [x.length, y.length])
    : discrepancies(pairSums(values.length, kernelRow(values, square), splits), x.length, y.length);
  return { score: scores[0] ?? NaN, pValue: pValueOfSplits(scores, 1e-12), parameters };
};
