import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutsFor } from '../binning/binning.js';
import { countBins, countBinsOfSorted } from '../binning/histogram.js';
import { parseZeroRule } from '../binning/zero-rule.js';
import bhattacharyyaOracle from '../oracles/bhattacharyya.json' with { type: 'json' };
import hellingerOracle from '../oracles/hellinger.json' with { type: 'json' };
import kullbackLeiblerOracle from '../oracles/kullback-leibler.json' with { type: 'json' };
import lInfinityOracle from '../oracles/l-infinity.json' with { type: 'json' };
import totalVariationOracle from '../oracles/total-variation.json' with { type: 'json' };
import { type Score } from '../score.js';
import { sortedValues } from '../sorted.js';
import { bhattacharyya } from './bhattacharyya.js';
import { hellinger } from './hellinger.js';
import { jensenShannon } from './jensen-shannon.js';
import { kullbackLeibler } from './kullback-leibler.js';
import { lInfinity } from './l-infinity.js';
import { psi } from './psi.js';
import { totalVariation } from './total-variation.js';

type Distance = (reference: readonly number[], current: readonly number[], options?: { readonly contributions?: boolean }) => Score;

const SYMMETRIC: readonly (readonly [string, Distance])[] = [
  ['hellinger', hellinger],
  ['totalVariation', totalVariation],
  ['bhattacharyya', (reference, current) => bhattacharyya(reference, current)],
  ['lInfinity', (reference, current) => lInfinity(reference, current)],
];
const ALL: readonly (readonly [string, Distance])[] = [
  ...SYMMETRIC,
  ['kullbackLeibler', kullbackLeibler],
  ['psi', psi],
  ['jensenShannon', jensenShannon],
];

const histograms = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 5000 })), { minLength: 1, maxLength: 30 })
  .map((pairs) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)] as const)
  .filter((sides) => sides.every((counts) => counts.some((count) => count > 0)));

/** Textbook forms lose digits where the score is small: what they say there is known to about 1e-15 of the sums behind it. */
const agrees = (actual: number, expected: number, tolerance = 1e-12): void => {
  if (Number.isFinite(expected)) expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.max(expected, 1e-3));
  else expect(actual).toBe(expected);
};

describe('distances over bins', () => {
  it.each(kullbackLeiblerOracle.cases)(
    'kullback-leibler equals scipy: $name, $zero, base $base',
    ({ reference, current, zero, base, score }) => {
      const options = { zero: parseZeroRule(zero), base: base === 2 ? (2 as const) : ('e' as const) };
      agrees(kullbackLeibler(reference, current, options).score, Number(score));
    },
  );

  it.each(bhattacharyyaOracle.cases)('bhattacharyya equals numpy: $name, $zero', ({ reference, current, zero, score }) => {
    agrees(bhattacharyya(reference, current, { zero: parseZeroRule(zero) }).score, Number(score));
  });

  it.each(hellingerOracle.cases)('hellinger equals scipy: $name', ({ reference, current, score }) => {
    agrees(hellinger(reference, current).score, score);
  });

  it.each(totalVariationOracle.cases)('total variation equals scipy: $name', ({ reference, current, score }) => {
    agrees(totalVariation(reference, current).score, score);
  });

  it.each(lInfinityOracle.cases)('l-infinity equals scipy: $name', ({ reference, current, score }) => {
    agrees(lInfinity(reference, current).score, score);
  });

  it.each(ALL)('%s is 0 for a histogram and itself, also in other numbers without a zero rule', (_, distance) => {
    fc.assert(
      fc.property(histograms, ([counts]) => {
        expect(distance(counts, counts).score).toBe(0);
      }),
    );
    expect(hellinger([1, 2, 0], [3, 6, 0]).score).toBe(0);
  });

  it.each(SYMMETRIC)('%s is symmetric to the last bit', (_, distance) => {
    fc.assert(
      fc.property(histograms, ([a, b]) => {
        expect(distance(a, b).score).toBe(distance(b, a).score);
      }),
    );
  });

  it('kullback-leibler is not: it asks what the current data costs in the shares of the reference', () => {
    const [a, b] = [
      [90, 10],
      [50, 50],
    ] as const;
    expect(kullbackLeibler(a, b, { zero: { kind: 'none' } }).score).toBeCloseTo(0.5 * Math.log(5 / 9) + 0.5 * Math.log(5), 14);
    expect(kullbackLeibler(b, a, { zero: { kind: 'none' } }).score).toBeCloseTo(0.9 * Math.log(9 / 5) + 0.1 * Math.log(1 / 5), 14);
    const bits = kullbackLeibler(a, b, { base: 2 }).score;
    expect(bits * Math.LN2).toBeCloseTo(kullbackLeibler(a, b).score, 14);
  });

  it.each(ALL)('%s does not depend on the order of the bins', (_, distance) => {
    fc.assert(
      fc.property(histograms, ([a, b]) => {
        expect(distance([...a].reverse(), [...b].reverse()).score).toBeCloseTo(distance(a, b).score, 10);
      }),
    );
  });

  it.each(ALL)('%s grows as rows move from one bin to another', (_, distance) => {
    const scores = [0, 5, 20, 60, 100].map((moved) => distance([100, 100], [100 - moved, 100 + moved]).score);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(new Set(scores).size).toBe(5);
  });

  it('stay within the inequalities that tie them together', () => {
    fc.assert(
      fc.property(histograms, ([a, b]) => {
        const [h, tv, l] = [hellinger(a, b).score, totalVariation(a, b).score, lInfinity(a, b).score];
        expect(Math.max(h, tv, l)).toBeLessThanOrEqual(1 + 1e-12);
        expect(l).toBeLessThanOrEqual(tv + 1e-12);
        expect(h * h).toBeLessThanOrEqual(tv + 1e-12);
        expect(tv).toBeLessThanOrEqual(Math.SQRT2 * h + 1e-12);
        const none = { zero: { kind: 'none' } } as const;
        expect(2 * tv * tv).toBeLessThanOrEqual(kullbackLeibler(a, b, none).score + 1e-12);
        expect(1 - Math.exp(-bhattacharyya(a, b, none).score)).toBeCloseTo(h * h, 12);
        const both = kullbackLeibler(a, b).score + kullbackLeibler(b, a).score;
        expect(Math.abs(both - psi(a, b).score)).toBeLessThanOrEqual(1e-10 * Math.max(1, both));
      }),
    );
  });

  it('end at their largest value for histograms without a common bin', () => {
    const [a, b] = [
      [10, 0],
      [0, 7],
    ] as const;
    const none = { zero: { kind: 'none' } } as const;
    expect([hellinger(a, b).score, totalVariation(a, b).score, lInfinity(a, b).score]).toEqual([1, 1, 1]);
    expect([kullbackLeibler(a, b, none).score, bhattacharyya(a, b, none).score]).toEqual([Infinity, Infinity]);
    expect(Number.isFinite(kullbackLeibler(a, b).score) && Number.isFinite(bhattacharyya(a, b).score)).toBe(true);
  });

  it('name each bin that moved', () => {
    const [a, b] = [
      [10, 20, 30],
      [30, 20, 10],
    ] as const;
    const sumOf = ({ contributions = [] }: Score): number => contributions.reduce((sum, part) => sum + part, 0);
    const kl = kullbackLeibler(a, b, { contributions: true });
    expect(sumOf(kl)).toBeCloseTo(kl.score, 14);
    expect(kl.contributions?.every((part) => part >= 0)).toBe(true);
    expect(sumOf(totalVariation(a, b, { contributions: true }))).toBeCloseTo(totalVariation(a, b).score, 14);
    expect(sumOf(hellinger(a, b, { contributions: true }))).toBeCloseTo(hellinger(a, b).score ** 2, 14);
    expect(lInfinity([10, 20, 30], [10, 10, 40]).parameters).toEqual({ bins: 3, zero: 'none', bin: 1 });
  });

  it.each(ALL)('%s refuses what is no pair of histograms, with its own name', (name, distance) => {
    expect(() => distance([1, 2], [1])).toThrow(`${name} requires equally many bins`);
    expect(() => distance([], [])).toThrow(`${name} requires at least one bin`);
    expect(() => distance([1, NaN], [1, 1])).toThrow(`${name} requires finite, non-negative counts`);
    expect(() => distance([1, Infinity], [1, 1])).toThrow(`${name} requires finite, non-negative counts`);
    expect(() => distance([1, -1], [1, 1])).toThrow(`${name} requires finite, non-negative counts`);
    expect(() => distance([0, 0], [1, 1])).toThrow(`${name} requires at least one counted value on each side`);
  });
});

