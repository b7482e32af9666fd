import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { alarmRate, correlated } from '../multivariate/sample-tables.js';
import oracle from '../oracles/vectors.json' with { type: 'json' };
import { type Random, seededRandom } from '../random.js';
import { centroidDistance } from './centroid-distance.js';
import { shareOfDriftedDimensions } from './share-of-drifted-dimensions.js';
import { vectorMmd } from './vector-mmd.js';
import { type Vectors } from './vectors.js';

const METHODS = [
  ['centroidDistance', centroidDistance],
  ['vectorMmd', vectorMmd],
  ['shareOfDriftedDimensions', shareOfDriftedDimensions],
] as const;

/** Vectors whose elements have this correlation, all shifted alike. */
const draw = (random: Random, count: number, dimension: number, { correlation = 0.2, shift = 0 } = {}): number[][] => {
  const columns = correlated(random, count, dimension, correlation);
  return Array.from({ length: count }, (_, row) => columns.map((column) => (column[row] ?? NaN) + shift));
};

/** Chance alone moves a share of this many splits so far, four deviations, and a rounding of 999 splits. */
const chance = (pValue: number): number => 4 * Math.sqrt((pValue * (1 - pValue)) / 999) + 0.002;

describe('drift of vectors', () => {
  it.each(oracle.cases)('has the numbers of Evidently and scipy: $name', ({ reference, current, centroid, mmd, share }) => {
    const options = { splits: 999, random: seededRandom(51) };
    const apart = centroidDistance(reference, current, options);
    expect(Math.abs(apart.score - centroid.score)).toBeLessThan(oracle.tolerance * centroid.score);
    expect(Math.abs((apart.pValue ?? NaN) - centroid.pValue)).toBeLessThan(chance(centroid.pValue));
    const kernel = vectorMmd(reference, current, options);
    expect(Math.abs(kernel.score - mmd.score)).toBeLessThan(oracle.tolerance * Math.max(Math.abs(mmd.score), 1e-3));
    expect(Math.abs((kernel.pValue ?? NaN) - mmd.pValue)).toBeLessThan(chance(mmd.pValue));
    const moved = shareOfDriftedDimensions(reference, current);
    expect([moved.score, moved.parameters['unadjustedShare']]).toEqual([share.score, share.evidently]);
    expect(Math.abs((moved.pValue ?? NaN) / share.pValue - 1)).toBeLessThan(oracle.tolerance);
  });

  it.each(METHODS)('%s is symmetric, and unchanged by the order of vectors and of elements', (_, method) => {
    const [a, b] = [draw(seededRandom(52), 40, 4), draw(seededRandom(53), 30, 4, { shift: 0.5 })];
    const { score } = method(a, b);
    expect(method(b, a).score).toBeCloseTo(score, 12);
    expect(method(a.toReversed(), b.toReversed()).score).toBeCloseTo(score, 12);
    const turned = (vectors: number[][]): Vectors => vectors.map((vector) => vector.toReversed());
    expect(method(turned(a), turned(b)).score).toBeCloseTo(score, 12);
  });

  it.each(METHODS)('%s is symmetric and at most 0 for a sample and itself, whatever ties there are', (_, method) => {
    const sample = fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 1 })), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const { score, pValue = NaN } = method(a, b);
        expect(Math.abs(method(b, a).score - score)).toBeLessThan(1e-12);
        expect(method(a, a).score).toBeLessThanOrEqual(0);
        expect(pValue > 0 && pValue <= 1).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each(METHODS)('%s finds nothing between a sample and itself, nor between constants', (_, method) => {
    const a = draw(seededRandom(54), 40, 3);
    expect(method(a, a).score).toBeLessThanOrEqual(0);
    expect(method(a, a).pValue).toBeGreaterThan(0.3);
    const constant = [
      [0.1, 5],
      [0.1, 5],
      [0.1, 5],
    ];
    expect(method(constant, constant)).toMatchObject({ score: 0, pValue: 1 });
  });

  it.each(METHODS)('%s grows as vectors are shifted away, and is certain to the last split', (_, method) => {
    const a = draw(seededRandom(55), 60, 3);
    const scores = [0, 1, 9].map((shift) =>
      method(
        a,
        a.map((vector) => vector.map((value) => value + shift)),
      ),
    );
    scores.slice(1).forEach(({ score }, i) => expect(score).toBeGreaterThanOrEqual(scores[i]?.score ?? NaN));
    expect(scores[2]?.score).toBeGreaterThan(scores[0]?.score ?? NaN);
    expect(scores[2]?.pValue).toBeLessThanOrEqual(1 / 200);
  });

  it('sees elements that go together otherwise by the kernel alone: neither mean nor single elements moved', () => {
    const random = seededRandom(56);
    const [a, b] = [draw(random, 200, 4, { correlation: 0.1 }), draw(random, 200, 4, { correlation: 0.8 })];
    expect(vectorMmd(a, b).pValue).toBe(1 / 200);
    expect(centroidDistance(a, b).pValue).toBeGreaterThan(0.05);
    expect(shareOfDriftedDimensions(a, b).score).toBe(0);
  });

  it.each(METHODS)(
    '%s alarms in 0.03 to 0.06 of 1,000 comparisons without drift (Evidently with the bootstrap of its kernel distance: in 40 of 40)',
    (_, method) => {
      const random = seededRandom(57);
      const rate = alarmRate(
        1000,
        () => method(draw(random, 40, 5, { correlation: 0 }), draw(random, 37, 5, { correlation: 0 }), { random, splits: 39 }).pValue,
      );
      expect(rate).toBeGreaterThanOrEqual(0.03);
      expect(rate).toBeLessThanOrEqual(0.06);
    },
  );

  it('calls a dimension drifted as seldom with 100 dimensions as with one, where unadjusted 5 of 100 are', () => {
    const random = seededRandom(58);
    let unadjusted = 0;
    const rate = alarmRate(200, () => {
      const { score, parameters } = shareOfDriftedDimensions(
        draw(random, 40, 100, { correlation: 0 }),
        draw(random, 37, 100, { correlation: 0 }),
      );
      unadjusted += Number(parameters['unadjustedShare']);
      return score > 0 ? 0 : 1;
    });
    expect(unadjusted / 200).toBeGreaterThan(0.03);
    // 200 runs at a true rate of 0.05 lie below 0.081 in 39 of 40 cases.
    expect(rate).toBeLessThanOrEqual(0.081);
  });

  it('keeps the digits of vectors far from zero', () => {
    const a = draw(seededRandom(59), 30, 3);
    const b = draw(seededRandom(60), 30, 3, { shift: 0.7 });
    const far = (vectors: number[][]): Vectors => vectors.map((vector) => vector.map((value) => value + 2 ** 30));
    expect(centroidDistance(far(a), far(b)).score).toBeCloseTo(centroidDistance(a, b).score, 5);
    expect(centroidDistance(far(a), far(b)).pValue).toBe(centroidDistance(a, b).pValue);
  });

  it('measures the centroids of all vectors, and takes 2,000 (the kernel: 1,000) a side at random for what splits them', () => {
    const [many, few] = [draw(seededRandom(61), 2500, 1), [[1], [1]]];
    const mean = many.reduce((sum, [value = NaN]) => sum + value, 0) / 2500;
    const apart = centroidDistance(many, few, { splits: 19 });
    expect(apart.score).toBeCloseTo(1 - mean, 12);
    expect(apart.parameters).toMatchObject({ usedReference: 2000, usedCurrent: 2 });
    expect(centroidDistance(many, few, { splits: 19 })).toEqual(apart);
    expect(vectorMmd(many, few, { splits: 1 }).parameters).toMatchObject({ usedReference: 1000, usedCurrent: 2 });
  });

  it.each(METHODS)('%s refuses what it cannot answer by name', (name, method) => {
    const two = [
      [1, 2],
      [3, 4],
    ];
    expect(() => method(two, [[1, 2]])).toThrow(`${name} requires at least 2 vectors in each sample`);
    expect(() => method(two, [[1, 2], [3]])).toThrow(`${name} requires vectors of one length`);
    expect(() =>
      method(two, [
        [1, 2],
        [3, NaN],
      ]),
    ).toThrow(`${name} requires finite values`);
    expect(() => method([[], []], [[], []])).toThrow(`${name} requires vectors with at least one element`);
    expect(() => shareOfDriftedDimensions(two, two, { level: 1 })).toThrow('shareOfDriftedDimensions requires a level between 0 and 1');
  });

  it.each(METHODS.slice(0, 2))('%s refuses vectors whose squared distances overflow', (name, method) => {
    for (const scale of [1e160, 1.7e308])
      expect(() => method([[-scale], [scale], [scale]], [[0], [0]])).toThrow(`${name} requires vectors whose squared distances are finite`);
  });
});
