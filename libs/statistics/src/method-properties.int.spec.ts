import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StatisticsError } from './errors.js';
import { type BinsMethod, type DistributionMethod } from './method.js';
import { METHODS } from './methods.js';
import { type MethodId } from './method-ids.js';
import { sortedValues } from './sorted.js';

const OF_VALUES = METHODS.filter((method): method is DistributionMethod => method.needs === 'distribution').map(
  (method) => [method.id, method] as const,
);
const OF_BINS = METHODS.filter((method): method is BinsMethod => method.needs === 'bins').map((method) => [method.id, method] as const);

/** What the score of a feature in eighths of its unit is multiplied by; 1 where not listed. */
const SCALES: Partial<Record<MethodId, number>> = { wasserstein: 8, energy_distance: Math.sqrt(8) };
/** Methods to which the reference is the measure. */
const ONE_WAY: readonly MethodId[] = ['wasserstein_normalised', 'kullback_leibler'];
/** Methods that take values in any order. */
const UNORDERED: readonly MethodId[] = ['welch_t', 'student_t'];
/** Tests of two categories. */
const OF_TWO: readonly MethodId[] = ['fisher_exact', 'two_proportion_z'];

const nameOf = (id: MethodId): string => id.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const isNear = (x: number, y: number, tolerance = 1e-9): boolean => Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(y));

/** Eighths, so that a scale of 8 and a shift by whole numbers lose nothing; half of the samples tied. */
const sample = fc.oneof(
  fc.array(
    fc.integer({ min: -800, max: 800 }).map((eighths) => eighths / 8),
    { minLength: 21, maxLength: 40 },
  ),
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 21, maxLength: 40 }),
);
/** Pairs whose middle halves vary on each side, which every method can measure. */
const varies = (sorted: Float64Array): boolean => (sorted[sorted.length >> 2] ?? 0) < (sorted[(sorted.length * 3) >> 2] ?? 0);
const pairs = fc
  .tuple(sample, sample)
  .map(([x, y]) => [sortedValues(x), sortedValues(y)] as const)
  .filter(([x, y]) => varies(x) && varies(y));

