import { describe, expect, it } from '@jest/globals';
import { seededRandom, shuffle } from './random.js';

describe('seeded random numbers', () => {
  it('are the same for the same seed and others for another', () => {
    const take = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed));
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
    expect(take(2 ** 33)).not.toEqual(take(0));
  });

  it('fill [0, 1) evenly', () => {
    const random = seededRandom(7);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i += 1) {
      const cell = Math.floor(random() * 10);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    // Chi-square with nine degrees of freedom: above 27.9 in one of a thousand seeds.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
  });

  it('shuffle keeps every value and reaches every order', () => {
    const random = seededRandom(3);
    const seen = new Map<string, number>();
    for (let i = 0; i < 6_000; i += 1) {
      const values = [1, 2, 3];
      shuffle(values, random);
      seen.set(values.join(''), (seen.get(values.join('')) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['123', '132', '213', '231', '312', '321']);
    for (const count of seen.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