describe('what other tools got wrong', () => {
  it.each(ALL)('%s leaves its input as it was, where Evidently dropped rows of the caller’s series', (_, distance) => {
    const [a, b] = [Object.freeze([3, 0, 4]), Object.freeze([1, 2, 0])];
    distance(a, b);
    expect([a, b]).toEqual([
      [3, 0, 4],
      [1, 2, 0],
    ]);
  });

  it('the number of bins asked for is the number used and recorded, where Evidently gave one score for 5, 30 and 200', () => {
    const wave = (i: number, shift: number): number => Math.sin(i * 12.9898) * 10 + ((i * 7919) % 104_729) / 10_000 + shift;
    const reference = sortedValues(Array.from({ length: 5000 }, (_, i) => wave(i, 0)));
    const current = sortedValues(Array.from({ length: 5000 }, (_, i) => wave(i + 5000, 1)));
    const scores = [5, 30, 200].map((bins) => {
      const cuts = cutsFor({ binning: 'equal_width', bins }, reference, current);
      const { score, parameters } = psi(countBins(reference, cuts), countBins(current, cuts));
      expect(parameters).toMatchObject({ bins });
      return score;
    });
    expect(new Set(scores).size).toBe(3);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
  });

  it('one empty bin is a small step of the score, where Frouros filled it with the smallest double and scored 308', () => {
    const empty = psi([100, 100, 100], [150, 150, 0]).score;
    const nearly = psi([100, 100, 100], [150, 149, 1]).score;
    expect(empty).toBeLessThan(3);
    expect(Math.abs(empty - nearly)).toBeLessThan(0.45);
    expect(psi([100, 100, 100], [150, 150, 0]).parameters).toMatchObject({ zero: 'add:0.5' });
  });

  it('an infinite value is refused by name before it is binned, where Evidently failed in the histogram', () => {
    for (const binning of ['equal_width', 'quantile', 'sturges', 'doane'] as const) {
      const rule = { binning, bins: 10 };
      expect(() => cutsFor(rule, sortedValues([1, 2, Infinity]), [1, 2])).toThrow('cutsFor requires finite values');
      expect(() => cutsFor(rule, [1, 2, 3], sortedValues([1, -Infinity]))).toThrow('cutsFor requires finite values');
    }
    expect(() => countBins([1, NaN], [1])).toThrow('countBins requires finite values');
    expect(() => countBinsOfSorted([1, Infinity], [1])).toThrow('countBinsOfSorted requires finite values');
  });
});
