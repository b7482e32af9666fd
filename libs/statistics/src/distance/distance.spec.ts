import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countBuckets } from '../binning/bucket-counts.js';
import { bucketBounds, bucketOf, gridFrom } from '../binning/grid.js';
import { parseZeroRule } from '../binning/zero-rule.js';
import jensenShannonOracle from '../oracles/jensen-shannon.json' with { type: 'json' };
import psiOracle from '../oracles/psi.json' with { type: 'json' };
import wassersteinOracle from '../oracles/wasserstein.json' with { type: 'json' };
import { sortedValues } from '../sorted.js';
import { jensenShannon } from './jensen-shannon.js';
import { psi } from './psi.js';
import { wasserstein, wassersteinNormalised, wassersteinNormalisedOfBuckets, wassersteinOfBuckets } from './wasserstein.js';

const histogram = fc
  .array(fc.integer({ min: 0, max: 5000 }), { minLength: 2, maxLength: 30 })
  .filter((counts) => counts.some((count) => count > 0));
const histograms = fc
  .tuple(histogram, histogram)
  .map(([a, b]) => [a.slice(0, Math.min(a.length, b.length)), b.slice(0, Math.min(a.length, b.length))] as const)
  .filter(([a, b]) => a.some((count) => count > 0) && b.some((count) => count > 0));
