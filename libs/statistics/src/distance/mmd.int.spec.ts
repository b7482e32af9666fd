import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/mmd.json' with { type: 'json' };
import { type Random, seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { kernelFactor } from './kernel-factor.js';
import { medianSquaredDifference } from './median-difference.js';
import { mmd } from './mmd.js';

const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 12 });

describe('the median of squared differences', () => {
  it('equals that of the list of all pairs, without making the list', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.integer({ min: -1e5, max: 1e5 }).map((v) => v / 7),
          { minLength: 2, maxLength: 25 },
        ),
        (x) => {
          const sorted = sortedValues(x);
          const pairs = [...sorted].flatMap((v, i) => [...sorted.subarray(0, i)].map((w) => (v - w) ** 2)).sort((a, b) => a - b);
          const median = (list: readonly number[]): number =>
            ((list[Math.ceil(list.length / 2) - 1] ?? 0) + (list[Math.floor(list.length / 2)] ?? 0)) / 2;
          const expected = median(pairs) > 0 ? median(pairs) : median(pairs.filter((pair) => pair > 0));
          expect(Math.abs(medianSquaredDifference(sorted) - expected)).toBeLessThanOrEqual(1e-14 * expected);
        },
      ),
    );
    expect([medianSquaredDifference([0, 0, 0, 0, 3]), medianSquaredDifference([4, 4])]).toEqual([9, 0]);
  });
});

