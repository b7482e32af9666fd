import { StatisticsError } from './errors.js';
import { tiedBlocks } from './hypothesis/tied-blocks.js';
import { type Random, seededRandom, shuffle } from './random.js';
import { CompensatedSum } from './summation.js';

/** Random splits of the pooled rows behind a p-value, unless said otherwise: its smallest value is then 1/200. */
export const SPLITS = 199;

/** Fowler, Noll and Vo's hash (FNV-1a), a word at a time. */
class Hash {
  private state = 0x811c9dc5;

  add(word: number): void {
    this.state = Math.imul(this.state ^ word, 0x01000193);
  }

  random(): Random {
    return seededRandom(this.state >>> 0);
  }
}

/**
 * Numbers for two samples of which the caller gave no generator: they depend on the order in which the values of both follow each other and on
 * nothing else, so not on a unit. A seed of the sizes alone would deal the same splits to every pair of samples, and with them
 * the level of that one set of splits, such as 6.5 in place of 5 %.
 * @param reference ascending
 * @param current ascending
 */
export const seededByOrder = (reference: ArrayLike<number>, current: ArrayLike<number>): Random => {
  const hash = new Hash();
  tiedBlocks(reference, current, (a, b) => {
    hash.add(a);
    hash.add(b);
  });
  return hash.random();
};

/** Two samples of rows: how many, and whether in a column the value of a reference row is below (−1) that of a current row, above (1), or neither (0). */
export type ComparedRows = {
  readonly n: number;
  readonly m: number;
  readonly columns: number;
  readonly compare: (column: number, reference: number, current: number) => number;
};

/**
 * The same for rows of several columns: the numbers depend on which rows of the reference are below the current row at the same share of the way, and the one √m further, in
 * every column. Columns that are alike in every pair of samples, such as a row number or the hour, add nothing and take nothing away, and
 * rows that come sorted still cross each other. O(rows · columns).
 */
export const seededByComparison = ({ n, m, columns, compare }: ComparedRows): Random => {
  const hash = new Hash();
  const pairs = Math.max(n, m);
  const further = Math.ceil(Math.sqrt(m));
  for (let column = 0; column < columns; column += 1)
    for (let i = 0; i < pairs; i += 1) {
      const [first, second] = [Math.floor((i * n) / pairs), Math.floor((i * m) / pairs)];
      hash.add(3 * compare(column, first, second) + compare(column, first, (second + further) % m) + 4);
    }
  return hash.random();
};

/** Places 0 … count − 1, or `most` of them, each as likely as any other, in random order. */
export const takenPlaces = (count: number, most: number, random: Random): Float64Array => {
  const places = Float64Array.from({ length: count }, (_, i) => i);
  if (count <= most) return places;
  shuffle(places, random);
  return places.subarray(0, most);
};

/** Which of n + m pooled rows belong to the first sample, a list of 0 and 1 per split; the first is the one observed, `count` follow. */
export const splitsOf = (n: number, m: number, random: Random, count = SPLITS): Float64Array[] => {
  const observed = new Float64Array(n + m).fill(1, 0, n);
  return Array.from({ length: count + 1 }, (_, split) => {
    const members = observed.slice();
    if (split > 0) shuffle(members, random);
    return members;
  });
};

/** Per split the sum over pairs inside the first sample, and over pairs of which at least one is in it; and over all pairs. */
export type PairSums = { readonly inside: Float64Array; readonly touched: Float64Array; readonly all: number };

/**
 * Sums of a symmetric function of two rows over pairs i < j. The function is computed once per pair, a row at a time, and never held as a
 * matrix: `fill` writes the values of row i with every earlier row into the array it is given. O(rows² · splits), memory O(rows · splits).
 */
export const pairSums = (rows: number, fill: (i: number, into: Float64Array) => void, splits: readonly Float64Array[]): PairSums => {
  const [inside, touched, row] = [new Float64Array(splits.length), new Float64Array(splits.length), new Float64Array(rows)];
  const all = new CompensatedSum();
  for (let i = 1; i < rows; i += 1) {
    fill(i, row);
    let rowSum = 0;
    for (let j = 0; j < i; j += 1) rowSum += row[j] ?? 0;
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

/** Squared discrepancy of n and m rows from sums of a kernel, per split, without the pairs of a row with itself (unbiased). */
export const discrepancies = ({ inside, touched, all }: PairSums, n: number, m: number): Float64Array =>
  inside.map((first, split) => {
    const some = touched[split] ?? 0;
    return (2 * first) / (n * (n - 1)) + (2 * (all - some)) / (m * (m - 1)) - (2 * (some - first)) / (n * m);
  });

/**
 * Share of splits that score at least as much as the observed one, which is the first: (b + 1)/(splits + 1), so never 0. Scores that differ
 * by at most `rounding` are the same split in other words. A score that is no number is not at least as much as any other: it would make p small.
 * @throws StatisticsError `pValueOfSplits requires finite scores`
 */
export const pValueOfSplits = (scores: ArrayLike<number>, rounding: number): number => {
  let asFar = 0;
  for (let split = 0; split < scores.length; split += 1) {
    const score = scores[split] ?? NaN;
    if (!Number.isFinite(score)) throw new StatisticsError('pValueOfSplits requires finite scores');
    if (score >= (scores[0] ?? NaN) - rounding) asFar += 1;
  }
  return asFar / scores.length;
};
