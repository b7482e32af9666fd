import { StatisticsError } from '../errors.js';

/** A polynomial, the coefficient of the highest power first, by Horner's rule. */
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

/** Numerator and denominator of one region of the approximation, in Wichura's letters. */
type Ratio = readonly [numerator: readonly number[], denominator: readonly number[]];

/** a and b: |p − ½| ≤ 0.425. */
const CENTRE: Ratio = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513, 133.14166789178438,
    3.3871328727963665,
  ],
  [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579, 42.31333070160091,
    1,
  ],
];

/** c and d: down to a tail of e^(−25). */
const SHOULDER: Ratio = [
  [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045, 5.769497221460691,
    4.630337846156546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851, 1.6763848301838038,
    2.053191626637759, 1,
  ],
];

/** e and f: the rest, down to the smallest double. */
const TAIL: Ratio = [
  [
    2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487, 1.7848265399172913,
    5.463784911164114, 6.657904643501103,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548, 0.0007868691311456133, 0.014875361290850615, 0.1369298809227358,
    0.599832206555888, 1,
  ],
];

const ratio = ([numerator, denominator]: Ratio, x: number): number => polynomial(numerator, x) / polynomial(denominator, x);

/**
 * Quantile of the standard normal distribution: the z that a normal variable stays below with probability p. Rises from −∞ at 0 over 0 at ½
 * to ∞ at 1; odd around ½. Relative error about 1e-16 of the exact quantile of the double p; p near 1 holds few digits of its distance from
 * 1, so take −normalQuantile(tail) for an upper tail. O(1). Source: Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988), 477-484.
 * Oracle: oracles/special-tails.json (mpmath at 60 digits; tolerance 1e-15 relative, which is some four units in the last place).
 * @param p probability, 0 to 1
 * @throws StatisticsError `normalQuantile requires a probability between 0 and 1`
 * @example normalQuantile(0.975) // 1.959963984540054
 */
export const normalQuantile = (p: number): number => {
  if (!(p >= 0 && p <= 1)) throw new StatisticsError('normalQuantile requires a probability between 0 and 1');
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return Math.sign(q) * Infinity;
  const r = Math.sqrt(-Math.log(tail));
  return Math.sign(q) * (r <= 5 ? ratio(SHOULDER, r - 1.6) : ratio(TAIL, r - 5));
};
