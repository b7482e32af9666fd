import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/kuiper.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { kuiper } from './kuiper.js';

const sample = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 40 });
const pValueOf = (reference: readonly number[], current: readonly number[]): number =>
  kuiper(sortedValues(reference), sortedValues(current)).pValue ?? NaN;

describe('kuiper', () => {
  it.each(oracle.cases.scored)('equals the sum of both one-sided differences of scipy: $name', ({ reference, current, score }) => {
    expect(kuiper(sortedValues(reference), sortedValues(current)).score).toBeCloseTo(score, 14);
  });

  it.each(oracle.cases.permuted)('gives the p-value that permutations give: $name', ({ reference, current, pValue }) => {
    // Four standard errors of 20,000 splits, and a tenth for the finite sample.
    expect(Math.abs(pValueOf(reference, current) - pValue)).toBeLessThan(4 * Math.sqrt((pValue * (1 - pValue)) / 20_000) + 0.1 * pValue);
  });

  it('is never below Kolmogorov-Smirnov', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const [a, b] = [sortedValues(x), sortedValues(y)];
        expect(kuiper(a, b).score).toBeGreaterThanOrEqual(kolmogorovSmirnov(a, b).score - 1e-15);
      }),
    );
  });

  it('does not care where a circle is cut: hours of the day score the same from noon on', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 23 }), { minLength: 1 }),
        fc.array(fc.integer({ min: 0, max: 23 }), { minLength: 1 }),
        (x, y) => {
          const fromNoon = (hours: readonly number[]): Float64Array => sortedValues(hours.map((hour) => (hour + 12) % 24));
          expect(kuiper(fromNoon(x), fromNoon(y)).score).toBeCloseTo(kuiper(sortedValues(x), sortedValues(y)).score, 14);
        },
      ),
    );
  });

  it('has a p-value that falls below what a difference from 1 can show', () => {
    const base = Array.from({ length: 200 }, (_, i) => i);
    const p = pValueOf(
      base,
      base.map((v) => v + 200),
    );
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThan(1e-70);
  });

  it('meets the published points of its limit', () => {
    // Stephens 1970, table 1: λ of 1.620, 1.747, 1.862 and 2.001 at 10, 5, 2.5 and 1 percent.
    const n = 20_000;
    for (const [lambda, level] of [
      [1.62, 0.1],
      [1.747, 0.05],
      [1.862, 0.025],
      [2.001, 0.01],
    ] as const) {
      // `late` values at the end of the other sample's order make D⁺ = late/n and D⁻ = 0; e = n/2.
      const root = Math.sqrt(n / 2);
      const late = Math.round((lambda / (root + 0.155 + 0.24 / root)) * n);
      const base = Array.from({ length: n }, (_, i) => i);
      expect(
        pValueOf(
          base,
          base.map((v) => v + late),
        ) / level,
      ).toBeCloseTo(1, 1);
    }
  });

  it('raises false alarms at no more than its nominal rate', () => {
    const random = seededRandom(13);
    const draw = (n: number): Float64Array => sortedValues(Array.from({ length: n }, random));
    for (const [n, m] of [
      [50, 50],
      [51, 40],
      [1000, 300],
    ] as const) {
      let alarms = 0;
      for (let i = 0; i < 1000; i += 1) if ((kuiper(draw(n), draw(m)).pValue ?? 1) <= 0.05) alarms += 1;
      expect(alarms / 1000).toBeGreaterThan(0.03);
      expect(alarms / 1000).toBeLessThan(0.06);
    }
  });

  it('finds nothing in a constant column and all there is where one side lies inside a gap of the other', () => {
    expect(kuiper([1, 1], [1, 1, 1])).toMatchObject({ score: 0, pValue: 1 });
    expect(kuiper([1, 2, 7, 8], [3, 4, 5, 6]).score).toBe(1);
  });
});