describe('maximum mean discrepancy', () => {
  it.each(oracle.cases)('equals the kernel sums over the distances of scipy: $name', ({ reference, current, bandwidth, score }) => {
    const result = mmd(sortedValues(reference), sortedValues(current));
    expect(Math.abs(result.score - score)).toBeLessThan(oracle.tolerance * Math.max(Math.abs(score), 1e-4));
    expect(Number(result.parameters['bandwidth']) / bandwidth).toBeCloseTo(1, 12);
  });

  it('is symmetric, below 0 for a sample and itself, and does not notice shift and scale', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const [a, b] = [sortedValues(x), sortedValues(y)];
        const { score } = mmd(a, b);
        expect(mmd(b, a).score).toBeCloseTo(score, 12);
        const own = mmd(a, a);
        expect(own.score).toBeLessThanOrEqual(0);
        expect(own.score).toBeGreaterThanOrEqual(-2 / (a.length - 1));
        expect(own.pValue).toBeGreaterThan(0.3);
        const moved = (values: Float64Array): Float64Array => values.map((v) => v * 4 + 1000);
        expect(mmd(moved(a), moved(b)).score).toBeCloseTo(score, 12);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['normal numbers', (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()), true],
    ['steps', (random: Random): number => Math.floor(6 * random()), true],
    ['numbers over many magnitudes', (random: Random): number => Math.exp(60 * random()), false],
  ])('gives the sums over all pairs, by a factor of the kernel matrix where few columns make one: %s', (_, value, factored) => {
    const random = seededRandom(31);
    const values = Float64Array.from({ length: 500 }, () => value(random));
    const [x, y] = [sortedValues(values.subarray(0, 300)), sortedValues(values.subarray(300))];
    const square = medianSquaredDifference(sortedValues(values));
    const mean = (a: Float64Array, b: Float64Array): number =>
      a.reduce((sum, v) => sum + b.reduce((row, w) => row + Math.exp(-((v - w) ** 2) / square), 0), 0);
    const inside = (a: Float64Array): number => (mean(a, a) - a.length) / (a.length * (a.length - 1));
    expect(Math.abs(mmd(x, y).score - (inside(x) + inside(y) - (2 * mean(x, y)) / 60_000))).toBeLessThan(1e-12);
    expect(kernelFactor(Float64Array.of(...x, ...y), square) !== undefined).toBe(factored);
  });

  it('grows as a sample is shifted away', () => {
    const base = Array.from({ length: 40 }, (_, i) => i);
    const scores = [0, 5, 10, 20, 40].map((shift) =>
      mmd(
        base,
        base.map((v) => v + shift),
      ),
    );
    scores.slice(1).forEach(({ score }, i) => expect(score).toBeGreaterThan(scores[i]?.score ?? NaN));
    expect(scores.at(-1)?.pValue).toBe(1 / 200);
  });

  it('is never certain: the p-value counts the observed split, where Alibi Detect and Evidently can say 0', () => {
    expect(
      mmd(
        Array.from({ length: 30 }, (_, i) => i),
        Array.from({ length: 30 }, (_, i) => 1000 + i),
      ).pValue,
    ).toBe(0.005);
  });

  it.each([
    ['numbers', (value: number) => value],
    ['steps', (value: number) => Math.floor(value * 8)],
  ])('raises false alarms at its nominal rate on %s, where the bootstrap of Evidently raises one at every window', (_, rounding) => {
    const random = seededRandom(15);
    const draw = (n: number): Float64Array => sortedValues(Array.from({ length: n }, () => rounding(random())));
    let alarms = 0;
    for (let i = 0; i < 1000; i += 1) if ((mmd(draw(25), draw(20)).pValue ?? 1) <= 0.05) alarms += 1;
    expect(alarms / 1000).toBeGreaterThan(0.035);
    expect(alarms / 1000).toBeLessThan(0.065);
  });

  it('gives the same p-value in any unit', () => {
    const random = seededRandom(18);
    const draw = (): Float64Array => sortedValues(Array.from({ length: 30 }, random));
    const pairs = Array.from({ length: 5 }, () => [draw(), draw()] as const);
    for (const [a, b] of pairs)
      expect(
        mmd(
          a.map((v) => v * 8),
          b.map((v) => v * 8),
        ).pValue,
      ).toBe(mmd(a, b).pValue);
  });

  it('gives the same answer twice, and uses 2,000 values of a larger sample', () => {
    const random = seededRandom(16);
    const [many, few] = [sortedValues(Array.from({ length: 5000 }, random)), sortedValues(Array.from({ length: 100 }, random))];
    const result = mmd(many, few);
    expect(mmd(many, few)).toEqual(result);
    expect(result.parameters).toMatchObject({ usedReference: 2000, usedCurrent: 100 });
    expect(result.score).toBeLessThan(0.05);
  });

  it('takes as few values as it is told, and says how many', () => {
    const random = seededRandom(17);
    const [many, few] = [sortedValues(Array.from({ length: 900 }, random)), sortedValues(Array.from({ length: 100 }, random))];
    const result = mmd(many, few, { valuesMax: 200 });
    expect(mmd(many, few, { valuesMax: 200 })).toEqual(result);
    expect(result.parameters).toMatchObject({ usedReference: 200, usedCurrent: 100 });
    for (const valuesMax of [1, 2001, 2.5])
      expect(() => mmd(many, few, { valuesMax })).toThrow('mmd requires a valuesMax between 2 and 2000');
  });

  it('finds nothing in a constant column and refuses what it cannot answer', () => {
    expect(mmd([3, 3], [3, 3, 3])).toMatchObject({ score: 0, pValue: 1 });
    expect(mmd([0, 0], [1, 1]).score).toBeCloseTo(2 - 2 / Math.E, 14);
    expect(() => mmd([1], [1, 2])).toThrow('mmd requires at least 2 values in each sample');
    expect(() => mmd([1, 2], [1, Infinity])).toThrow('mmd requires sorted, finite values');
  });

  it('refuses values whose squared differences overflow or vanish, where it would score 0 or be sure of a drift', () => {
    for (const scale of [1e160, 1e-200])
      expect(() => mmd([0, scale, 2 * scale], [3 * scale, 5 * scale])).toThrow(
        'mmd requires values whose squared differences fit a double',
      );
    expect(() => mmd([-1.7e308, 0], [0, 1.7e308])).toThrow('mmd requires values whose squared differences fit a double');
    expect(Number.isFinite(mmd([0, 1, 2, 3], [1, 2, 3, 1e308]).score)).toBe(true);
  });
});