describe.each(OF_VALUES)('%s of values', (id, { fromSorted, range }) => {
  it('is lowest, with a p-value near 1, for a sample and itself, or below 0 where that is not the least, and leaves its input as it was', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const [before, other] = [[...a], [...b]];
        const { score } = fromSorted(a, b);
        expect([[...a], [...b]]).toEqual([before, other]);
        const own = fromSorted(a, a);
        if (range.startsWith('0 = ')) expect(own.score).toBe(0);
        else expect(own.score).toBeLessThan(0);
        // A smaller sample may lie in another by chance closer than itself, when pairs of a value with itself are left out.
        if (id !== 'mmd') expect(own.score).toBeLessThanOrEqual(score + 1e-12);
        expect(own.pValue ?? 1).toBeGreaterThan(0.9);
      }),
      { numRuns: 25 },
    );
  });

  it('is the same with the sides exchanged, unless the reference is its measure', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const [there, back] = [fromSorted(a, b), fromSorted(b, a)];
        if (ONE_WAY.includes(id)) return;
        expect(isNear(back.score, there.score, 1e-6)).toBe(true);
        expect(isNear(back.pValue ?? 1, there.pValue ?? 1, id === 'mmd' ? 0.15 : 1e-6)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('knows what the unit of the feature does to it', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const scaled = fromSorted(
          a.map((value) => value * 8),
          b.map((value) => value * 8),
        );
        const { score, pValue } = fromSorted(a, b);
        expect(isNear(scaled.score, score * (SCALES[id] ?? 1))).toBe(true);
        expect(scaled.pValue).toEqual(pValue === undefined ? undefined : expect.closeTo(pValue, 9));
      }),
      { numRuns: 25 },
    );
  });

  it('does not see a shift that both sides share', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const moved = fromSorted(
          a.map((value) => value + 1024),
          b.map((value) => value + 1024),
        );
        expect(isNear(moved.score, fromSorted(a, b).score, 1e-6)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('grows, its p-value falling, as one side is shifted away', () => {
    const base = Array.from({ length: 60 }, (_, i) => i);
    const results = [0, 5, 15, 30].map((shift) =>
      fromSorted(
        base,
        base.map((value) => value + shift),
      ),
    );
    results.slice(1).forEach(({ score, pValue = 1 }, i) => {
      expect(score).toBeGreaterThan(results[i]?.score ?? NaN);
      expect(pValue).toBeLessThanOrEqual(results[i]?.pValue ?? 1);
    });
  });

  it('answers to constant columns with numbers, or refuses them by its name', () => {
    for (const [a, b] of [
      [new Array<number>(6).fill(7), new Array<number>(8).fill(7)],
      [new Array<number>(6).fill(7), new Array<number>(8).fill(9)],
    ] as const) {
      try {
        const { score, pValue = 1 } = fromSorted(a, b);
        expect(Number.isFinite(score)).toBe(true);
        expect(pValue >= 0 && pValue <= 1).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(StatisticsError);
        expect(String(error)).toContain(`${nameOf(id)} requires`);
      }
    }
  });

  it('refuses samples that are empty, not finite or, where order matters, not in order', () => {
    const good = [1, 2, 3, 4, 5, 6];
    for (const bad of [[], [1, 2, 3, 4, 5, NaN], [1, 2, 3, 4, 5, Infinity], [-Infinity, 2, 3, 4, 5, 6]]) {
      expect(() => fromSorted(good, bad)).toThrow(StatisticsError);
      expect(() => fromSorted(bad, good)).toThrow(`${nameOf(id)} requires`);
    }
    if (UNORDERED.includes(id))
      expect(isNear(fromSorted([...good].reverse(), [2, 9, 4]).score, fromSorted(good, [2, 4, 9]).score)).toBe(true);
    else expect(() => fromSorted([...good].reverse(), good)).toThrow(`${nameOf(id)} requires sorted, finite values`);
  });
});

describe.each(OF_BINS)('%s of bins', (id, { fromBins }) => {
  const bins = OF_TWO.includes(id) ? 2 : 4;
  const counts = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: bins, maxLength: bins }).filter((row) => row.some((n) => n > 0));
  const histograms = fc.tuple(counts, counts);

  it('is 0, with a p-value of 1, for counts and themselves, and never below', () => {
    fc.assert(
      fc.property(histograms, ([a, b]) => {
        const own = fromBins(a, a);
        expect(Math.abs(own.score)).toBeLessThan(1e-12);
        expect(own.pValue ?? 1).toBeCloseTo(1, 9);
        expect(fromBins(a, b).score).toBeGreaterThanOrEqual(-1e-15);
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on the order of the bins, nor on that of the sides unless the reference is its measure', () => {
    fc.assert(
      fc.property(histograms, ([a, b]) => {
        const { score } = fromBins(a, b);
        expect(isNear(fromBins([...a].reverse(), [...b].reverse()).score, score)).toBe(true);
        if (!ONE_WAY.includes(id)) expect(isNear(fromBins(b, a).score, score)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('grows, its p-value falling, as counts move from one bin to another', () => {
    const results = [0, 10, 25, 45].map((moved) => fromBins([50, 50, 0, 0].slice(0, bins), [50 - moved, 50 + moved, 0, 0].slice(0, bins)));
    results.slice(1).forEach(({ score, pValue = 1 }, i) => {
      expect(score).toBeGreaterThan(results[i]?.score ?? NaN);
      expect(pValue).toBeLessThanOrEqual(results[i]?.pValue ?? 1);
    });
  });

  it('refuses what is no pair of histograms, by its name', () => {
    for (const bad of [[1], [], [1, NaN, 1, 1].slice(0, bins), [1, -1, 1, 1].slice(0, bins), [0, 0, 0, 0].slice(0, bins)])
      expect(() => fromBins([3, 4, 5, 6].slice(0, bins), bad)).toThrow(`${nameOf(id)} requires`);
  });
});
