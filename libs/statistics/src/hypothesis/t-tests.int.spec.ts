import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import studentOracle from '../oracles/student-t.json' with { type: 'json' };
import welchOracle from '../oracles/welch-t.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { normalQuantile } from '../special/normal-quantile.js';
import { momentsOf } from './moments.js';
import { studentT, studentTOfMoments } from './student-t.js';
import { welchT, welchTOfMoments } from './welch-t.js';

const TESTS = [
  { name: 'welchT', test: welchT, ofMoments: welchTOfMoments, oracle: welchOracle.cases },
  { name: 'studentT', test: studentT, ofMoments: studentTOfMoments, oracle: studentOracle.cases },
];

const sample = fc
  .array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 3, maxLength: 40 })
  .map((values) => values.map((value) => value / 1000))
  .filter((values) => new Set(values).size > 1);

const near = (actual: number | undefined, expected: number, tolerance: number): boolean =>
  actual !== undefined && Math.abs(actual - expected) <= tolerance * Math.max(Math.abs(expected), 1e-290);

/** The statistic of scipy takes current from reference. */
const signed = (score: number, direction: unknown): number => (direction === 'higher' ? -score : score);

describe.each(TESTS)('$name', ({ name, test, ofMoments, oracle }) => {
  const scored = (reference: readonly number[], current: readonly number[]) => test(sortedValues(reference), sortedValues(current));

  it.each(oracle.samples)(
    'equals scipy in t, degrees and, but for skewness, p-value: $name',
    ({ reference, current, t, pValue, degrees }) => {
      const result = scored(reference, current);
      // A million away from zero scipy itself has lost the digits that the deviation does not reach.
      const tolerance = Math.abs(reference[0] ?? 0) > 1e5 ? 1e-8 : 1e-12;
      expect(near(signed(result.score, result.parameters['direction']), t, tolerance)).toBe(true);
      if (result.parameters['skewness'] === undefined) expect(near(result.pValue, pValue, tolerance * 10)).toBe(true);
      expect(near(Number(result.parameters['degrees']), degrees, tolerance)).toBe(true);
    },
  );

  it.each(oracle.moments)('equals scipy from moments: $reference beside $current', ({ reference, current, t, pValue }) => {
    const result = ofMoments(reference, current);
    expect(near(signed(result.score, result.parameters['direction']), t, 1e-12)).toBe(true);
    expect(near(result.pValue, pValue, 1e-11)).toBe(true);
  });

  it('says the same from a sample and from its moments, whatever the order of the values', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const [kept, folded] = [scored(x, y), ofMoments(momentsOf(x), momentsOf(y))];
        expect(scored([...x].reverse(), y)).toEqual(kept);
        expect(folded.score).toBeCloseTo(kept.score, 8);
        expect(folded.pValue).toBeCloseTo(kept.pValue ?? NaN, 8);
      }),
    );
  });

  it('is 0 with p = 1 for a sample and itself, symmetric, and turns its direction', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        expect(scored(x, x)).toMatchObject({ score: 0, pValue: 1, parameters: { direction: 'same', difference: 0 } });
        const [there, back] = [scored(x, y), scored(y, x)];
        expect(near(back.score, there.score, 1e-9) || there.score < 1e-9).toBe(true);
        expect(back.pValue).toBeCloseTo(there.pValue ?? NaN, 9);
        expect(Number(back.parameters['difference'])).toBeCloseTo(-Number(there.parameters['difference']), 9);
      }),
    );
  });

  it('does not change when the feature is scaled, also to the ends of what a number can hold, or moved', () => {
    const [x, y] = [
      [1, 2, 4, 8],
      [3, 5, 6, 6, 9],
    ];
    const { score, pValue } = scored(x, y);
    for (const scale of [-1, 2 ** 40, 1e-300, 1e307]) {
      const scaled = scored(
        x.map((value) => value * scale),
        y.map((value) => value * scale),
      );
      expect(near(scaled.score, score, 1e-13)).toBe(true);
      expect(near(scaled.pValue, pValue ?? NaN, 1e-13)).toBe(true);
    }
    const moved = scored(
      x.map((value) => value + 2 ** 45),
      y.map((value) => value + 2 ** 45),
    );
    expect(moved).toEqual(scored(x, y));
  });

  it('takes values as they come: sorting them first makes no difference', () => {
    const mixed = [8, -1, 4, 2, 1e6, 3];
    const [result, ordered] = [test(mixed, [5, 3, 9]), test(sortedValues(mixed), [3, 5, 9])];
    expect(near(result.score, ordered.score, 1e-14)).toBe(true);
    expect(near(result.pValue, ordered.pValue ?? NaN, 1e-14)).toBe(true);
  });

  it('grows as a sample is shifted away, and says by how much in units of the feature', () => {
    const base = Array.from({ length: 50 }, (_, i) => i);
    const results = [0, 1, 5, 30, 500].map((shift) =>
      scored(
        base,
        base.map((value) => value + shift),
      ),
    );
    for (const [i, { score, pValue }] of results.slice(1).entries()) {
      expect(score).toBeGreaterThan(results[i]?.score ?? NaN);
      expect(pValue).toBeLessThan(results[i]?.pValue ?? NaN);
    }
    expect(results.map(({ parameters }) => Number(parameters['difference']).toFixed(9))).toEqual(
      [0, 1, 5, 30, 500].map((shift) => shift.toFixed(9)),
    );
    expect(results[3]?.parameters['direction']).toBe('higher');
  });

  it('finds no drift in a constant column, and says p = 1 where scipy says NaN', () => {
    expect(test([5, 5, 5], [5, 5])).toMatchObject({ score: 0, pValue: 1 });
    expect(test([0.1, 0.1, 0.1], [0.1, 0.1])).toMatchObject({ score: 0, pValue: 1 });
    expect(ofMoments({ count: 3, mean: 5, variance: 0 }, { count: 2, mean: 5, variance: 0 })).toMatchObject({ score: 0, pValue: 1 });
  });

  it('refuses what it cannot answer, by name', () => {
    expect(() => test([1], [1, 2])).toThrow(`${name} requires at least 2 values in each sample`);
    expect(() => test([], [1, 2])).toThrow(`${name} requires at least one value in each sample`);
    expect(() => test([1, Infinity], [1, 2])).toThrow(`${name} requires finite values`);
    expect(() => test([1, 2], [NaN, 2])).toThrow(`${name} requires finite values`);
    expect(() => test([1, 1], [2, 2])).toThrow(`${name} requires values that vary, or that are all equal`);
    expect(() => test([-1.7e308, 0], [1, 1.7e308])).toThrow(`${name} requires values whose range is finite`);
    const good = { count: 2, mean: 0, variance: 1 };
    expect(() => ofMoments({ ...good, count: 1 }, good)).toThrow(`${name}OfMoments requires at least 2 values in each sample`);
    expect(() => ofMoments({ ...good, count: 2.5 }, good)).toThrow(`${name}OfMoments requires at least 2 values in each sample`);
    for (const bad of [{ mean: NaN }, { variance: -1 }, { variance: Infinity }])
      expect(() => ofMoments(good, { ...good, ...bad })).toThrow(`${name}OfMoments requires a finite mean and a finite variance`);
    expect(() => ofMoments({ ...good, variance: 0 }, { ...good, mean: 1, variance: 0 })).toThrow(
      `${name}OfMoments requires values that vary`,
    );
  });
});

