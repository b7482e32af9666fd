import { describe, expect, it } from '@jest/globals';
import { countBuckets } from '../binning/bucket-counts.js';
import { cutsFor, DEFAULT_BINNING } from '../binning/binning.js';
import { countBins } from '../binning/histogram.js';
import { gridFrom } from '../binning/grid.js';
import { jensenShannon } from '../distance/jensen-shannon.js';
import { psi } from '../distance/psi.js';
import { wasserstein } from '../distance/wasserstein.js';
import { kolmogorovSmirnov } from '../hypothesis/kolmogorov-smirnov.js';
import { sortedValues } from '../sorted.js';
import { jensenShannonNoDrift, kolmogorovSmirnovNoDrift, type NoDrift, psiNoDrift, wassersteinNoDrift } from './no-drift.js';

const generator = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};
const random = generator(11);
const normals = (n: number): Float64Array =>
  sortedValues(Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())));

const SIZES = { reference: 600, current: 200 };
const ROUNDS = 160;

/** What the scores of two samples of one distribution do on average, by simulation. */
const simulate = (score: (reference: Float64Array, current: Float64Array) => number): NoDrift => {
  const scores = Array.from({ length: ROUNDS }, () => score(normals(SIZES.reference), normals(SIZES.current)));
  const expected = scores.reduce((sum, value) => sum + value, 0) / ROUNDS;
  return { expected, variance: scores.reduce((sum, value) => sum + (value - expected) ** 2, 0) / (ROUNDS - 1) };
};

const agrees = (formula: NoDrift, simulated: NoDrift): void => {
  expect(formula.expected / simulated.expected).toBeGreaterThan(0.9);
  expect(formula.expected / simulated.expected).toBeLessThan(1.1);
  expect(Math.sqrt(formula.variance / simulated.variance)).toBeGreaterThan(0.75);
  expect(Math.sqrt(formula.variance / simulated.variance)).toBeLessThan(1.3);
};

describe('scores without drift', () => {
  const binned =
    (method: typeof psi | typeof jensenShannon) =>
    (reference: Float64Array, current: Float64Array): number => {
      const cuts = cutsFor(DEFAULT_BINNING, reference, current);
      return method(countBins(reference, cuts), countBins(current, cuts)).score;
    };

  it('of PSI are as large and as spread as the closed form says', () => agrees(psiNoDrift(SIZES, 10), simulate(binned(psi))));

  it('of Jensen-Shannon are as large and as spread as the closed form says', () =>
    agrees(jensenShannonNoDrift(SIZES, 10), simulate(binned(jensenShannon))));

  it('of Kolmogorov-Smirnov are as large and as spread as the closed form says', () =>
    agrees(
      kolmogorovSmirnovNoDrift(SIZES),
      simulate((reference, current) => kolmogorovSmirnov(reference, current).score),
    ));

  it('of Wasserstein are as large and as spread as the reference distribution says', () => {
    const reference = normals(20_000);
    const grid = gridFrom(reference);
    const formula = wassersteinNoDrift(countBuckets(reference, grid), grid, SIZES);
    agrees(
      formula,
      simulate((a, b) => wasserstein(a, b).score),
    );
    // 1.288 · √(1/n + 1/m) for normal data.
    expect(formula.expected).toBeCloseTo(1.288 * Math.sqrt(1 / 600 + 1 / 200), 2);
  });

  it('shrink with the sample and vanish for a single bin', () => {
    expect(psiNoDrift({ reference: 100, current: 100 }, 10).expected).toBeGreaterThan(
      psiNoDrift({ reference: 1e6, current: 1e6 }, 10).expected,
    );
    expect(jensenShannonNoDrift(SIZES, 1)).toEqual({ expected: 0, variance: 0 });
    expect(jensenShannonNoDrift(SIZES, 8, 2).expected).toBeCloseTo(jensenShannonNoDrift(SIZES, 8).expected / Math.sqrt(Math.LN2), 12);
    expect(wassersteinNoDrift(new Map([[3, 10]]), { centre: 0, unit: 1 }, SIZES)).toEqual({ expected: 0, variance: 0 });
  });

  it('refuse sizes and bins that cannot be', () => {
    expect(() => psiNoDrift({ reference: 0, current: 1 }, 10)).toThrow('psiNoDrift requires positive sizes');
    expect(() => jensenShannonNoDrift(SIZES, 0)).toThrow('jensenShannonNoDrift requires at least one bin');
  });
});
