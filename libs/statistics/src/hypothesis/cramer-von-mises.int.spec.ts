import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/cramer-von-mises.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { exactCramerVonMisesTail } from './cramer-von-mises-exact.js';
import { cramerVonMises } from './cramer-von-mises.js';

const tied = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 24 });

describe('cramer-von-mises', () => {
  it.each(oracle.cases.scipy)('equals the definition, and scipy in score and p-value but for ties: $name', (known) => {
    const result = cramerVonMises(sortedValues(known.reference), sortedValues(known.current));
    expect(Math.abs(result.score - known.definition)).toBeLessThanOrEqual(1e-12 * Math.max(1, known.definition));
    const distinct = new Set([...known.reference, ...known.current]).size;
    if (distinct < known.reference.length + known.current.length) return;
    expect(Math.abs(result.score - known.score)).toBeLessThanOrEqual(1e-12 * Math.max(1, known.score));
    // The limit's series ends at terms of 1e-7 in scipy.
    const tolerance = result.parameters['tail'] === 'exact' ? 1e-12 * known.pValue : 2e-7;
    expect(Math.abs((result.pValue ?? -1) - known.pValue)).toBeLessThanOrEqual(tolerance);
  });

  it.each(oracle.cases.tied)('has the p-value of permutations where values are tied: $name', ({ reference, current, score, pValue }) => {
    const result = cramerVonMises(sortedValues(reference), sortedValues(current));
    expect(Math.abs(result.score - score)).toBeLessThanOrEqual(1e-12);
    const ours = result.pValue ?? -1;
    expect(Math.abs(ours - pValue)).toBeLessThan(4 * Math.sqrt((pValue * (1 - pValue)) / 40_000) + 0.1 * pValue);
  });

  it('finds equal shares equal whatever the sizes, where scipy sees ten ties of 1,000 and 300 values as drift with p = 0.00004', () => {
    const shares = (each: number): number[] => Array.from({ length: 10 * each }, (_, i) => Math.floor(i / each));
    expect(cramerVonMises(shares(100), shares(30))).toMatchObject({ score: 0, pValue: 1 });
  });

  it('equals the formula of mid-ranks for equal sizes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), { minLength: 2, maxLength: 24 }),
        (pairs) => {
          const [a, b] = [sortedValues(pairs.map(([x]) => x)), sortedValues(pairs.map(([, y]) => y))];
          const rank = (v: number): number =>
            [...a, ...b].filter((w) => w < v).length + ([...a, ...b].filter((w) => w === v).length + 1) / 2;
          const squares = (own: Float64Array): number => own.reduce((sum, v, i) => sum + (rank(v) - i - 1) ** 2, 0);
          const n = a.length;
          const u = n * (squares(a) + squares(b));
          expect(cramerVonMises(a, b).score).toBeCloseTo(u / (2 * n ** 3) - (4 * n * n - 1) / (12 * n), 10);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is the same from either end, and 0 for a sample and itself', () => {
    fc.assert(
      fc.property(tied, tied, (x, y) => {
        const turned = (values: readonly number[]): Float64Array => sortedValues(values.map((value) => -value));
        const { score } = cramerVonMises(sortedValues(x), sortedValues(y));
        expect(cramerVonMises(turned(x), turned(y)).score).toBeCloseTo(score, 12);
        expect(cramerVonMises(sortedValues(y), sortedValues(x)).score).toBeCloseTo(score, 12);
        expect(cramerVonMises(sortedValues(x), sortedValues(x)).score).toBe(0);
      }),
    );
  });

  it('has a p-value that keeps falling where a difference from 1 would be 0', () => {
    const base = Array.from({ length: 100 }, (_, i) => i);
    const { pValue } = cramerVonMises(
      base,
      base.map((v) => v + 100),
    );
    expect(pValue).toBeGreaterThan(0);
    expect(pValue).toBeLessThan(1e-30);
  });

  it('keeps its digits for large samples, where the formula of ranks cancels seven of them', () => {
    const many = Float64Array.from({ length: 200_000 }, (_, i) => 2 * i);
    const odd = many.map((v) => v + 1);
    // Every odd value follows its even one: F − G is 1/n after each even value and 0 after each odd one.
    expect(cramerVonMises(many, odd).score).toBe(1 / (4 * 200_000));
  });

  it('counts every order of small samples', () => {
    expect(cramerVonMises([1, 2, 3], [4, 5, 6])).toEqual({ score: 19 / 36, pValue: 0.1, parameters: { tail: 'exact' } });
    expect(exactCramerVonMisesTail(3, 5, 0)).toBe(1);
    expect(exactCramerVonMisesTail(5, 3, 1e9)).toBe(0);
  });

  it.each([
    ['without ties', (value: number) => value],
    ['in steps', (value: number) => Math.round(value * 8)],
    ['with two values', Math.round],
  ])('raises false alarms at its nominal rate, %s', (_, rounding) => {
    const random = seededRandom(11);
    const draw = (n: number): Float64Array => sortedValues(Array.from({ length: n }, () => rounding(random())));
    for (const [n, m] of [
      [30, 30],
      [200, 50],
    ] as const) {
      let alarms = 0;
      for (let i = 0; i < 400; i += 1) if ((cramerVonMises(draw(n), draw(m)).pValue ?? 1) <= 0.05) alarms += 1;
      expect(alarms / 400).toBeGreaterThan(0.025);
      expect(alarms / 400).toBeLessThan(0.07);
    }
  });

  it('refuses samples of one value', () => {
    expect(() => cramerVonMises([1], [1, 2])).toThrow('cramerVonMises requires at least 2 values in each sample');
  });
});
