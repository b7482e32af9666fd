/** A square matrix by rows, its size, and the power of two taken out of it. */
type Scaled = { readonly values: Float64Array; readonly exponent: number };

const LARGE = 2 ** 128;

const multiply = (a: Float64Array, b: Float64Array, m: number): Float64Array => {
  const out = new Float64Array(m * m);
  for (let i = 0; i < m; i += 1) {
    for (let k = 0; k < m; k += 1) {
      const factor = a[i * m + k] ?? 0;
      if (factor === 0) continue;
      for (let j = 0; j < m; j += 1) out[i * m + j] = (out[i * m + j] ?? 0) + factor * (b[k * m + j] ?? 0);
    }
  }
  return out;
};

/** Keeps the middle element below 2^128: powers of the matrix grow beyond a double. */
const rescale = ({ values, exponent }: Scaled, middle: number): Scaled =>
  Math.abs(values[middle] ?? 0) > LARGE ? { values: values.map((value) => value / LARGE), exponent: exponent + 128 } : { values, exponent };

/** Durbin's matrix for n·x = k − h: ones over factorials below the first superdiagonal, corrected by h at its left and lower border. */
const initial = (k: number, h: number): Float64Array => {
  const m = 2 * k - 1;
  const matrix = new Float64Array(m * m);
  const inverseFactorial = [1];
  for (let j = 1; j <= m; j += 1) inverseFactorial.push((inverseFactorial[j - 1] ?? 0) / j);
  for (let i = 0; i < m; i += 1) {
    for (let j = 1; j <= Math.min(i + 1, m - 1); j += 1) matrix[i * m + j] = inverseFactorial[i - j + 1] ?? 0;
  }
  for (let i = 0; i < m; i += 1) {
    const border = (1 - h ** (i + 1)) * (inverseFactorial[i + 1] ?? 0);
    matrix[i * m] = border;
    matrix[(m - 1) * m + (m - 1 - i)] = border;
  }
  matrix[(m - 1) * m] = (1 - 2 * h ** m + Math.max(2 * h - 1, 0) ** m) * (inverseFactorial[m] ?? 0);
  return matrix;
};

const power = (matrix: Float64Array, m: number, n: number, middle: number): Scaled => {
  let base: Scaled = { values: matrix, exponent: 0 };
  let result: Scaled | undefined;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) {
      const product = result && { values: multiply(result.values, base.values, m), exponent: result.exponent + base.exponent };
      result = rescale(product ?? base, middle);
    }
    base = rescale({ values: multiply(base.values, base.values, m), exponent: 2 * base.exponent }, middle);
  }
  return result ?? base;
};

/**
 * Probability that the Kolmogorov statistic of n points stays below x, by Durbin's matrix: the middle element of n!/nⁿ · Hⁿ, where H has
 * size 2⌈nx⌉ − 1. Good to some 13 digits; O(size³ log n), so for small n·x. Source: Marsaglia, Tsang and Wang, JSS 8/18 (2003).
 */
export const durbinMatrix = (n: number, x: number): number => {
  const k = Math.ceil(n * x);
  const m = 2 * k - 1;
  const middle = (k - 1) * m + (k - 1);
  const { values, exponent } = power(initial(k, k - n * x), m, n, middle);
  let p = values[middle] ?? 0;
  let shift = exponent;
  for (let i = 1; i <= n; i += 1) {
    p = (i * p) / n;
    if (Math.abs(p) < 1 / LARGE) {
      p *= LARGE;
      shift -= 128;
    }
  }
  // In steps: 2^shift alone may not be a double although p · 2^shift is.
  for (; shift > 0; shift -= 128) p *= LARGE;
  for (; shift < 0; shift += 128) p /= LARGE;
  return p;
};
