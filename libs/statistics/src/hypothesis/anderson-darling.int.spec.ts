import { describe, expect, it } from '@jest/globals';
import oracle from '../oracles/anderson-darling.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { andersonDarling } from './anderson-darling.js';
import { twoProportionZ } from './two-proportion-z.js';

describe('anderson-darling', () => {
  it.each(oracle.cases.table)(
    'equals scipy in score, and in p-value where scipy has one and hardly anything is tied: $name',
    ({ reference, current, score, pValue }) => {
      const result = andersonDarling(sortedValues(reference), sortedValues(current));
      expect(Math.abs(result.score - score)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(score)));
      const ours = result.pValue ?? -1;
      if (Number(result.parameters['tieWidening']) > 1.01) expect(ours).toBeGreaterThan(pValue * 0.96);
      else if (pValue === 0.25) expect(ours).toBeGreaterThan(0.24);
      else if (pValue === 0.001) expect(ours).toBeLessThan(0.001_05);
      else expect(Math.abs(ours / pValue - 1)).toBeLessThan(0.04);
    },
  );

  it.each(oracle.cases.permuted)('equals permutations, also where the table of scipy ends: $name', ({ reference, current, pValue }) => {
    const ours = andersonDarling(sortedValues(reference), sortedValues(current)).pValue ?? -1;
    // Four standard errors of 40,000 permutations, and 2 % for the finite sample.
    expect(Math.abs(ours - pValue)).toBeLessThan(4 * Math.sqrt((pValue * (1 - pValue)) / 40_000) + 0.02 * pValue);
  });

  it.each(oracle.cases.tied)(
    'equals permutations also where values are tied, of which the table of scipy knows nothing: $name',
    ({ reference, current, pValue, table }) => {
      const { pValue: ours = -1, parameters } = andersonDarling(sortedValues(reference), sortedValues(current));
      // Four standard errors, and 15 %: with two or three values the tail has another shape far out.
      expect(Math.abs(ours - pValue)).toBeLessThan(4 * Math.sqrt((pValue * (1 - pValue)) / 40_000) + 0.15 * pValue);
      expect(parameters['tieWidening']).toBeGreaterThan(1.15);
      // Where the table answers it finds drift sooner than it may.
      if (pValue > 0.05 && table < 0.25) expect(table).toBeLessThan(0.75 * pValue);
    },
  );

  it('is widened by ties only, the more the fewer values there are, up to a test of two shares', () => {
    const wide = (values: number): number => {
      const sample = Array.from({ length: 300 }, (_, i) => Math.floor((i * values) / 300));
      return Number(andersonDarling(sample, sample).parameters['tieWidening']);
    };
    const widths = [300, 100, 20, 5, 3, 2].map(wide);
    expect(widths).toEqual([...widths].sort((a, b) => a - b));
    expect(andersonDarling([1, 3, 5], [2, 4, 6]).parameters).toMatchObject({ tieWidening: 1 });
    // The limit for two values is a squared normal number: √2 in place of 0.761.
    expect(widths.at(-1)).toBeCloseTo(Math.SQRT2 / Math.sqrt((2 * (Math.PI ** 2 - 9)) / 3), 1);
    // A shift of a share shows as in the test of two shares.
    const coin = (ones: number): number[] => Array.from({ length: 400 }, (_, i) => (i < 400 - ones ? 0 : 1));
    const [ours, shares] = [andersonDarling(coin(200), coin(230)).pValue ?? NaN, twoProportionZ([200, 200], [170, 230]).pValue ?? NaN];
    expect(Math.abs(ours / shares - 1)).toBeLessThan(0.1);
  });

  it('has p-values far below the last of the table', () => {
    const base = Array.from({ length: 100 }, (_, i) => i);
    const { pValue } = andersonDarling(
      base,
      base.map((v) => v + 100),
    );
    expect(pValue).toBeGreaterThan(0);
    expect(pValue).toBeLessThan(1e-30);
  });

  it('finds nothing in a constant column, where scipy refuses to answer', () => {
    expect(andersonDarling([7, 7, 7], [7, 7])).toMatchObject({ pValue: expect.closeTo(1, 2), parameters: { statistic: 0 } });
  });

  it.each([
    ['without ties', (value: number) => value],
    ['in steps', (value: number) => Math.round(value * 8)],
    ['with two values', Math.round],
  ])('raises false alarms at its nominal rate, %s', (_, rounding) => {
    const random = seededRandom(12);
    const draw = (n: number): Float64Array => sortedValues(Array.from({ length: n }, () => rounding(random())));
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

  it('refuses samples of one value', () => {
    expect(() => andersonDarling([1], [1, 2])).toThrow('andersonDarling requires at least 2 values in each sample');
  });
});
