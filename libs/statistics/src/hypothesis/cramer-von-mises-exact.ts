import { leastCommonMultiple } from './kolmogorov-smirnov-exact.js';

/** How often each value of a statistic occurs; values ascending. */
type Frequencies = { readonly values: Float64Array; readonly counts: Float64Array };

const EMPTY: Frequencies = { values: new Float64Array(0), counts: new Float64Array(0) };

/** Both tables added up, every value then raised by `shift`. */
const merged = (a: Frequencies, b: Frequencies, shift: number): Frequencies => {
  const size = a.values.length + b.values.length;
  const [values, counts] = [new Float64Array(size), new Float64Array(size)];
  let [i, j, k] = [0, 0, 0];
  while (i < a.values.length || j < b.values.length) {
    const [x, y] = [a.values[i] ?? Infinity, b.values[j] ?? Infinity];
    const at = Math.min(x, y);
    values[k] = at + shift;
    counts[k] = (x === at ? (a.counts[i++] ?? 0) : 0) + (y === at ? (b.counts[j++] ?? 0) : 0);
    k += 1;
  }
  return { values: values.subarray(0, k), counts: counts.subarray(0, k) };
};

/**
 * Share of the orders of m and n values from one continuous distribution in which Σ (v·lcm/n − u·lcm/m)², over all points (u, v) of the
 * path that counts both samples, reaches at least `least`. One table of frequencies per point, a row of them at a time; whole numbers
 * throughout, so exact while the number of orders is below 2⁵³ (m and n up to 28). Source: Xiao, Gordon and Yakovlev, Journal of
 * Statistical Software 17/8 (2006).
 */
export const exactCramerVonMisesTail = (m: number, n: number, least: number): number => {
  const lcm = leastCommonMultiple(m, n);
  const [stepU, stepV] = [lcm / m, lcm / n];
  let row: Frequencies[] = [];
  for (let u = 0; u <= m; u += 1) {
    const next: Frequencies[] = [];
    for (let v = 0; v <= n; v += 1) {
      const start = { values: new Float64Array(1), counts: new Float64Array([1]) };
      const [below, left] = u === 0 && v === 0 ? [start, EMPTY] : [row[v] ?? EMPTY, next[v - 1] ?? EMPTY];
      next.push(merged(below, left, (v * stepV - u * stepU) ** 2));
    }
    row = next;
  }
  const { values, counts } = row[n] ?? EMPTY;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, i) => sum + ((values[i] ?? 0) >= least ? count : 0), 0) / total;
};
