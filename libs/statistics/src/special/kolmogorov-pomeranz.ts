const LARGE = 2 ** 128;

/** w, w²/2!, w³/3!, …: Poisson weights without their common factor. */
const weights = (w: number, count: number): number[] => {
  const out = [1];
  for (let m = 1; m < count; m += 1) out.push(((out[m - 1] ?? 0) * w) / m);
  return out;
};

/** Corridor of one row: how many points may lie below its level, and how far the level is above the one before. */
type Row = { readonly from: number; readonly to: number; readonly step: number };

/**
 * Rows 1 … 2n + 1. The levels are g, 1 − g, 1 + g, 2 − g, …, n − g, n with g the distance of t = n·x from the nearest integer; they are
 * kept as whole part and fraction, because level − t is a whole number in half of the rows and must not be off by a rounding error.
 */
const rowAt = (i: number, n: number, t: number): Row => {
  const whole = Math.floor(t);
  const f = t - whole;
  const g = Math.min(f, 1 - f);
  const last = i === 2 * n + 1;
  const fraction = last ? 0 : i % 2 === 1 ? g : -g;
  const base = last ? n : Math.floor(i / 2);
  return {
    from: Math.max(base - whole + Math.floor(fraction - f) + 1, 0),
    to: Math.min(base + whole + Math.ceil(fraction + f) - 1, n),
    step: i === 1 || last ? g : i % 2 === 1 ? 2 * g : 1 - 2 * g,
  };
};

/**
 * Probability that the Kolmogorov statistic of n points stays below x, by Pomeranz' recursion over lattice levels: row by row the
 * numbers of points that may lie below each level, each row a Poisson convolution of the one before. O(n²·x) steps; used for n ≤ 140.
 * Source: Pomeranz, CACM 17 (1974), 703; Brown and Harvey, JSS 19/6 (2007).
 */
export const pomeranz = (n: number, x: number): number => {
  const t = n * x;
  let row = new Float64Array(n + 1);
  row[0] = 1;
  let exponent = 0;
  let [low, high] = [0, 0];
  for (let i = 1; i <= 2 * n + 1; i += 1) {
    const { from, to, step: width } = rowAt(i, n, t);
    const step = weights(width / n, to - low + 1);
    const next = new Float64Array(n + 1);
    let largest = 0;
    for (let j = from; j <= to; j += 1) {
      let sum = 0;
      for (let k = low; k <= Math.min(j, high); k += 1) sum += (row[k] ?? 0) * (step[j - k] ?? 0);
      next[j] = sum;
      largest = Math.max(largest, sum);
    }
    if (largest > 0 && largest < 1 / LARGE) {
      for (let j = from; j <= to; j += 1) next[j] = (next[j] ?? 0) * LARGE;
      exponent -= 128;
    }
    [row, low, high] = [next, from, to];
  }
  return unscaled(row[n] ?? 0, n, exponent);
};

/** p · n! · 2^exponent, kept within a double on the way. */
const unscaled = (p: number, n: number, exponent: number): number => {
  let [value, shift] = [p, exponent];
  for (let m = 1; m <= n; m += 1) {
    if (value > LARGE) {
      value /= LARGE;
      shift += 128;
    }
    value *= m;
  }
  for (; shift > 0; shift -= 128) value *= LARGE;
  for (; shift < 0; shift += 128) value /= LARGE;
  return value;
};
