/**
 * Fisher's F distribution, for verdicts that estimate a variance from a few windows. Source: Abramowitz and Stegun 26.6;
 * continued fraction of the incomplete beta function after Lentz. Checked against scipy.stats.f to 1e-12.
 */

/** Coefficients of Lanczos' approximation for g = 7 (Godfrey), relative error below 1e-14 for positive arguments. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

const logGamma = (x: number): number => {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  const series = LANCZOS.reduce((sum, coefficient, i) => (i === 0 ? coefficient : sum + coefficient / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
};

const TINY = 1e-300;
const notZero = (x: number): number => (Math.abs(x) < TINY ? TINY : x);

const continuedFraction = (a: number, b: number, x: number): number => {
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / notZero(1 + even * d);
    c = notZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / notZero(1 + odd * d);
    c = notZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
};

/** Regularised incomplete beta function; `y` is 1 − x, given apart because the subtraction would lose it near 1. */
const incompleteBeta = (a: number, b: number, x: number, y: number): number => {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(y));
  return x < (a + 1) / (a + b + 2) ? (front * continuedFraction(a, b, x)) / a : 1 - (front * continuedFraction(b, a, y)) / b;
};

/** Probability that an F variable with these degrees of freedom is at least `x`. */
export const fTail = (x: number, numerator: number, denominator: number): number => {
  if (!(x > 0)) return 1;
  if (x === Infinity) return 0;
  const whole = denominator + numerator * x;
  return incompleteBeta(denominator / 2, numerator / 2, denominator / whole, (numerator * x) / whole);
};

/** The value that an F variable exceeds with probability `tail`; by bisection, to the last bits. */
export const fQuantile = (tail: number, numerator: number, denominator: number): number => {
  let [low, high] = [0, 1];
  while (fTail(high, numerator, denominator) > tail && high < 1e300) [low, high] = [high, high * 2];
  for (let i = 0; i < 200 && high - low > 1e-13 * high; i += 1) {
    const middle = (low + high) / 2;
    if (fTail(middle, numerator, denominator) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
