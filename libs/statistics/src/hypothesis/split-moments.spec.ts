import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { leveragesOf } from './leverages.js';
import { mahalanobis } from './mahalanobis.js';
import { splitMoments, tailOfMoments } from './split-moments.js';

/** Every choice of `size` of the places from `from` on. */
const choices = (count: number, size: number, from = 0): number[][] =>
  size === 0
    ? [[]]
    : Array.from({ length: count - from }, (_, i) => from + i).flatMap((first) =>
        choices(count, size - 1, first + 1).map((rest) => [first, ...rest]),
      );

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the share of variation between two samples', () => {
  it.each([
    [5, 5, 2],
    [3, 8, 2],
    [2, 9, 3],
    [6, 4, 1],
  ])('has the moments of all splits into %i and %i rows of %i columns', (n, m, columns) => {
    const random = seededRandom(n * 100 + m * 10 + columns);
    // Skew and far from the middle: rows that weigh unevenly.
    const rows = Array.from({ length: n + m }, () => Array.from({ length: columns }, () => random() ** 4 * 9 + 3));
    const means = Array.from({ length: columns }, (_, i) => mean(rows.map((row) => row[i] ?? NaN)));
    const centred = rows.map((row) => row.map((value, i) => value - (means[i] ?? 0)));
    const covariance = means.map((_, i) => means.map((__, j) => mean(centred.map((row) => (row[i] ?? 0) * (row[j] ?? 0)))));
    const shares = choices(n + m, n).map((members) => {
      const difference = means.map((_, i) => ((n + m) / m) * mean(members.map((row) => centred[row]?.[i] ?? NaN)));
      return ((n * m) / (n + m) ** 2) * mahalanobis(difference, covariance).square;
    });
    const write = (row: number, into: Float64Array): void => into.set(rows[row] ?? []);
    const moments = splitMoments(leveragesOf({ rows: n + m, write, means, covariance }), [n, m]);
    const about = (power: number): number => mean(shares.map((share) => (share - mean(shares)) ** power));
    expect(moments.mean / mean(shares)).toBeCloseTo(1, 10);
    expect(moments.variance / about(2)).toBeCloseTo(1, 9);
    expect(moments.skewness).toBeCloseTo(about(3) / about(2) ** 1.5, 8);
  });

  it('has the tail of chi-square where it has the moments of chi-square', () => {
    for (const [score, degrees] of [
      [3, 2],
      [30, 12],
      [0.5, 5],
    ] as const) {
      const moments = { mean: degrees, variance: 2 * degrees, skewness: Math.sqrt(8 / degrees) };
      expect(tailOfMoments(score, moments) / chiSquareTail(score, degrees)).toBeCloseTo(1, 11);
    }
  });

  it('has a tail that falls from 1 to 0, and is 1 where every split scores the same', () => {
    const moments = { mean: 10, variance: 30, skewness: 1.4 };
    const tails = [-5, 0, 5, 10, 20, 50, 500].map((score) => tailOfMoments(score, moments));
    expect(tails.toSorted((a, b) => b - a)).toEqual(tails);
    expect([tails[0], tails.at(-1)]).toEqual([1, expect.closeTo(0, 9)]);
    expect(tailOfMoments(4, { mean: 4, variance: 0, skewness: 0 })).toBe(1);
    expect(tailOfMoments(10, { mean: 10, variance: 30, skewness: 0 })).toBeCloseTo(0.43, 1);
  });
});
