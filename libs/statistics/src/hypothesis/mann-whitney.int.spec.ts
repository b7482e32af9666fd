import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/mann-whitney.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { normalQuantile } from '../special/normal-quantile.js';
import { mannWhitney } from './mann-whitney.js';
import { mannWhitneyBelow } from './mann-whitney-exact.js';

const sample = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 40 });
/** Whole numbers close together: mostly ties. */
const tied = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 40 });
const either = fc.oneof(sample, tied);
const scored = (reference: readonly number[], current: readonly number[]) => mannWhitney(sortedValues(reference), sortedValues(current));

/** Orders of n and m values by their statistic, by the recursion on which sample holds the largest value; whole numbers of any size. */
const orders = (n: number, m: number): bigint[] => {
  let table: bigint[][] = Array.from({ length: m + 1 }, () => [1n]);
  for (let i = 1; i <= n; i += 1) {
    const next: bigint[][] = [[1n]];
    for (let j = 1; j <= m; j += 1) {
      const row = new Array<bigint>(i * j + 1).fill(0n);
      (table[j] ?? []).forEach((count, u) => (row[u + j] = (row[u + j] ?? 0n) + count));
      (next[j - 1] ?? []).forEach((count, u) => (row[u] = (row[u] ?? 0n) + count));
      next.push(row);
    }
    table = next;
  }
  return table[m] ?? [];
};

