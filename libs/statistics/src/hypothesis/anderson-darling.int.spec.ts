import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/anderson-darling.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { andersonDarling } from './anderson-darling.js';

const sample = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 40 });

describe('anderson-darling', () => {
  it.each(oracle.cases.table)(
    'equals scipy in score, and in p-value where scipy has one: $name',
    ({ reference, current, score, pValue }) => {
      const result = andersonDarling(sortedValues(reference), sortedValues(current));
      expect(Math.abs(result.score - score)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(score)));
      const ours = result.pValue ?? -1;
      if (pValue === 0.25) expect(ours).toBeGreaterThan(0.24);
      else if (pValue === 0.001) expect(ours).toBeLessThan(0.001_05);
      else expect(Math.abs(ours / pValue - 1)).toBeLessThan(0.04);
    },
  );

  it.each(oracle.cases.permuted)('equals permutations, also where the table of scipy ends: $name', ({ reference, current, pValue }) => {
    const ours = andersonDarling(sortedValues(reference), sortedValues(current)).pValue ?? -1;
    // Four standard errors of 40,000 permutations, and 2 % for the finite sample.
    expect(Math.abs(ours - pValue)).toBeLessThan(4 * Math.sqrt((pValue * (1 - pValue)) / 40_000) + 0.02 * pValue);
  });

  it('is symmetric, lowest for a sample and itself, and unchanged by an increasing transformation', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const [a, b] = [sortedValues(x), sortedValues(y)];
        const result = andersonDarling(a, b);
        expect(andersonDarling(b, a).score).toBeCloseTo(result.score, 10);
        expect(
          andersonDarling(
            a.map((v) => v * 8),
            b.map((v) => v * 8),
          ),
        ).toEqual(result);
        const own = andersonDarling(a, a);
        expect(own.parameters['statistic']).toBe(0);
        expect(own.pValue).toBeGreaterThan(0.99);
        expect(result.parameters['statistic']).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('grows as a sample is shifted away, with p-values far below the last of the table', () => {
    const base = Array.from({ length: 100 }, (_, i) => i);
    const results = [0, 5, 20, 50, 80, 100].map((shift) =>
      andersonDarling(
        base,
        base.map((v) => v + shift),
      ),
    );
    results.slice(1).forEach(({ score, pValue }, i) => {
      expect(score).toBeGreaterThan(results[i]?.score ?? NaN);
      expect(pValue).toBeLessThan(results[i]?.pValue ?? NaN);
    });
    expect(results.at(-1)?.pValue).toBeGreaterThan(0);
    expect(results.at(-1)?.pValue).toBeLessThan(1e-30);
  });

  it('finds nothing in a constant column, where scipy refuses to answer', () => {
    expect(andersonDarling([7, 7, 7], [7, 7])).toMatchObject({ pValue: expect.closeTo(1, 2), parameters: { statistic: 0 } });
  });

  it('raises false alarms at its nominal rate', () => {
    const random = seededRandom(12);
    const draw = (n: number): Float64Array => sortedValues(Array.from({ length: n }, random));
    for (const [n, m] of [
      [10, 12],
      [50, 50],
      [200, 60],
    ] as const) {
      let alarms = 0;
      for (let i = 0; i < 500; i += 1) if ((andersonDarling(draw(n), draw(m)).pValue ?? 1) <= 0.05) alarms += 1;
      expect(alarms / 500).toBeGreaterThan(0.028);
      expect(alarms / 500).toBeLessThan(0.07);
    }
  });

  it('refuses what it cannot answer', () => {
    expect(() => andersonDarling([1], [1, 2])).toThrow('andersonDarling requires at least 2 values in each sample');
    expect(() => andersonDarling([2, 1], [1, 2])).toThrow('andersonDarling requires sorted, finite values');
  });
});
