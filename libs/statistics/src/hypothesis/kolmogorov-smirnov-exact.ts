const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** Equal sizes: the reflection principle gives the tail as an alternating sum, folded like Horner's rule against cancellation. */
const equalSizes = (n: number, h: number): number => {
  let p = 0;
  for (let k = Math.floor(n / h); k >= 0; k -= 1) {
    let ratio = 1;
    for (let j = 0; j < h; j += 1) ratio = ((n - k * h - j) * ratio) / (n + k * h + j + 1);
    p = ratio * (1 - p);
  }
  return 2 * p;
};

/** Share of lattice paths from (0, 0) to (m, n), m ≥ n, that leave the strip |x/m − y/n| < h/lcm; a row holds P(left before (i, j)). */
const unequalSizes = (m: number, n: number, h: number): number => {
  const g = greatestCommonDivisor(m, n);
  const [stepX, stepY] = [n / g, m / g];
  const row = new Float64Array(n + 1).fill(1);
  row.fill(0, 0, Math.min(Math.ceil(h / stepY), n + 1));
  for (let i = 1; i <= m; i += 1) {
    const from = Math.max(Math.floor((i * stepX - h) / stepY) + 1, 0);
    const until = Math.min(Math.ceil((i * stepX + h) / stepY), n + 1);
    if (until <= from) return 1;
    let left = from === 0 ? 0 : 1;
    for (let j = from; j < until; j += 1) {
      left = ((row[j] ?? 1) * i + left * j) / (i + j);
      row[j] = left;
    }
  }
  return row[n] ?? 1;
};

/**
 * Exact probability that two samples of m and n values from one continuous distribution differ by at least h/lcm(m, n) between their
 * distribution functions. Range 1 to 0, without cancellation in the tail. O(1) memory per row; about m·n·d steps, O(n) for m = n.
 * Source: Hodges, Arkiv för Matematik 3 (1958), 469-486. Agrees with `scipy.stats.ks_2samp(method='exact')`.
 */
export const exactTail = (m: number, n: number, h: number): number => {
  if (h === 0) return 1;
  const p = m === n ? equalSizes(m, h) : unequalSizes(Math.max(m, n), Math.min(m, n), h);
  return Math.min(Math.max(p, 0), 1);
};

/** Least common multiple of two sample sizes: the difference of two empirical distribution functions is a multiple of its inverse. */
export const leastCommonMultiple = (m: number, n: number): number => (m / greatestCommonDivisor(m, n)) * n;
