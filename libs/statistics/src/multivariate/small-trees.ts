import { codesOf } from '../estimation/feature-bins.js';
import { quantileOfSorted, sortedValues } from '../sorted.js';

/** Codes of a column: 0 for missing values, 1 to 31 for the others. */
const CODES = 32;
const LEVELS = 3;
const ROWS_PER_LEAF = 10;
const TREES = 10;
const LEARNING_RATE = 0.5;
/** Below this a gain is rounding. */
const MINIMAL_GAIN = 1e-12;

/** What the trees are grown with; recorded with what they say. */
export const SMALL_TREES = { trees: TREES, levels: LEVELS, rowsPerLeaf: ROWS_PER_LEAF, learningRate: LEARNING_RATE, bins: CODES - 1 };

/** Numbers (NaN where missing) as codes: at most 31 bins that hold about as many values each; equal values share a bin. O(n log n). */
export const codesOfColumn = (values: Float64Array): Uint8Array => {
  const present = sortedValues(values.filter((value) => !Number.isNaN(value)));
  const steps = CODES - 1;
  const cuts = Array.from({ length: steps - 1 }, (_, k) => quantileOfSorted(present, (k + 1) / steps));
  return codesOf({ cuts: Float64Array.from(new Set(cuts)) }, values);
};

/** For every leaf grown so far and every column and code: the sum of what is still missing and the number of rows, side by side. */
const histogramOf = (columns: readonly Uint8Array[], rest: Float64Array, leafOf: Uint8Array, histogram: Float64Array): void => {
  histogram.fill(0);
  const width = columns.length * CODES * 2;
  columns.forEach((codes, column) => {
    const base = column * CODES * 2;
    for (let row = 0; row < rest.length; row += 1) {
      const at = (leafOf[row] ?? 0) * width + base + (codes[row] ?? 0) * 2;
      histogram[at] = (histogram[at] ?? 0) + (rest[row] ?? 0);
      histogram[at + 1] = (histogram[at + 1] ?? 0) + 1;
    }
  });
};

type Split = { readonly column: number; readonly code: number };

/** The split of a leaf that lowers the squared error most; the first column and code where several do. Undefined: none leaves enough rows. */
const bestSplit = (histogram: Float64Array, leaf: number, columns: number): Split | undefined => {
  const from = leaf * columns * CODES * 2;
  let [sum, rows] = [0, 0];
  for (let at = from; at < from + CODES * 2; at += 2) {
    sum += histogram[at] ?? 0;
    rows += histogram[at + 1] ?? 0;
  }
  let [best, column, code] = [(sum * sum) / rows + MINIMAL_GAIN, -1, 0];
  for (let c = 0; c < columns; c += 1) {
    let [left, count] = [0, 0];
    for (let k = 0, at = from + c * CODES * 2; k < CODES - 1 && rows - count > ROWS_PER_LEAF; k += 1, at += 2) {
      left += histogram[at] ?? 0;
      count += histogram[at + 1] ?? 0;
      if (count < ROWS_PER_LEAF || rows - count < ROWS_PER_LEAF) continue;
      const gain = (left * left) / count + ((sum - left) * (sum - left)) / (rows - count);
      if (gain > best) [best, column, code] = [gain, c, k];
    }
  }
  return column < 0 ? undefined : { column, code };
};

/** Sends the rows of every leaf to one of the two below it; those of a leaf that is not split stay together, on the left. */
const descend = (columns: readonly Uint8Array[], splits: readonly (Split | undefined)[], leafOf: Uint8Array): void => {
  for (let row = 0; row < leafOf.length; row += 1) {
    const leaf = leafOf[row] ?? 0;
    const split = splits[leaf];
    leafOf[row] = leaf * 2 + (split && (columns[split.column]?.[row] ?? 0) > split.code ? 1 : 0);
  }
};

/** Adds to every row the mean of what is still missing among the learnt rows of its leaf. */
const addMeans = (leafOf: Uint8Array, rest: Float64Array, said: Float64Array): void => {
  const [sums, counts] = [new Float64Array(2 ** LEVELS), new Float64Array(2 ** LEVELS)];
  for (let row = 0; row < rest.length; row += 1) {
    const leaf = leafOf[row] ?? 0;
    sums[leaf] = (sums[leaf] ?? 0) + (rest[row] ?? 0);
    counts[leaf] = (counts[leaf] ?? 0) + 1;
  }
  for (let row = 0; row < said.length; row += 1) {
    const leaf = leafOf[row] ?? 0;
    const mean = LEARNING_RATE * ((sums[leaf] ?? 0) / Math.max(counts[leaf] ?? 0, 1));
    said[row] = (said[row] ?? 0) + mean;
    if (row < rest.length) rest[row] = (rest[row] ?? 0) - mean;
  }
};

/**
 * Learns numbers from the first rows of coded columns, as many as there are targets, and says one for every row: gradient boosting with squared error
 * of 10 trees that ask three questions each. Starts at 0, so answers rank and are no probabilities. Made to be grown a thousand times in a second or
 * two, where `gradientBoosting` is made to estimate well: nothing is drawn, and ties go to the first column and code.
 * O(trees · levels · rows · columns). Source: Friedman, Ann. Statist. 29 (2001), 1189-1232.
 */
export const boostSmallTrees = (columns: readonly Uint8Array[], target: Float64Array): Float64Array => {
  const rows = columns[0]?.length ?? 0;
  const [rest, said, leafOf] = [target.slice(), new Float64Array(rows), new Uint8Array(rows)];
  const histogram = new Float64Array(2 ** (LEVELS - 1) * columns.length * CODES * 2);
  for (let tree = 0; tree < TREES; tree += 1) {
    leafOf.fill(0);
    for (let level = 0; level < LEVELS; level += 1) {
      const leaves = 2 ** level;
      histogramOf(columns, rest, leafOf, histogram.subarray(0, leaves * columns.length * CODES * 2));
      const splits = Array.from({ length: leaves }, (_, leaf) => bestSplit(histogram, leaf, columns.length));
      descend(columns, splits, leafOf);
    }
    addMeans(leafOf, rest, said);
  }
  return said;
};
