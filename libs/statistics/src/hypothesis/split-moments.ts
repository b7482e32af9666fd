import { chiSquareTail, upperGamma } from '../special/regularised-gamma.js';

/** Mean, variance and skewness of a score over all ways to deal the rows out to the two samples. */
export type SplitMoments = { readonly mean: number; readonly variance: number; readonly skewness: number };

/**
 * Sums over rows that say how unevenly rows weigh. A row is the point y that is left of it when the rows together are centred and turned
 * into directions of unit sum of squares, and its leverage is h = |y|², between 0 and 1.
 * `squares` Σ h², `cubes` Σ h³, `triples` the sum over all pairs of rows of (y·y')³, `pull` |Σ h y|²; `dimension` the number of directions, Σ h.
 */
export type Leverages = {
  readonly dimension: number;
  readonly squares: number;
  readonly cubes: number;
  readonly triples: number;
  readonly pull: number;
};

/** Below this share of the squared mean a variance is rounding: every split scores the same. */
const NO_VARIANCE = 1e-9;

/** Rows that the third moment needs. */
export const ROWS_MIN = 6;

/** Probability that of a + b rows chosen one after the other the first a are of a sample of n and the rest of the other of m. */
const chosen = (a: number, b: number, n: number, m: number): number => {
  let probability = 1;
  for (let i = 0; i < a; i += 1) probability *= (n - i) / (n + m - i);
  for (let i = 0; i < b; i += 1) probability *= (m - i) / (n + m - a - i);
  return probability;
};

/**
 * Exact moments of R², the share of the variation of all rows that lies between the samples (n + m − 1 of it is Hotelling's, Pearson's χ² is
 * n + m of it), over all splits of the rows into samples of n and m. At least six rows.
 *
 * R² is |Σ y|² over the rows of one sample, times (n + m)/(n·m). Its powers are sums over tuples of rows; whether the rows of a tuple are in the
 * sample depends on how many different ones they are, so a sum over partitions of the tuple's places is left, of which all with a row
 * that stands alone vanish, since Σ y = 0. What remains of the third power are the partitions 6, 4 + 2, 3 + 3 and 2 + 2 + 2.
 * Source: the moments of permuted quadratic forms, Kazi-Aoual et al., Computational Statistics & Data Analysis 20 (1995), 643-656, for two samples.
 */
export const splitMoments = (leverages: Leverages, [n, m]: readonly [number, number]): SplitMoments => {
  const { dimension, squares, cubes, triples, pull } = leverages;
  const [one, two, three] = [chosen(1, 1, n, m), chosen(2, 2, n, m), chosen(3, 3, n, m)];
  const uneven = chosen(2, 4, n, m) + chosen(4, 2, n, m) - 2 * three;
  const scale = (n + m) / n / m;
  const mean = one * dimension * scale;
  const second = ((one - 6 * two) * squares + two * (dimension ** 2 + 2 * dimension)) * scale ** 2;
  const third =
    ((one - 30 * two + 120 * three) * cubes +
      (two - 6 * three) * (3 * dimension + 12) * squares +
      uneven * (4 * triples + 6 * pull) +
      three * (dimension ** 3 + 6 * dimension ** 2 + 8 * dimension)) *
    scale ** 3;
  const variance = second - mean ** 2;
  if (!(variance > NO_VARIANCE * mean ** 2)) return { mean, variance: 0, skewness: 0 };
  return { mean, variance, skewness: (third - 3 * mean * second + 2 * mean ** 3) / variance ** 1.5 };
};

/** The moments of a multiple of the score. */
export const scaledMomentsOf = ({ mean, variance, skewness }: SplitMoments, factor: number): SplitMoments => ({
  mean: mean * factor,
  variance: variance * factor ** 2,
  skewness,
});

/** Less skew than this is none: the shape below would be larger than the gamma function is made for. */
const SKEWNESS_MIN = 1e-3;

/**
 * Probability of a score at least this large by the gamma distribution, shifted and scaled (Pearson's type III), with these three moments: for those of
 * chi-square it is chi-square. Without skew to the right, by the scaled one that has mean and variance. Where every split scores the same, and of 0: 1.
 */
export const tailOfMoments = (score: number, { mean, variance, skewness }: SplitMoments): number => {
  if (variance === 0 || score <= 0) return 1;
  if (!(skewness > SKEWNESS_MIN)) return chiSquareTail((2 * score * mean) / variance, (2 * mean ** 2) / variance);
  const shape = (2 / skewness) ** 2;
  const at = shape + Math.sqrt(shape / variance) * (score - mean);
  return at > 0 ? upperGamma(shape, at) : 1;
};
