import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/binning.json' with { type: 'json' };
import { sortedValues } from '../sorted.js';
import { bucketCutsFor, type BinningRule, BINNINGS, cutsFor } from './binning.js';
import { bucketMoments, countBuckets, mergeBuckets, orderedCounts } from './bucket-counts.js';
import { alignCategories, countCategories } from './categories.js';
import { bucketOf, gridFrom } from './grid.js';
import { countBins, countBinsOfBuckets, countBinsOfSorted, cutValues, snapCuts } from './histogram.js';
import { formatZeroRule, parseZeroRule, sharesOf } from './zero-rule.js';

const rule = (binning: string, bins = 10): BinningRule => ({ binning: BINNINGS.find((known) => known === binning) ?? 'quantile', bins });

describe('binning', () => {
  it.each(oracle.cases)(
    '$binning makes the edges and counts of numpy: $name',
    ({ binning, reference, current, cuts, referenceCounts, currentCounts }) => {
      const made = cutsFor(rule(binning), sortedValues(reference), sortedValues(current));
      expect(made).toHaveLength(cuts.length);
      made.forEach((cut, i) => expect(Math.abs(cut - (cuts[i] ?? NaN))).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(cut))));
      expect(countBins(reference, made)).toEqual(referenceCounts);
      expect(countBins(current, made)).toEqual(currentCounts);
      expect(countBinsOfSorted(sortedValues(reference), made)).toEqual(referenceCounts);
    },
  );

  it('honours the number of bins', () => {
    const values = Array.from({ length: 1000 }, (_, i) => i);
    for (const bins of [2, 5, 30, 200]) {
      expect(cutsFor(rule('quantile', bins), values, values)).toHaveLength(bins - 1);
      expect(cutsFor(rule('equal_width', bins), values, values)).toHaveLength(bins - 1);
    }
  });

  it('gives a constant reference a bin of its own, so that any move is seen', () => {
    expect(countBins([3, 4, 4, 5], cutsFor(rule('quantile'), [4, 4, 4], [3]))).toEqual([1, 2, 1]);
  });

  it('separates two values even when nearly all of the reference is one of them', () => {
    const cuts = cutsFor(rule('quantile'), sortedValues([...new Array<number>(99).fill(0), 1]), [0]);
    expect(countBins([0, 0, 1, 1], cuts)).toEqual([2, 2]);
  });

  it('refuses fewer than two bins and an empty reference', () => {
    expect(() => cutsFor(rule('quantile', 1), [1], [1])).toThrow('quantileCuts requires at least two bins');
    expect(() => cutsFor(rule('quantile', 2), [], [1])).toThrow('quantileCuts requires at least one value');
    expect(() => cutsFor(rule('equal_width', 1), [1], [1])).toThrow('equalWidthCuts requires at least two bins');
    expect(() => cutsFor(rule('equal_width'), [], [1])).toThrow('equalWidthCuts requires at least one value');
    expect(() => cutsFor(rule('sturges'), [], [1])).toThrow('sturgesCuts requires at least one value in each sample');
    expect(() => cutsFor(rule('doane'), [], [1])).toThrow('doaneCuts requires at least one value');
    expect(() => bucketCutsFor(rule('quantile', 1), new Map([[1, 1]]), new Map([[1, 1]]), { centre: 0, unit: 1 })).toThrow(
      'at least two bins',
    );
  });
});

