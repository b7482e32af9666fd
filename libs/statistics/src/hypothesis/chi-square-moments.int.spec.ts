import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { chiSquare } from './chi-square.js';
import { cramersV } from './cramers-v.js';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);

/** Every way to deal `drawn` rows out of these categories, with its probability. */
const dealtOut = (totals: readonly number[], drawn: number): { readonly dealt: readonly number[]; readonly probability: number }[] => {
  const rows = sum(totals);
  const [first, ...rest] = totals;
  if (first === undefined) return drawn === 0 ? [{ dealt: [], probability: 1 }] : [];
  return Array.from({ length: Math.min(first, drawn) + 1 }, (_, x) => x)
    .filter((x) => drawn - x <= rows - first)
    .flatMap((x) =>
      dealtOut(rest, drawn - x).map(({ dealt, probability }) => ({
        dealt: [x, ...dealt],
        probability: (probability * choose(first, x) * choose(rows - first, drawn - x)) / choose(rows, drawn),
      })),
    );
};

describe('chi-square where few are expected', () => {
  it.each<[string, number[], number[]]>([
    ['three categories of a few rows', [3, 4, 2], [5, 1, 1]],
    ['a category seen once', [6, 5, 1], [4, 7, 0]],
    ['sizes far apart', [14, 9, 7, 2], [2, 0, 3, 1]],
    ['five categories', [3, 2, 4, 1, 2], [1, 4, 0, 3, 2]],
    ['a single current row', [5, 3, 2], [1, 0, 0]],
  ])('has the mean and variance of all tables with the same margins: %s', (_, reference, current) => {
    const totals = reference.map((count, i) => count + (current[i] ?? 0));
    const tables = dealtOut(totals, sum(current)).map(({ dealt, probability }) => {
      const { score } = chiSquare(
        totals.map((total, i) => total - (dealt[i] ?? 0)),
        dealt,
      );
      return { score, probability };
    });
    const mean = sum(tables.map(({ score, probability }) => score * probability));
    const variance = sum(tables.map(({ score, probability }) => (score - mean) ** 2 * probability));
    const { score, pValue, parameters } = chiSquare(reference, current);
    expect(parameters['correction']).toBe('moments');
    expect(Math.abs(Number(parameters['mean']) / mean - 1)).toBeLessThan(1e-12);
    expect(Math.abs(Number(parameters['variance']) / variance - 1)).toBeLessThan(1e-10);
    expect(pValue).toBeCloseTo(chiSquareTail((2 * score * mean) / variance, (2 * mean ** 2) / variance), 9);
  });

  it('says nothing where the margins alone fix the score, as of names that occur once', () => {
    const [reference, current] = [
      [1, 1, 1, 0, 0],
      [0, 0, 0, 1, 1],
    ];
    expect(chiSquare(reference, current)).toMatchObject({ pValue: 1, parameters: { correction: 'moments', variance: 0 } });
    const names = (of: 0 | 1): number[] => Array.from({ length: 1000 }, (_, i) => (i % 2 === of ? 1 : 0));
    expect(chiSquare(names(0), names(1)).pValue).toBe(1);
  });

  it('stays as it is where counts are weights or three rows are all there are', () => {
    expect(chiSquare([1.5, 2, 3], [2, 2.5, 1]).parameters).toMatchObject({ correction: 'none' });
    expect(chiSquare([1, 1, 0], [0, 0, 1]).parameters).toMatchObject({ correction: 'none' });
  });

  it.each([
    { n: 1000, m: 50, plain: 0.14 },
    { n: 1000, m: 100, plain: 0.09 },
    { n: 10_000, m: 200, plain: 0.07 },
  ])("keeps its level with rare words of $n rows beside $m, where scipy's p-value alarms more often than $plain", ({ n, m, plain }) => {
    const random = seededRandom(n + m);
    const draw = (size: number): number[] => {
      const counts = new Array<number>(25).fill(0);
      for (let i = 0; i < size; i += 1) {
        const at = Math.floor(random() < 0.95 ? random() * 5 : 5 + random() * 20);
        counts[at] = (counts[at] ?? 0) + 1;
      }
      return counts;
    };
    const [rounds, alarms] = [1500, { scipy: 0, chiSquare: 0, cramersV: 0 }];
    for (let i = 0; i < rounds; i += 1) {
      const [reference, current] = [draw(n), draw(m)];
      const { score, pValue = 1, parameters } = chiSquare(reference, current);
      if (chiSquareTail(score, Number(parameters['degrees'])) <= 0.05) alarms.scipy += 1;
      if (pValue <= 0.05) alarms.chiSquare += 1;
      if ((cramersV(reference, current).pValue ?? 1) <= 0.05) alarms.cramersV += 1;
    }
    expect(alarms.scipy / rounds).toBeGreaterThan(plain);
    expect(alarms.chiSquare / rounds).toBeGreaterThan(0.03);
    expect(alarms.chiSquare / rounds).toBeLessThan(0.065);
    expect(alarms.cramersV).toBe(alarms.chiSquare);
  });

  it('still finds a rare word that became frequent', () => {
    const rare = [200, 190, 180, ...new Array<number>(20).fill(3)];
    const current = [15, 13, 14, ...new Array<number>(19).fill(0), 6];
    expect(chiSquare(rare, current).pValue).toBeLessThan(0.01);
  });
});