describe('mann-whitney', () => {
  it.each(oracle.cases)('equals scipy in U and p-value: $name', ({ reference, current, u, pValue }) => {
    const result = scored(reference, current);
    expect(result.parameters).toMatchObject({ u });
    expect(Math.abs((result.pValue ?? -1) - pValue)).toBeLessThanOrEqual(oracle.tolerance * pValue);
  });

  it.each([
    [1, 1],
    [3, 5],
    [8, 8],
    [2, 40],
    [8, 60],
  ])('counts the orders of %d and %d values as whole numbers do', (n, m) => {
    const counts = orders(n, m);
    const all = counts.reduce((sum, count) => sum + count, 0n);
    let below = 0n;
    for (let u = 0; u <= (n * m) / 2; u += 1) {
      below += counts[u] ?? 0n;
      const exact = Number((below * 10n ** 40n) / all) / 1e40;
      expect(Math.abs(mannWhitneyBelow(n, m, u) / exact - 1)).toBeLessThan(1e-13);
      expect(mannWhitneyBelow(m, n, u)).toBe(mannWhitneyBelow(n, m, u));
    }
  });

  it('stays exact for a few values beside a hundred thousand', () => {
    const many = Float64Array.from({ length: 100_000 }, (_, i) => i);
    // One of 100,001 equally likely places: three values below, so four places as far out on this side and as many on the other.
    expect(mannWhitney([2.5], many).pValue).toBeCloseTo(8 / 100_001, 15);
    const eight = mannWhitney(
      Array.from({ length: 8 }, (_, i) => i * 12_500 + 0.5),
      many,
    );
    expect(eight.parameters).toMatchObject({ tail: 'exact' });
    expect(eight.pValue).toBeGreaterThan(0.5);
  });

  it('says 1 with no direction for a sample and itself, and for a constant column', () => {
    fc.assert(
      fc.property(either, (x) => {
        expect(scored(x, x)).toMatchObject({ score: 0, pValue: 1, parameters: { direction: 'same' } });
      }),
    );
    expect(mannWhitney(new Array<number>(2000).fill(5), new Array<number>(70).fill(5))).toMatchObject({ score: 0, pValue: 1 });
  });

  it('is symmetric with the direction turned, whatever the order of the values', () => {
    fc.assert(
      fc.property(either, either, (x, y) => {
        const [there, back] = [scored(x, y), scored(y, x)];
        expect(back.score).toBe(there.score);
        expect(back.pValue).toBe(there.pValue);
        const turned = { higher: 'lower', lower: 'higher', same: 'same' }[String(there.parameters['direction'])];
        expect(back.parameters['direction']).toBe(turned);
        expect(scored([...x].reverse(), y)).toEqual(there);
        expect(there.pValue).toBeGreaterThan(0);
        expect(there.pValue).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is the share of pairs above less that below, ties counting for neither', () => {
    fc.assert(
      fc.property(either, either, (x, y) => {
        let [above, below] = [0, 0];
        for (const a of x) for (const b of y) [above, below] = [above + Number(b > a), below + Number(b < a)];
        expect(scored(x, y).score).toBe(Math.abs(above - below) / (x.length * y.length));
        expect(scored(x, y).parameters['u']).toBe(below + (x.length * y.length - above - below) / 2);
      }),
    );
  });

  it('does not change when the feature is stretched, and grows as a sample is shifted away', () => {
    const base = Array.from({ length: 50 }, (_, i) => i);
    const shifted = (shift: number) => base.map((value) => value + shift);
    expect(mannWhitney(base.map(Math.exp), shifted(5).map(Math.exp))).toEqual(mannWhitney(base, shifted(5)));
    const results = [0, 5, 10, 30, 60].map((shift) => mannWhitney(base, shifted(shift)));
    for (const [i, { score, pValue }] of results.slice(1).entries()) {
      expect(score).toBeGreaterThan(results[i]?.score ?? NaN);
      expect(pValue).toBeLessThan(results[i]?.pValue ?? NaN);
    }
    expect(results[4]?.score).toBe(1);
  });

  it('sees a shift down as well as one up, where Evidently tests for lower values alone and answers p = 1 to half of all shifts', () => {
    const random = seededRandom(1);
    const base = Array.from({ length: 1000 }, () => normalQuantile(random() || 0.5));
    const [down, up] = [-0.5, 0.5].map((shift) =>
      scored(
        base,
        base.map((value) => value + shift),
      ),
    );
    expect(down?.pValue).toBeLessThan(1e-20);
    expect(up?.pValue).toBeLessThan(1e-20);
    expect([down?.parameters['direction'], up?.parameters['direction']]).toEqual(['lower', 'higher']);
  });

  it.each([
    ['eight values a side, exact', 8, 8, 1e9],
    ['unequal sizes', 200, 50, 1e9],
    ['heavy ties', 120, 90, 4],
  ])('raises false alarms at its nominal rate or below: %s', (_, n, m, levels) => {
    const random = seededRandom(n + m);
    const draw = (size: number) => sortedValues(Array.from({ length: size }, () => Math.floor(random() * levels)));
    let alarms = 0;
    for (let i = 0; i < 2000; i += 1) if ((mannWhitney(draw(n), draw(m)).pValue ?? 1) < 0.05) alarms += 1;
    expect(alarms / 2000).toBeGreaterThan(0.035);
    expect(alarms / 2000).toBeLessThan(0.06);
  });

  it('keeps its digits where nearly everything is tied', () => {
    const flat = (size: number, above: number) => Float64Array.from({ length: size }, (_, i) => (i < size - above ? 0 : 1));
    const { pValue } = mannWhitney(flat(1_000_000, 20), flat(1_000_000, 60));
    // The same as the two-proportion test but for the continuity correction of half a pair.
    const z = (40e6 / 2 - 0.5) / Math.sqrt((1e12 / 12) * ((3 * 1_999_920 * 80 * 2e6) / 2e6 / (2e6 - 1)));
    expect(pValue).toBeCloseTo(2 * (1 - normalBelow(z)), 12);
  });

  it('refuses samples that are empty, unsorted or not finite', () => {
    expect(() => mannWhitney([], [1])).toThrow('mannWhitney requires at least one value in each sample');
    expect(() => mannWhitney([1], [2, 1])).toThrow('mannWhitney requires sorted, finite values');
    expect(() => mannWhitney([1], [1, Infinity])).toThrow('mannWhitney requires sorted, finite values');
    expect(() => mannWhitney([NaN], [1])).toThrow('mannWhitney requires sorted, finite values');
  });
});

/** Share of a normal distribution below z, by turning the quantile round. */
const normalBelow = (z: number): number => {
  let [low, high] = [0, 1];
  for (let i = 0; i < 80; i += 1) {
    const middle = (low + high) / 2;
    if (normalQuantile(middle) < z) low = middle;
    else high = middle;
  }
  return low;
};
