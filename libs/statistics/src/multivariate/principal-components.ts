import { symmetricEigen } from '../special/symmetric-eigen.js';
import { CompensatedSum } from '../summation.js';
import { type Pooled, type PooledColumn } from './table.js';

/** Share of the variance that the components have to explain. */
export const EXPLAINED = 0.65;

/** Rows of numbers in deviations of the reference, `dimension` of them a row. */
type Standardised = { readonly rows: number; readonly dimension: number; readonly numbers: Float64Array };

/** What of each row the components do not explain (its length), and how many there are. */
export type Reconstruction = { readonly errors: Float64Array; readonly components: number };

/** Numbers, missing ones as the mean of the reference. */
const filledNumbers = (values: Float64Array, members: Float64Array): Float64Array => {
  const sum = new CompensatedSum();
  let present = 0;
  values.forEach((value, row) => {
    if (members[row] !== 1 || Number.isNaN(value)) return;
    sum.add(value);
    present += 1;
  });
  const mean = present === 0 ? 0 : sum.value / present;
  return values.map((value) => (Number.isNaN(value) ? mean : value));
};

/** Words as their share of the reference, missing ones as its most frequent word (the first in order of letters where several are). */
const frequencies = (codes: Int32Array, words: number, members: Float64Array): Float64Array => {
  const counts = new Float64Array(words);
  let [n, missing] = [0, 0];
  codes.forEach((code, row) => {
    if (members[row] !== 1) return;
    n += 1;
    if (code < 0) missing += 1;
    else counts[code] = (counts[code] ?? 0) + 1;
  });
  const most = counts.reduce((best, count, code) => (count > (counts[best] ?? 0) ? code : best), 0);
  if (words > 0) counts[most] = (counts[most] ?? 0) + missing;
  return Float64Array.from(codes, (code) => (counts[code < 0 ? most : code] ?? 0) / n);
};

const encoded = (column: PooledColumn, members: Float64Array): Float64Array =>
  column.kind === 'numeric' ? filledNumbers(column.values, members) : frequencies(column.codes, column.words, members);

/** Mean and deviation over the members; a deviation that rounding alone made is 1, scikit-learn's bound. */
const scaleOf = (values: Float64Array, members: Float64Array): { readonly mean: number; readonly deviation: number } => {
  const [sum, squares] = [new CompensatedSum(), new CompensatedSum()];
  let n = 0;
  values.forEach((value, row) => {
    if (members[row] !== 1) return;
    sum.add(value);
    n += 1;
  });
  const mean = sum.value / n;
  values.forEach((value, row) => {
    if (members[row] === 1) squares.add((value - mean) ** 2);
  });
  const variance = squares.value / n;
  const isConstant = variance <= n * Number.EPSILON * variance + (n * mean * Number.EPSILON) ** 2;
  return { mean, deviation: isConstant ? 1 : Math.sqrt(variance) };
};

const standardisedBy = ({ n, m, columns }: Pooled, members: Float64Array): Standardised => {
  const [rows, dimension] = [n + m, columns.length];
  const numbers = new Float64Array(rows * dimension);
  columns.forEach((column, at) => {
    const values = encoded(column, members);
    const { mean, deviation } = scaleOf(values, members);
    for (let row = 0; row < rows; row += 1) numbers[row * dimension + at] = ((values[row] ?? 0) - mean) / deviation;
  });
  return { rows, dimension, numbers };
};

/** Sums of products of the columns over the members; plain sums, since a component needs no sixteen digits. */
const products = ({ rows, dimension, numbers }: Standardised, members: Float64Array): number[][] => {
  const sums = Array.from({ length: dimension }, () => new Array<number>(dimension).fill(0));
  for (let row = 0; row < rows; row += 1) {
    if (members[row] !== 1) continue;
    const at = row * dimension;
    for (let i = 0; i < dimension; i += 1) {
      const [value, line] = [numbers[at + i] ?? 0, sums[i] ?? []];
      for (let j = 0; j <= i; j += 1) line[j] = (line[j] ?? 0) + value * (numbers[at + j] ?? 0);
    }
  }
  return sums.map((line, i) => line.map((_, j) => (j <= i ? line[j] : sums[j]?.[i]) ?? 0));
};

/** Directions that are left out: all but the first whose share of the variance is above `EXPLAINED`. */
const leftOut = (matrix: readonly (readonly number[])[]): Float64Array[] => {
  const { values, vectors } = symmetricEigen(matrix);
  const order = values.map((_, i) => i).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  const total = values.reduce((sum, value) => sum + value, 0);
  let [kept, sum] = [0, 0];
  while (kept < order.length && !(sum > EXPLAINED * total) && total > 0) sum += values[order[kept++] ?? 0] ?? 0;
  return order.slice(kept).map((i) => Float64Array.from(vectors[i] ?? []));
};

/**
 * Principal components of the rows whose member is 1, and what of every row they do not explain.
 *
 * Missing numbers are the members' mean, missing words their most frequent; words become their share among the members (unseen: 0); columns are
 * standardised on the members (a constant one stays as it is). As many components as explain more than 65 % of the variance; the error of a
 * row is the length of the rest. Where two directions explain exactly as much as each other, which of them is kept is arbitrary.
 * O(rows · columns² + columns³). The caller has checked the table.
 */
export const reconstruct = (pooled: Pooled, members: Float64Array): Reconstruction => {
  const table = standardisedBy(pooled, members);
  const { rows, dimension, numbers } = table;
  const rest = leftOut(products(table, members));
  const errors = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    let squares = 0;
    for (const direction of rest) {
      let along = 0;
      for (let i = 0, at = row * dimension; i < dimension; i += 1, at += 1) along += (direction[i] ?? 0) * (numbers[at] ?? 0);
      squares += along * along;
    }
    errors[row] = Math.sqrt(squares);
  }
  return { errors, components: dimension - rest.length };
};
