import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/effect-sizes.json' with { type: 'json' };
import { sortedValues } from '../sorted.js';
import { cliffsDelta } from './cliffs-delta.js';
import { cohensD } from './cohens-d.js';
import { cohensH } from './cohens-h.js';
import { cohensW } from './cohens-w.js';

const { samples, counts } = oracle.cases;
const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 40 }).filter((values) => new Set(values).size > 1);
const histogram = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 4, maxLength: 4 });

describe('effect sizes of numbers', () => {
  it.each(samples)('equal scipy: $name', ({ reference, current, d, delta }) => {
    expect(Math.abs(cohensD(reference, current).score - d)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(d)) * 100);
    expect(cliffsDelta(sortedValues(reference), sortedValues(current)).score).toBeCloseTo(delta, 13);
  });

  it('turn their sign when the samples are exchanged, and are 0 for a sample and itself', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        expect(cohensD(x, y).score).toBeCloseTo(-cohensD(y, x).score, 12);
        const [a, b] = [sortedValues(x), sortedValues(y)];
        expect(cliffsDelta(a, b).score + cliffsDelta(b, a).score).toBe(0);
        expect(cohensD(x, x).score).toBe(0);
        expect(cliffsDelta(a, a).score).toBe(0);
      }),
    );
  });

  it('do not change with the scale, and grow as a sample is shifted away', () => {
    fc.assert(
      fc.property(sample, sample, fc.integer({ min: 1, max: 30 }), (x, y, by) => {
        const double = (values: readonly number[]): number[] => values.map((value) => value * 2);
        expect(cohensD(double(x), double(y)).score).toBeCloseTo(cohensD(x, y).score, 12);
        const up = y.map((value) => value + by);
        expect(cohensD(x, up).score).toBeGreaterThan(cohensD(x, y).score);
        expect(cliffsDelta(sortedValues(x), sortedValues(up)).score).toBeGreaterThanOrEqual(
          cliffsDelta(sortedValues(x), sortedValues(y)).score,
        );
      }),
    );
  });

  it('say which way values moved', () => {
    expect(cohensD([1, 2, 3], [2, 3, 4]).score).toBe(1);
    expect(cliffsDelta([1, 2], [3, 4]).score).toBe(1);
    expect(cliffsDelta([3, 4], [1, 2]).score).toBe(-1);
  });

  it('refuse what has no size', () => {
    expect(() => cohensD([1], [2])).toThrow('cohensD requires three values or more');
    expect(() => cohensD([1, 1], [2, 2])).toThrow('cohensD requires samples that vary');
    expect(() => cohensD([], [2])).toThrow('cohensD requires at least one value in each sample');
    expect(() => cliffsDelta([2, 1], [2])).toThrow('cliffsDelta requires sorted, finite values');
    expect(cohensD([1, 1], [1, 1]).score).toBe(0);
  });
});

describe('effect sizes of counts', () => {
  it.each(counts)('equal scipy and statsmodels: $reference, $current', ({ reference, current, w, h }) => {
    expect(cohensW(reference, current).score).toBeCloseTo(w, 12);
    if (h !== undefined) expect(cohensH(reference, current).score).toBeCloseTo(h, 13);
  });

  it('do not grow with the sample', () => {
    fc.assert(
      fc.property(histogram, histogram, (r, c) => {
        const tenfold = (values: readonly number[]): number[] => values.map((count) => count * 10);
        expect(cohensW(tenfold(r), tenfold(c)).score).toBeCloseTo(cohensW(r, c).score, 12);
        expect(cohensW(r, c).score).toBeCloseTo(cohensW(c, r).score, 12);
        expect(cohensW(r, r).score).toBe(0);
        expect(cohensW([...r].reverse(), [...c].reverse()).score).toBeCloseTo(cohensW(r, c).score, 12);
      }),
    );
  });

  it('turn their sign when samples or categories are exchanged: h', () => {
    expect(cohensH([30, 70], [60, 40]).score).toBe(-cohensH([60, 40], [30, 70]).score);
    expect(cohensH([70, 30], [40, 60]).score).toBeCloseTo(-cohensH([30, 70], [60, 40]).score, 14);
    expect(cohensH([0, 5], [5, 0]).score).toBeCloseTo(Math.PI, 14);
  });

  it('refuse other shapes', () => {
    expect(() => cohensH([1, 2, 3], [1, 2, 3])).toThrow('cohensH requires two categories');
    expect(() => cohensH([0, 0], [1, 2])).toThrow('cohensH requires at least one counted value on each side');
    expect(() => cohensW([1], [1, 2])).toThrow('cohensW requires equally many bins');
  });
});
