/** The kernel matrix of the values is the product of these columns with themselves, up to 1e-13 in every entry. */
export type KernelFactor = readonly Float64Array[];

/** What is left of a value's own entry, 1, when the columns so far are enough. */
const ENOUGH = 1e-13;
/** More columns than this, or than a quarter of the values, cost more than the pairs themselves. */
const COLUMNS_MAX = 200;

/**
 * The kernel matrix exp(−(x − y)²/square) of sorted values taken apart by Cholesky's method, each time from the value that is explained least. The
 * kernel is smooth, so some forty columns are enough for thousands of values without outliers; undefined where a few far ones need too many.
 * O(values · columns²). Source: Fine and Scheinberg, J. Machine Learning Research 2 (2001), 243-264.
 */
export const kernelFactor = (values: Float64Array, square: number): KernelFactor | undefined => {
  const [left, columns, most] = [new Float64Array(values.length).fill(1), [] as Float64Array[], Math.min(COLUMNS_MAX, values.length / 4)];
  for (;;) {
    const pivot = left.reduce((best, rest, i) => (rest > (left[best] ?? 0) ? i : best), 0);
    const rest = left[pivot] ?? 0;
    if (rest <= ENOUGH) return columns;
    if (columns.length >= most) return undefined;
    const [at, scale] = [values[pivot] ?? NaN, 1 / Math.sqrt(rest)];
    const column = values.map((value) => Math.exp(-((value - at) ** 2) / square));
    for (const earlier of columns) {
      const weight = earlier[pivot] ?? 0;
      for (let i = 0; i < column.length; i += 1) column[i] = (column[i] ?? 0) - weight * (earlier[i] ?? 0);
    }
    for (let i = 0; i < column.length; i += 1) {
      const part = (column[i] ?? 0) * scale;
      column[i] = part;
      left[i] = (left[i] ?? 0) - part * part;
    }
    // What rounding leaves of it must not be taken again.
    left[pivot] = 0;
    columns.push(column);
  }
};

/** Squared discrepancy of n and m values per split, without the pairs of a value with itself (unbiased). O(values · columns · splits). */
export const discrepanciesOfFactor = (
  factor: KernelFactor,
  splits: readonly Float64Array[],
  [n, m]: readonly [number, number],
): Float64Array => {
  const totals = factor.map((column) => column.reduce((sum, part) => sum + part, 0));
  return Float64Array.from(splits, (members) => {
    let [first, second, between] = [0, 0, 0];
    factor.forEach((column, at) => {
      let inside = 0;
      for (let i = 0; i < column.length; i += 1) inside += (column[i] ?? 0) * (members[i] ?? 0);
      const outside = (totals[at] ?? 0) - inside;
      first += inside * inside;
      second += outside * outside;
      between += inside * outside;
    });
    return (first - n) / (n * (n - 1)) + (second - m) / (m * (m - 1)) - (2 * between) / (n * m);
  });
};