describe('binning of bucket counts', () => {
  const values = Array.from({ length: 5000 }, (_, i) => Math.sin(i * 12.9898) * 43.7 + (i % 17));
  const grid = gridFrom(values);
  const counts = countBuckets(values, grid);

  it.each(BINNINGS)('%s loses no value and cuts close to where the exact rule cuts', (binning) => {
    const sorted = sortedValues(values);
    const exact = cutsFor(rule(binning), sorted, sorted);
    const cuts = bucketCutsFor(rule(binning), counts, counts, grid);
    const bins = countBinsOfBuckets(counts, cuts);
    expect(bins.reduce((sum, count) => sum + count, 0)).toBe(values.length);
    expect(cuts).toHaveLength(exact.length);
    cutValues(cuts, grid).forEach((cut, i) => expect(Math.abs(cut - (exact[i] ?? NaN))).toBeLessThanOrEqual(grid.unit * 2));
    expect(countBins(values, cutValues(cuts, grid))).toEqual(bins);
  });

  it('cuts quantiles of a tied feature at bucket edges without dividing a bucket', () => {
    const tied = new Map([
      [0, 900],
      [1, 50],
      [2, 50],
    ]);
    expect(bucketCutsFor(rule('quantile'), tied, tied, { centre: 0, unit: 1 })).toEqual([1]);
    expect(bucketCutsFor(rule('quantile'), new Map([[5, 10]]), new Map([[5, 10]]), { centre: 0, unit: 1 })).toEqual([5, 6]);
  });

  it('snaps a cut to the nearer bucket edge and joins cuts that meet', () => {
    expect(snapCuts([0.2, 0.3, 1.9], { centre: 0, unit: 1 })).toEqual([0, 2]);
  });
});

describe('bucket counts', () => {
  it('of two parts add up to the counts of the whole, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), fc.nat(), (values, at) => {
        const grid = gridFrom([1, 2, 3, 4]);
        const cut = at % (values.length + 1);
        const [left, right] = [countBuckets(values.slice(0, cut), grid), countBuckets(values.slice(cut), grid)];
        const whole = new Map([...countBuckets(values, grid)].sort(([a], [b]) => a - b));
        expect(new Map([...mergeBuckets(right, left)].sort(([a], [b]) => a - b))).toEqual(whole);
      }),
    );
  });

  it('come back in the order of their buckets without the empty ones', () => {
    expect(
      orderedCounts(
        'f',
        new Map([
          [3, 1],
          [-2, 4],
          [0, 0],
        ]),
      ),
    ).toEqual({ buckets: [-2, 3], counts: [4, 1], total: 5 });
    expect(() => orderedCounts('f', new Map([[0, 0]]))).toThrow('f requires at least one counted value on each side');
    expect(() => orderedCounts('f', new Map([[0, -1]]))).toThrow('f requires finite, non-negative counts');
    for (const bucket of [32_768, -32_769, 0.5, 2 ** 32])
      expect(() => orderedCounts('f', new Map([[bucket, 1]]))).toThrow('f requires buckets between -32768 and 32767');
    const many = new Map([
      [0, 2 ** 53],
      [1, 2],
    ]);
    expect(() => orderedCounts('f', many)).toThrow('f requires at most 2^53 counted values on each side');
  });

  it('know mean and deviation to half a bucket', () => {
    const grid = { centre: 0, unit: 2 ** -10 };
    const { mean, deviation } = bucketMoments(countBuckets([-0.25, 0.125, 0.5], grid), grid);
    expect(mean).toBeCloseTo(0.125, 2);
    expect(deviation).toBeCloseTo(0.306, 2);
    expect(bucketOf(0.125, grid)).toBe(128);
  });
});

describe('categories and zero rules', () => {
  it('align the categories of both sides whatever order they arrived in', () => {
    const aligned = alignCategories(countCategories(['b', 'a', 'b']), countCategories(['c', 'a']));
    expect(aligned).toEqual({ categories: ['a', 'b', 'c'], reference: [1, 2, 0], current: [1, 0, 1] });
  });

  it('read and write the rules as the command line spells them', () => {
    for (const text of ['add:0.5', 'replace:0.0001', 'none']) expect(formatZeroRule(parseZeroRule(text))).toBe(text);
    for (const text of ['add', 'add:0', 'add:-1', 'replace:1', 'replace:x', 'None', ''])
      expect(() => parseZeroRule(text)).toThrow('parseZeroRule requires');
  });

  it('turn counts into shares', () => {
    expect(sharesOf([1, 3], { kind: 'none' })).toEqual([0.25, 0.75]);
    expect(sharesOf([0, 3], { kind: 'add', amount: 0.5 })).toEqual([0.125, 0.875]);
    expect(sharesOf([0, 4], { kind: 'replace', share: 0.01 })).toEqual([0.01, 1]);
  });
});
