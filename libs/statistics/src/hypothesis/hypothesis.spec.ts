import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countBuckets } from '../binning/bucket-counts.js';
import { gridFrom } from '../binning/grid.js';
import chiSquareOracle from '../oracles/chi-square.json' with { type: 'json' };
import kolmogorovOracle from '../oracles/kolmogorov-smirnov.json' with { type: 'json' };
import { sortedValues } from '../sorted.js';
import { chiSquare } from './chi-square.js';
import { kolmogorovSmirnov, kolmogorovSmirnovOfBuckets } from './kolmogorov-smirnov.js';

const sample = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 50 });

/** Seeded uniform numbers (mulberry32). */
const uniform = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

describe('kolmogorov-smirnov', () => {
  it.each(kolmogorovOracle.cases)('equals scipy in score and p-value: $name', ({ reference, current, score, pValue }) => {
    const result = kolmogorovSmirnov(sortedValues(reference), sortedValues(current));
    expect(result.score).toBeCloseTo(score, 14);
    expect(Math.abs((result.pValue ?? -1) - pValue)).toBeLessThanOrEqual(1e-10 * Math.max(pValue, 1e-5));
  });

  it('is 1 where the samples do not overlap', () => {
    expect(kolmogorovSmirnov([1, 2, 3], [3.5, 4]).score).toBe(1);
  });

  it('switches to the asymptotic tail above ten thousand values, as scipy does', () => {
    const many = Array.from({ length: 10_001 }, (_, i) => i);
    expect(kolmogorovSmirnov(many, [1, 2]).parameters).toMatchObject({ tail: 'asymptotic' });
    expect(kolmogorovSmirnov(many.slice(1), [1, 2]).parameters).toMatchObject({ tail: 'exact' });
  });

  it('from buckets is never above the exact score, and below it by less than the largest bucket', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const grid = gridFrom(x);
        const [a, b] = [countBuckets(x, grid), countBuckets(y, grid)];
        const exact = kolmogorovSmirnov(sortedValues(x), sortedValues(y)).score;
        const bucketed = kolmogorovSmirnovOfBuckets(a, b).score;
        const largest = Math.max(...[...a.values()].map((n) => n / x.length), ...[...b.values()].map((n) => n / y.length));
        expect(bucketed).toBeLessThanOrEqual(exact + 1e-12);
        expect(bucketed).toBeGreaterThanOrEqual(exact - largest - 1e-12);
      }),
    );
  });
});

describe('chi-square', () => {
  it.each(chiSquareOracle.cases)(
    'equals scipy, and its p-value too where enough are expected: $name',
    ({ reference, current, score, pValue, degrees }) => {
      const result = chiSquare(reference, current);
      expect(Math.abs(result.score - score)).toBeLessThanOrEqual(1e-10 * Math.max(1, score));
      expect(result.parameters).toMatchObject({ degrees });
      if (result.parameters['correction'] === 'moments') return;
      expect(Math.abs((result.pValue ?? -1) - pValue)).toBeLessThanOrEqual(1e-10 * Math.max(pValue, 1e-9));
      expect(result.parameters).toMatchObject({ correction: degrees === 1 ? 'yates' : 'none' });
    },
  );

  it('finds nothing in a constant column', () => {
    expect(chiSquare([10], [99])).toMatchObject({ score: 0, pValue: 1 });
  });

  it('raises false alarms at its nominal rate for unequal sizes, where Evidently and whylogs test against the reference as if it were exact', () => {
    const random = uniform(7);
    const draw = (n: number): number[] => {
      const counts = [0, 0, 0, 0];
      for (let i = 0; i < n; i += 1) {
        const u = random();
        const bin = u < 0.4 ? 0 : u < 0.7 ? 1 : u < 0.9 ? 2 : 3;
        counts[bin] = (counts[bin] ?? 0) + 1;
      }
      return counts;
    };
    let alarms = 0;
    for (let i = 0; i < 1500; i += 1) if ((chiSquare(draw(900), draw(300)).pValue ?? 1) < 0.05) alarms += 1;
    expect(alarms / 1500).toBeGreaterThan(0.035);
    expect(alarms / 1500).toBeLessThan(0.065);
  });
});
