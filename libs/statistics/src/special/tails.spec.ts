import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/special-tails.json' with { type: 'json' };
import { fQuantile, fTail } from './f-distribution.js';
import { normalQuantile } from './normal-quantile.js';
import { regularisedBeta } from './regularised-beta.js';
import { erfc, normalTail } from './regularised-gamma.js';
import { studentTail } from './student-tail.js';

/** Relative distance from the exact value; a value of exactly 0 has to be met exactly. */
const error = (actual: number, exact: number): number => (actual === exact ? 0 : Math.abs(actual - exact) / Math.abs(exact));

const shape = fc.double({ min: 0.05, max: 5000, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('normal quantile', () => {
  it.each(oracle.cases.normalQuantile)('is exact to the last bits at $p', ({ p, value }) => {
    expect(error(normalQuantile(p), value)).toBeLessThan(1e-15);
  });

  it('is odd around one half, rises, and leaves the tail it was asked for', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 0.5, noNaN: true }), (p) => {
        expect(normalQuantile(1 - p)).toBeCloseTo(-normalQuantile(1 - (1 - p)), 12);
        expect(normalQuantile(p / 2)).toBeLessThan(normalQuantile(p));
        expect(error(normalTail(-normalQuantile(p)), p)).toBeLessThan(1e-12);
      }),
    );
  });

  it('is infinite at 0 and 1 and refuses what is no probability', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    for (const p of [-0.1, 1.1, NaN]) expect(() => normalQuantile(p)).toThrow('normalQuantile requires a probability between 0 and 1');
  });
});

describe('normal tail and complementary error function', () => {
  it.each(oracle.cases.normalTail)('the tail is exact to the last digits at $z, far into the tail', ({ z, value }) => {
    expect(error(normalTail(z), value)).toBeLessThan(3e-15);
  });

  it.each(oracle.cases.erfc)('erfc is exact to the last digits at $x, far into the tail', ({ x, value }) => {
    expect(error(erfc(x), value)).toBeLessThan(3e-15);
  });

  it('end at 0 and 1', () => {
    expect([normalTail(Infinity), normalTail(1e200), normalTail(-1e200), erfc(1e200), erfc(-Infinity)]).toEqual([0, 0, 1, 0, 2]);
  });
});

describe('regularised incomplete beta', () => {
  it.each(oracle.cases.regularisedBeta)('is exact to thirteen digits for $a, $b at $x', ({ a, b, x, value }) => {
    expect(error(regularisedBeta(a, b, x), value)).toBeLessThan(1e-13);
  });

  it('is a probability, and both tails add up to one', () => {
    fc.assert(
      fc.property(shape, shape, share, (a, b, x) => {
        const [below, above] = [regularisedBeta(a, b, x), regularisedBeta(b, a, 1 - x, x)];
        expect(below).toBeGreaterThanOrEqual(0);
        expect(below).toBeLessThanOrEqual(1);
        expect(below + above).toBeCloseTo(1, 12);
      }),
    );
  });

  it('never falls as the value rises', () => {
    fc.assert(
      fc.property(shape, shape, share, share, (a, b, x, y) => {
        const [low, high] = [Math.min(x, y), Math.max(x, y)];
        expect(regularisedBeta(a, b, low)).toBeLessThanOrEqual(regularisedBeta(a, b, high) * (1 + 1e-12));
      }),
    );
  });

  it('is 0 and 1 at the ends and refuses what lies outside', () => {
    expect([regularisedBeta(2, 3, 0), regularisedBeta(2, 3, 1)]).toEqual([0, 1]);
    for (const [a, b, x] of [
      [0, 1, 0.5],
      [1, Infinity, 0.5],
      [1, 1, -0.1],
      [1, 1, 1.1],
      [NaN, 1, 0.5],
      [1, 1, NaN],
    ] as const)
      expect(() => regularisedBeta(a, b, x)).toThrow('regularisedBeta requires shapes above 0 and a value between 0 and 1');
  });
});

describe('Student tail', () => {
  it.each(oracle.cases.studentTail)('is exact to thirteen digits at $t with $degrees degrees', ({ t, degrees, value }) => {
    expect(error(studentTail(t, degrees), value)).toBeLessThan(1e-13);
  });

  it.each(oracle.cases.studentTailLarge)('keeps them at $t with $degrees degrees, where the common fraction loses half', (given) => {
    expect(error(studentTail(given.t, given.degrees), given.value)).toBeLessThan(1e-13);
  });

  it('is one half at 0, the complement below, and 1 and 0 at the ends', () => {
    expect([studentTail(0, 3), studentTail(-Infinity, 3), studentTail(Infinity, 3)]).toEqual([0.5, 1, 0]);
    expect(studentTail(-2, 7)).toBe(1 - studentTail(2, 7));
    expect(error(studentTail(1, 1), 0.25)).toBeLessThan(1e-15);
  });

  it('approaches the normal tail', () => {
    for (const t of [1, 1.7, 1.8, 3]) expect(error(studentTail(t, 1e12), normalTail(t))).toBeLessThan(1e-10);
  });

  it('refuses degrees that are not finite and above 0', () => {
    for (const degrees of [0, -1, Infinity, NaN]) expect(() => studentTail(1, degrees)).toThrow('studentTail requires a number and finite');
    expect(() => studentTail(NaN, 3)).toThrow('studentTail requires a number');
  });
});

describe('the F distribution', () => {
  it.each(oracle.cases.fTail)(
    'has an exact tail at $x with $numerator and $denominator degrees',
    ({ x, numerator, denominator, value }) => {
      expect(error(fTail(x, numerator, denominator), value)).toBeLessThan(1e-13);
    },
  );

  it.each(oracle.cases.fQuantile)('equals scipy in the quantile that leaves $tail with $numerator and $denominator degrees', (given) => {
    expect(error(fQuantile(given.tail, given.numerator, given.denominator), given.value)).toBeLessThan(1e-12);
  });

  it('is 1 at zero and 0 at infinity, and back', () => {
    expect([fTail(0, 3, 9), fTail(Infinity, 3, 9)]).toEqual([1, 0]);
    expect([fQuantile(1, 3, 9), fQuantile(0, 3, 9)]).toEqual([0, Infinity]);
  });

  it('is the square of Student with one degree above', () => {
    for (const t of [0.1, 1, 2.5, 9]) expect(error(fTail(t * t, 1, 7), 2 * studentTail(t, 7))).toBeLessThan(1e-13);
  });

  it('refuses degrees and probabilities outside the domain', () => {
    expect(() => fTail(1, 0, 3)).toThrow('fTail requires finite degrees of freedom above 0');
    expect(() => fTail(NaN, 1, 3)).toThrow('fTail requires a number');
    expect(() => fQuantile(1.5, 1, 3)).toThrow('fQuantile requires a probability between 0 and 1');
    expect(() => fQuantile(0.5, 1, Infinity)).toThrow('fQuantile requires finite degrees of freedom above 0');
  });
});
