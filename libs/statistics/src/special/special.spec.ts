import { describe, expect, it } from '@jest/globals';
import devianceOracle from '../oracles/deviance.json' with { type: 'json' };
import oracle from '../oracles/special.json' with { type: 'json' };
import { exactTail } from '../hypothesis/kolmogorov-smirnov-exact.js';
import { binomialProbability } from './binomial.js';
import { deviance } from './deviance.js';
import { kolmogorovTail, smirnovTail } from './kolmogorov.js';
import { logGamma, stirlingError } from './log-gamma.js';
import { logOnePlusMinus } from './log-one-plus-minus.js';
import { chiSquareTail, erfc, normalTail, upperGamma } from './regularised-gamma.js';

/** Relative to the expected value; probabilities below 1e-290 count as 0 on both sides. */
const near = (actual: number, expected: number, tolerance: number): number =>
  Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-290) <= tolerance ? expected : actual;

describe('special functions', () => {
  it.each(oracle.cases.upperGamma)('regularised gamma equals scipy for shape $a at $x', ({ a, x, value }) => {
    expect(near(upperGamma(a, x), value, 1e-11)).toBe(value);
  });

  it.each(oracle.cases.erfc)('erfc equals scipy at $x, far into the tail', ({ x, value }) => {
    expect(near(erfc(x), value, 1e-12)).toBe(value);
  });

  it.each(oracle.cases.kolmogorovTail)('the Kolmogorov tail of $n points equals scipy at $x in every region', ({ n, x, value }) => {
    expect(near(kolmogorovTail(n, x), value, 1e-9)).toBe(value);
  });

  it.each(oracle.cases.exactTail)('the exact two-sample tail of $m and $n equals scipy', ({ m, n, h, value }) => {
    expect(near(exactTail(m, n, h), value, 1e-11)).toBe(value);
  });

  it('is a probability everywhere, also where a step meets the end of the range exactly', () => {
    for (const n of [141, 1000, 4097, 20_000, 99_999]) {
      for (const x of [1 / 8, 0.1, 0.25, 0.4375, Math.sqrt(2.2 / n), Math.sqrt(369 / n)]) {
        expect(kolmogorovTail(n, x)).toBeGreaterThanOrEqual(0);
        expect(kolmogorovTail(n, x)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('loses nothing by adding only every k-th term of many', () => {
    const [n, x] = [4100, Math.sqrt(2.5 / 4100)];
    let sum = 0;
    for (let v = 0; v <= n * (1 - x); v += 1) sum += (x / (x + v / n)) * binomialProbability(v, n, x + v / n, -n * x);
    expect(near(smirnovTail(n, x), sum, 1e-12)).toBe(sum);
  });

  it('says 1 and 0 at the ends of every tail', () => {
    expect([upperGamma(3, 0), upperGamma(3, Infinity), kolmogorovTail(10, 0.01), kolmogorovTail(10, 1), kolmogorovTail(500, 0.9)]).toEqual([
      1, 0, 1, 0, 0,
    ]);
    expect([smirnovTail(10, 0), smirnovTail(10, 1), exactTail(5, 7, 0), exactTail(3, 5, 15)]).toEqual([
      1,
      0,
      1,
      near(exactTail(3, 5, 15), 2 / 56, 1e-14),
    ]);
    expect(normalTail(0)).toBeCloseTo(0.5, 15);
    expect(chiSquareTail(0, 4)).toBe(1);
  });

  it('refuses shapes, values and sizes outside the domain', () => {
    expect(() => upperGamma(0, 1)).toThrow('upperGamma requires a shape above 0 and a value of at least 0');
    expect(() => upperGamma(1, NaN)).toThrow('upperGamma requires');
    expect(() => kolmogorovTail(1.5, 0.1)).toThrow('kolmogorovTail requires a whole number of points above 0');
  });

  it('keeps the digits that a plain difference would cancel', () => {
    expect(logOnePlusMinus(1e-9)).toBeCloseTo(-5e-19, 27);
    expect(near(logOnePlusMinus(0.39), Math.log1p(0.39) - 0.39, 1e-14)).toBe(Math.log1p(0.39) - 0.39);
    expect(stirlingError(1)).toBeCloseTo(1 - 0.5 * Math.log(2 * Math.PI), 14);
    expect(logGamma(1)).toBeCloseTo(0, 14);
    expect(logGamma(11)).toBeCloseTo(Math.log(3628800), 12);
  });

  it.each(devianceOracle.cases)('a term of a divergence equals scipy for $x where $expected is expected', ({ x, expected, value }) => {
    if (value === 'Infinity') expect(deviance(x, expected)).toBe(Infinity);
    else expect(near(deviance(x, expected), Number(value), 1e-13)).toBe(value);
  });

  it('a term of a divergence keeps its digits where x is near what is expected', () => {
    expect(near(deviance(1, 1 + 2 ** -30), 2 ** -61, 1e-9)).toBe(2 ** -61);
    expect(deviance(7, 7)).toBe(0);
  });

  it('gives binomial probabilities that add up to one', () => {
    const total = Array.from({ length: 51 }, (_, x) => binomialProbability(x, 50, 0.3)).reduce((sum, p) => sum + p, 0);
    expect(total).toBeCloseTo(1, 13);
    expect([binomialProbability(0, 4, 0), binomialProbability(2, 4, 0), binomialProbability(4, 4, 1)]).toEqual([1, 0, 1]);
  });
});