describe('tests of means without drift', () => {
  const rate = (test: typeof welchT, [n, m]: readonly [number, number], [a, b]: readonly [number, number]): number => {
    const random = seededRandom(11);
    const draw = (size: number, deviation: number) =>
      sortedValues(Array.from({ length: size }, () => deviation * normalQuantile(random() || 0.5)));
    let alarms = 0;
    for (let i = 0; i < 2000; i += 1) if ((test(draw(n, a), draw(m, b)).pValue ?? 1) < 0.05) alarms += 1;
    return alarms / 2000;
  };

  it('Welch takes the skewness of a short sample beside a long one out of the p-value, of which scipy raises 6 false alarms of 100', () => {
    const random = seededRandom(41);
    const skewed = (size: number): number[] => Array.from({ length: size }, () => -Math.log(1 - random()));
    const alarms = { ours: 0, scipy: 0 };
    for (let i = 0; i < 3000; i += 1) {
      const [reference, current] = [skewed(1000), skewed(50)];
      if ((welchT(reference, current).pValue ?? 1) <= 0.05) alarms.ours += 1;
      if ((welchTOfMoments(momentsOf(reference), momentsOf(current)).pValue ?? 1) <= 0.05) alarms.scipy += 1;
    }
    expect(alarms.ours / 3000).toBeLessThan(0.06);
    expect(alarms.ours).toBeLessThan(alarms.scipy);
    const [reference, current] = [skewed(1000), skewed(50)];
    const [there, back] = [welchT(reference, current), welchT(current, reference)];
    expect(there.parameters['skewness']).toBe(-Number(back.parameters['skewness']));
    expect(there.pValue).toBeCloseTo(back.pValue ?? NaN, 12);
    expect(welchT(reference.slice(0, 39), current).parameters['skewness']).toBeUndefined();
  });

  it('raise false alarms at their nominal rate for samples of one distribution', () => {
    for (const test of [welchT, studentT]) {
      for (const sizes of [
        [5, 7],
        [100, 25],
      ] as const) {
        const alarms = rate(test, sizes, [1, 1]);
        expect(alarms).toBeGreaterThan(0.035);
        expect(alarms).toBeLessThan(0.06);
      }
    }
  });

  it('keep to it with unequal variances only in the form of Welch', () => {
    expect(rate(welchT, [10, 50], [4, 1])).toBeLessThan(0.06);
    expect(rate(studentT, [10, 50], [4, 1])).toBeGreaterThan(0.25);
  });
});

describe('moments', () => {
  it('are those of numpy, far from zero too', () => {
    expect(momentsOf([1, 2, 3, 4])).toEqual({ count: 4, mean: 2.5, variance: 5 / 3 });
    expect(momentsOf([1e9 + 1, 1e9 + 2, 1e9 + 3])).toEqual({ count: 3, mean: 1e9 + 2, variance: 1 });
    expect(momentsOf([0.1, 0.1, 0.1])).toEqual({ count: 3, mean: 0.1, variance: 0 });
  });

  it('are refused for less than two values, and for values that are not finite or too large to square', () => {
    expect(() => momentsOf([1])).toThrow('momentsOf requires at least two values');
    expect(() => momentsOf([1, NaN])).toThrow('momentsOf requires finite values');
    expect(() => momentsOf([1e300, -1e300])).toThrow('momentsOf requires values with finite squares');
  });
});
