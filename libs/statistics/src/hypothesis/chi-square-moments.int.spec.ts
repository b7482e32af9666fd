import { describe, expect, it } from '@jest/globals';
import { type Random, seededRandom } from '../random.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { chiSquare } from './chi-square.js';
import { cramersV } from './cramers-v.js';
import { gTest } from './g-test.js';
import { tailOfMoments } from './split-moments.js';

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

/** Five words of 19 % and twenty of a quarter of a percent. */
const drawRare = (size: number, random: Random): number[] => {
  const counts = new Array<number>(25).fill(0);
  for (let i = 0; i < size; i += 1) {
    const at = Math.floor(random() < 0.95 ? random() * 5 : 5 + random() * 20);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
};

/** Mean, variance and skewness of a score over every way to deal the rows of two samples out anew. */
const enumerated = (test: typeof chiSquare, [reference, current]: readonly [number[], number[]]) => {
  const totals = reference.map((count, i) => count + (current[i] ?? 0));
  const tables = dealtOut(totals, sum(current)).map(({ dealt, probability }) => {
    const rest = totals.map((total, i) => total - (dealt[i] ?? 0));
    return { score: test(rest, dealt).score, probability };
  });
  const mean = sum(tables.map(({ score, probability }) => score * probability));
  const about = (power: number): number => sum(tables.map(({ score, probability }) => (score - mean) ** power * probability));
  return { mean, variance: about(2), skewness: about(3) / about(2) ** 1.5 };
};

describe('chi-square where few are expected', () => {
  it.each<[string, number[], number[]]>([
    ['three categories of a few rows', [3, 4, 2], [5, 1, 1]],
    ['a category seen once', [6, 5, 1], [4, 7, 0]],
    ['sizes far apart', [14, 9, 7, 2], [2, 0, 3, 1]],
    ['five categories', [3, 2, 4, 1, 2], [1, 4, 0, 3, 2]],
    ['a single current row', [5, 3, 2], [1, 0, 0]],
  ])('has the mean, variance and skewness of all tables with the same margins: %s', (_, reference, current) => {
    const { mean, variance, skewness } = enumerated(chiSquare, [reference, current]);
    const { score, pValue, parameters } = chiSquare(reference, current);
    expect(parameters['correction']).toBe('moments');
    expect(Math.abs(Number(parameters['mean']) / mean - 1)).toBeLessThan(1e-12);
    expect(Math.abs(Number(parameters['variance']) / variance - 1)).toBeLessThan(1e-10);
    expect(Math.abs(Number(parameters['skewness']) / skewness - 1)).toBeLessThan(1e-9);
    expect(pValue).toBeCloseTo(tailOfMoments(score, { mean, variance, skewness }), 9);
  });

  it('says nothing where the margins alone fix the score, as of names that occur once', () => {
    const [reference, current] = [
      [1, 1, 1, 0, 0, 0],
      [0, 0, 0, 1, 1, 1],
    ];
    expect(chiSquare(reference, current)).toMatchObject({ pValue: 1, parameters: { correction: 'moments', variance: 0 } });
    const names = (of: 0 | 1): number[] => Array.from({ length: 1000 }, (_, i) => (i % 2 === of ? 1 : 0));
    expect(chiSquare(names(0), names(1)).pValue).toBe(1);
  });

  it('stays as it is where counts are weights or five rows are all there are, which are never significant', () => {
    expect(chiSquare([1.5, 2, 3], [2, 2.5, 1]).parameters).toMatchObject({ correction: 'none' });
    expect(chiSquare([3, 0, 0], [0, 1, 1])).toMatchObject({ pValue: expect.closeTo(0.082, 3), parameters: { correction: 'none' } });
  });

  it.each([
    { n: 1000, m: 50, plain: 0.14 },
    { n: 1000, m: 100, plain: 0.09 },
    { n: 10_000, m: 200, plain: 0.07 },
  ])("keeps its level with rare words of $n rows beside $m, where scipy's p-value alarms more often than $plain", ({ n, m, plain }) => {
    const random = seededRandom(n + m);
    const [rounds, alarms] = [1500, { scipy: 0, chiSquare: 0, cramersV: 0, far: 0 }];
    for (let i = 0; i < rounds; i += 1) {
      const [reference, current] = [drawRare(n, random), drawRare(m, random)];
      const { score, pValue = 1, parameters } = chiSquare(reference, current);
      if (chiSquareTail(score, Number(parameters['degrees'])) <= 0.05) alarms.scipy += 1;
      if (pValue <= 0.05) alarms.chiSquare += 1;
      if (pValue <= 0.01) alarms.far += 1;
      if ((cramersV(reference, current).pValue ?? 1) <= 0.05) alarms.cramersV += 1;
    }
    expect(alarms.scipy / rounds).toBeGreaterThan(plain);
    expect(alarms.chiSquare / rounds).toBeGreaterThan(0.03);
    expect(alarms.chiSquare / rounds).toBeLessThan(0.065);
    expect(alarms.far / rounds).toBeLessThan(0.017);
    expect(alarms.cramersV).toBe(alarms.chiSquare);
  });

  it('still finds a rare word that became frequent', () => {
    const rare = [200, 190, 180, ...new Array<number>(20).fill(3)];
    const current = [15, 13, 14, ...new Array<number>(19).fill(0), 6];
    expect(chiSquare(rare, current).pValue).toBeLessThan(0.02);
  });
});

describe('G where few are expected', () => {
  it.each<[string, number[], number[], number]>([
    ['three categories of a few rows', [3, 4, 2], [5, 1, 1], 0.04],
    ['five categories', [3, 2, 4, 1, 2], [1, 4, 0, 3, 2], 0.05],
    ['sizes far apart', [14, 9, 7, 2], [2, 0, 3, 1], 0.06],
    ['six categories', [6, 5, 4, 3, 2, 1], [5, 4, 3, 2, 1, 1], 0.02],
    ['four of which two are rare', [20, 10, 3, 2], [10, 9, 2, 1], 0.02],
  ])('has the mean of all tables with the same margins, and nearly their variance and skewness: %s', (_, reference, current, near) => {
    const { mean, variance, skewness } = enumerated(gTest, [reference, current]);
    const { score, pValue, parameters } = gTest(reference, current);
    expect(parameters['correction']).toBe('moments');
    expect(Math.abs(Number(parameters['mean']) / mean - 1)).toBeLessThan(1e-12);
    expect(Math.abs(Number(parameters['variance']) / variance - 1)).toBeLessThan(near);
    expect(Math.abs(Number(parameters['skewness']) - skewness)).toBeLessThan(0.2);
    expect(pValue).toBeCloseTo(tailOfMoments(score, { mean, variance, skewness }), 1);
  });

  it.each([
    { n: 1000, m: 50 },
    { n: 200, m: 200 },
  ])('keeps its level with rare words of $n rows beside $m', ({ n, m }) => {
    const random = seededRandom(n - m);
    const [rounds, alarms] = [2_000, { g: 0 }];
    for (let i = 0; i < rounds; i += 1) if ((gTest(drawRare(n, random), drawRare(m, random)).pValue ?? 1) <= 0.05) alarms.g += 1;
    expect(alarms.g / rounds).toBeGreaterThan(0.03);
    expect(alarms.g / rounds).toBeLessThanOrEqual(0.06);
  });
});