const sample = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('psi', () => {
  it.each(psiOracle.cases)('equals the formula in numpy: $name, $zero', ({ reference, current, zero, score }) => {
    expect(Math.abs(psi(reference, current, { zero: parseZeroRule(zero) }).score - score)).toBeLessThanOrEqual(1e-12 * Math.max(1, score));
  });

  it('is 0 for proportional histograms without a zero rule and symmetric with any', () => {
    fc.assert(
      fc.property(histograms, ([a, b]) => {
        expect(
          psi(
            a,
            a.map((count) => count * 3),
            { zero: { kind: 'none' } },
          ).score,
        ).toBeCloseTo(0, 12);
        expect(psi(a, b).score).toBe(psi(b, a).score);
        expect(psi(a, b).score).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('does not depend on the order of the bins', () => {
    fc.assert(
      fc.property(histograms, ([a, b]) => {
        expect(psi([...a].reverse(), [...b].reverse()).score).toBeCloseTo(psi(a, b).score, 10);
      }),
    );
  });

  it('names each bin that moved: contributions add up to the score', () => {
    const { score, contributions = [] } = psi([10, 20, 30], [30, 20, 10], { contributions: true });
    expect(contributions.reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 14);
    expect(contributions[1]).toBe(0);
  });

  it('stays finite and small steps in counts make small steps in the score when bins are empty', () => {
    expect(psi([100, 0], [99, 1]).score).toBeLessThan(0.02);
    expect(psi([100, 0], [99, 1], { zero: { kind: 'none' } }).score).toBe(Infinity);
  });

  it('records the definition with the score', () => {
    expect(psi([1, 2], [2, 1], { zero: { kind: 'replace', share: 0.0001 } }).parameters).toEqual({ bins: 2, zero: 'replace:0.0001' });
  });

  it('refuses what is no pair of histograms', () => {
    expect(() => psi([1, 2], [1])).toThrow('psi requires equally many bins');
    expect(() => psi([], [])).toThrow('psi requires at least one bin');
    expect(() => psi([1, NaN], [1, 1])).toThrow('psi requires finite, non-negative counts');
    expect(() => psi([0, 0], [1, 1])).toThrow('psi requires at least one counted value on each side');
    for (const [name, score] of [
      ['psi', psi],
      ['jensenShannon', jensenShannon],
    ] as const)
      expect(() => score([1e308, 1e308], [1, 2])).toThrow(`${name} requires at most 2^53 counted values on each side`);
  });
});

describe('jensen-shannon distance', () => {
  it.each(jensenShannonOracle.cases)('equals scipy: $name, $zero, base $base', ({ reference, current, zero, base, score }) => {
    const options = { zero: parseZeroRule(zero), base: base === 2 ? (2 as const) : ('e' as const) };
    // Near 0 the root magnifies the last bit of the divergence.
    expect(Math.abs(jensenShannon(reference, current, options).score - score)).toBeLessThanOrEqual(score < 1e-6 ? 2e-8 : 1e-12);
  });

  it('stays between 0 and its largest value, is symmetric, and 0 for a histogram and itself', () => {
    fc.assert(
      fc.property(histograms, ([a, b]) => {
        const { score } = jensenShannon(a, b, { base: 2 });
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1 + 1e-12);
        expect(jensenShannon(b, a, { base: 2 }).score).toBe(score);
        expect(jensenShannon(a, a).score).toBe(0);
      }),
    );
  });

  it('names each bin that moved: contributions add up to the squared score', () => {
    const { score, contributions = [] } = jensenShannon([10, 20, 30], [30, 20, 10], { contributions: true });
    expect(contributions.reduce((sum, part) => sum + part, 0)).toBeCloseTo(score ** 2, 14);
  });
});

describe('wasserstein distance', () => {
  it.each(wassersteinOracle.cases)('equals scipy: $name', ({ reference, current, score, deviation }) => {
    const [a, b] = [sortedValues(reference), sortedValues(current)];
    expect(Math.abs(wasserstein(a, b).score - score)).toBeLessThanOrEqual(1e-12 * Math.max(1, score));
    if (deviation > 0) expect(wassersteinNormalised(a, b).score).toBeCloseTo(score / deviation, 9);
  });

  it('scores a shift by its size and nothing for the same sample', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: -1000, max: 1000 }), (values, shift) => {
        const a = sortedValues(values);
        expect(wasserstein(a, a).score).toBe(0);
        expect(
          wasserstein(
            a,
            a.map((value) => value + shift),
          ).score,
        ).toBeCloseTo(Math.abs(shift), 6);
      }),
    );
  });

  it('does not change when the feature is scaled, once normalised', () => {
    const [a, b] = [sortedValues([1, 2, 3, 8]), sortedValues([2, 3, 5])];
    expect(
      wassersteinNormalised(
        a.map((v) => v * 4096),
        b.map((v) => v * 4096),
      ).score,
    ).toBeCloseTo(wassersteinNormalised(a, b).score, 12);
  });

  it('differs from the exact score by at most one bucket width when taken from buckets', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const grid = gridFrom(x);
        const widths = [...x, ...y].map((value) => bucketBounds(bucketOf(value, grid), grid)).map(({ from, to }) => to - from);
        const exact = wasserstein(sortedValues(x), sortedValues(y)).score;
        const bucketed = wassersteinOfBuckets(countBuckets(x, grid), countBuckets(y, grid), grid).score;
        expect(Math.abs(exact - bucketed)).toBeLessThanOrEqual(Math.max(...widths) * 1.0001);
      }),
    );
  });

  it('is right where the ends lie farther apart than the largest double, and refused where the distance itself is larger', () => {
    const [low, high] = [-1.7e308, 1.7e308];
    expect(wasserstein([low, low, low, high], [low, low, high, high]).score / 1e308).toBeCloseTo(3.4 / 4, 12);
    expect(() => wasserstein([low], [high])).toThrow('wasserstein requires samples whose distance is finite');
    expect(() => wassersteinNormalised([low], [high])).toThrow('wassersteinNormalised requires samples whose distance is finite');
  });

  it('refuses a constant reference as a scale, unless nothing moved', () => {
    expect(() => wassersteinNormalised([1, 1], [2])).toThrow('wassersteinNormalised requires a reference that varies');
    expect(wassersteinNormalised([1, 1], [1]).score).toBe(0);
    const grid = gridFrom([1]);
    expect(wassersteinNormalisedOfBuckets(countBuckets([1, 1], grid), countBuckets([1], grid), grid).score).toBe(0);
  });

  it('refuses empty, unsorted and non-finite samples', () => {
    expect(() => wasserstein([], [1])).toThrow('wasserstein requires at least one value in each sample');
    expect(() => wasserstein([2, 1], [1])).toThrow('wasserstein requires sorted, finite values');
    expect(() => wasserstein([1, NaN], [1])).toThrow('wasserstein requires sorted, finite values');
    expect(() => wasserstein([1, Infinity], [1])).toThrow('wasserstein requires sorted, finite values');
  });
});
