import { requireSamples } from '../hypothesis/require-samples.js';
import { type Random, seededRandom, shuffle } from '../random.js';
import { type Score } from '../score.js';
import { CompensatedSum } from '../summation.js';
import { sortedValues } from '../sorted.js';
import { medianSquaredDifference } from './median-difference.js';

/** Values taken of each sample at most: the cost is quadratic. */
const MOST = 2000;
/** Random splits behind a p-value, whose smallest value is then 1/200. */
const SPLITS = 199;

/** `random` decides the splits and, above 2,000 values a side, which values are taken; unless given, one seeded by both sizes. */
export type MmdOptions = { readonly random?: Random };

/** At most `MOST` of the values, each as likely as any other; ascending as they came. */
const taken = (values: ArrayLike<number>, random: Random): Float64Array => {
  if (values.length <= MOST) return Float64Array.from(values);
  const places = Float64Array.from({ length: values.length }, (_, i) => i);
  shuffle(places, random);
  return sortedValues(places.subarray(0, MOST).map((place) => values[place] ?? NaN));
};

/** Which values belong to the first sample, one list of 0 and 1 per split; the first is the one observed. */
const splitsOf = (n: number, m: number, random: Random): Float64Array[] => {
  const observed = new Float64Array(n + m).fill(1, 0, n);
  return Array.from({ length: SPLITS + 1 }, (_, split) => {
    const members = observed.slice();
    if (split > 0) shuffle(members, random);
    return members;
  });
};

/**
 * Per split the kernel's sum over pairs i < j inside the first sample, and over pairs of which at least one is; and over all pairs. The
 * kernel is computed once per pair, a row at a time, and never held as a matrix.
 */
const kernelSums = (
  values: Float64Array,
  square: number,
  splits: readonly Float64Array[],
): { inside: Float64Array; touched: Float64Array; all: number } => {
  const size = values.length;
  const [inside, touched, row] = [new Float64Array(splits.length), new Float64Array(splits.length), new Float64Array(size)];
  const all = new CompensatedSum();
  for (let i = 1; i < size; i += 1) {
    let rowSum = 0;
    for (let j = 0; j < i; j += 1) {
      const difference = (values[i] ?? 0) - (values[j] ?? 0);
      const kernel = Math.exp(-(difference * difference) / square);
      row[j] = kernel;
      rowSum += kernel;
    }
    all.add(rowSum);
    for (let split = 0; split < splits.length; split += 1) {
      const members = splits[split] ?? row;
      let shared = 0;
      for (let j = 0; j < i; j += 1) shared += (row[j] ?? 0) * (members[j] ?? 0);
      const member = members[i] === 1;
      if (member) inside[split] = (inside[split] ?? 0) + shared;
      touched[split] = (touched[split] ?? 0) + (member ? rowSum : shared);
    }
  }
  return { inside, touched, all: all.value };
};

/** Squared discrepancy of each split, without the pairs of a value with itself (unbiased). */
const discrepancies = (values: Float64Array, n: number, square: number, splits: readonly Float64Array[]): number[] => {
  const m = values.length - n;
  const { inside, touched, all } = kernelSums(values, square, splits);
  return splits.map((_, split) => {
    const [first, some] = [inside[split] ?? 0, touched[split] ?? 0];
    return (2 * first) / (n * (n - 1)) + (2 * (all - some)) / (m * (m - 1)) - (2 * (some - first)) / (n * m);
  });
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
 * random; the parameters say how many were used. The random numbers are seeded with reference size · 2²⁰ + current size, so the answer is
 * the same wherever it is computed. O(n²) with at most 8 million pairs times 200 splits (about a second or two); memory O(n · splits).
 * Source: Gretton et al., J. Machine Learning Research 13 (2012), 723-773, lemma 6. Oracle: oracles/mmd.json (kernel sums over scipy's
 * distances, tolerance 1e-9).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `mmd requires at least 2 values in each sample` | `mmd requires sorted, finite values`
 * @example mmd([0, 0], [1, 1]).score // 1.26…: 2 − 2/e
 */
export const mmd = (reference: ArrayLike<number>, current: ArrayLike<number>, options: MmdOptions = {}): Score => {
  requireSamples('mmd', reference, current, 2);
  const random = options.random ?? seededRandom(reference.length * 2 ** 20 + current.length);
  const [x, y] = [taken(reference, random), taken(current, random)];
  const values = new Float64Array(x.length + y.length);
  values.set(x);
  values.set(y, x.length);
  const square = medianSquaredDifference(sortedValues(values));
  const parameters = {
    kernel: 'gaussian',
    bandwidth: Math.sqrt(square / 2),
    splits: SPLITS,
    usedReference: x.length,
    usedCurrent: y.length,
  };
  if (square === 0) return { score: 0, pValue: 1, parameters };
  const [score = 0, ...others] = discrepancies(values, x.length, square, splitsOf(x.length, y.length, random));
  // Splits that are the observed one in other words differ from it by rounding alone.
  const asFar = others.filter((other) => other >= score - 1e-12).length;
  return { score, pValue: (asFar + 1) / (SPLITS + 1), parameters };
};
