import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/epps-singleton.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { quantileOfSorted, sortedValues } from '../sorted.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { eppsSingleton } from './epps-singleton.js';

const sample = fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 15, maxLength: 60 });
/** Uniform numbers spread over three units, seeded. */
const drawn = (seed: number, n: number): Float64Array => {
  const random = seededRandom(seed);
  return sortedValues(Array.from({ length: n }, () => random() * 3));
};

describe('epps-singleton', () => {
  it.each(oracle.cases)('equals scipy in score, and in p-value scipy or 20,000 random splits: $name', (known) => {
    const { reference, current, score, splits } = known;
    const result = eppsSingleton(sortedValues(reference), sortedValues(current));
    expect(Math.abs(result.score / score - 1)).toBeLessThan(oracle.tolerance);
    const pValue = result.pValue ?? NaN;
    if (result.parameters['law'] === 'chi_square') expect(Math.abs(pValue / known.pValue - 1)).toBeLessThan(1e-8);
    else if (splits < 1e-3) expect(pValue).toBeLessThan(1e-3);
    else expect(Math.abs(pValue - splits)).toBeLessThan(0.08 * splits + 0.004);
  });

  it('is symmetric and 0 for a sample and itself', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const [a, b] = [sortedValues(x), sortedValues(y)];
        for (const values of [a, sortedValues([...x, ...y])]) fc.pre(quantileOfSorted(values, 0.25) < quantileOfSorted(values, 0.75));
        const result = eppsSingleton(a, b);
        expect(result.score).toBeGreaterThanOrEqual(0);
        expect(result.pValue).toBeGreaterThanOrEqual(0);
        expect(result.pValue).toBeLessThanOrEqual(1);
        expect(eppsSingleton(b, a).parameters['degrees']).toBe(result.parameters['degrees']);
        if (result.score < 1e4) expect(Math.abs(eppsSingleton(b, a).score - result.score)).toBeLessThan(1e-6 * (1 + result.score));
        expect(eppsSingleton(a, a)).toMatchObject({ score: 0, pValue: 1 });
      }),
      { numRuns: 50 },
    );
  });

  it('does not notice shift and scale of the feature, also far from zero', () => {
    const [a, b] = [drawn(1, 120), drawn(2, 90).map((v) => v ** 1.3)];
    const { score } = eppsSingleton(a, b);
    const moved = (values: Float64Array): Float64Array => values.map((v) => v * 4 + 1_700_000_000);
    expect(eppsSingleton(moved(a), moved(b)).score / score).toBeCloseTo(1, 5);
    expect(
      eppsSingleton(
        a.map((v) => v * 8),
        b.map((v) => v * 8),
      ).score,
    ).toBe(score);
  });

  it('counts only the directions in which a feature of two values varies', () => {
    const coin = (ones: number): number[] => Array.from({ length: 100 }, (_, i) => (i < 100 - ones ? 0 : 1));
    const result = eppsSingleton(coin(50), coin(60));
    expect(result.parameters).toMatchObject({ degrees: 1 });
    // One degree of freedom: the squared difference of two shares over its variance.
    expect(result.score).toBeCloseTo(0.1 ** 2 / (0.25 / 100 + 0.24 / 100), 8);
  });

  it('counts one direction also where a few equal values stand against many of two: rounding is no variation', () => {
    const coin = Array.from({ length: 20_000 }, (_, i) => (i < 10_000 ? 0.1 : 0.7));
    const { score, parameters } = eppsSingleton(coin, [0.1, 0.1, 0.1, 0.1, 0.1, 0.1]);
    expect(parameters).toMatchObject({ degrees: 1 });
    expect(score / 20_006 / (0.5 ** 2 / ((1 + 6 / 20_000) * 0.25))).toBeCloseTo(1, 9);
  });

  it("takes scipy's p-value where it holds: many values a side, and sizes that differ little", () => {
    const law = (n: number, m: number): unknown => eppsSingleton(drawn(4, n), drawn(5, m)).parameters['law'];
    expect([law(200, 200), law(300, 400), law(1000, 2000)]).toEqual(['chi_square', 'chi_square', 'chi_square']);
    expect([law(199, 300), law(200, 2000), law(2000, 200), law(50, 50)]).toEqual(new Array(4).fill('splits'));
  });

  const random = seededRandom(14);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  /** How many of a Poisson law with this mean, by inversion. */
  const poisson = (mean: number): number => {
    let [count, left, p] = [0, random(), Math.exp(-mean)];
    for (; left > p && count < 60; count += 1) {
      left -= p;
      p *= mean / (count + 1);
    }
    return count;
  };
  it.each([
    [50, 50, 'uniform numbers', random],
    [50, 1000, 'normal numbers', normal],
    [200, 100, 'six values', (): number => Math.floor(random() * 6)],
    [50, 1000, 'counts, half a time on average', (): number => poisson(0.5)],
    [25, 200, 'steps of half a deviation', (): number => Math.round(2 * normal()) / 2],
    [6, 6, 'normal numbers', normal],
  ])("keeps its level with %i and %i of %s, where scipy's p-value alarms more often", (n, m, _, value) => {
    const draw = (size: number): Float64Array => sortedValues(Array.from({ length: size }, value));
    const alarms = { scipy: 0, ours: 0 };
    const runs = 600;
    for (let i = 0; i < runs; i += 1) {
      const { score, pValue = 1, parameters } = eppsSingleton(draw(n), draw(m));
      if (pValue <= 0.05) alarms.ours += 1;
      if (chiSquareTail(score, Number(parameters['degrees'])) <= 0.05) alarms.scipy += 1;
    }
    expect(alarms.ours / runs).toBeGreaterThan(0.025);
    expect(alarms.ours / runs).toBeLessThan(0.07);
    expect(alarms.scipy).toBeGreaterThan(alarms.ours);
  });

  it('finds nothing in a constant column, where scipy says NaN, and refuses what it cannot answer', () => {
    expect(eppsSingleton([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1])).toMatchObject({ score: 0, pValue: 1 });
    expect(() => eppsSingleton([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 2])).toThrow(
      'eppsSingleton requires a pooled interquartile range above 0',
    );
    expect(() => eppsSingleton([1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 2])).toThrow('eppsSingleton requires a sample that varies');
    expect(() => eppsSingleton([1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6])).toThrow('eppsSingleton requires at least 6 values in each sample');
    expect(() => eppsSingleton([1, 2, 3, 4, 5, Infinity], [1, 2, 3, 4, 5, 6])).toThrow('eppsSingleton requires sorted, finite values');
  });
});
