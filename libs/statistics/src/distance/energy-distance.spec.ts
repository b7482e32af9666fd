import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/energy-distance.json' with { type: 'json' };
import { sortedValues } from '../sorted.js';
import { energyDistance } from './energy-distance.js';

const sample = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 30 });

describe('energy distance', () => {
  it.each(oracle.cases)('equals scipy: $name', ({ reference, current, score }) => {
    expect(Math.abs(energyDistance(sortedValues(reference), sortedValues(current)).score / score - 1)).toBeLessThan(oracle.tolerance);
  });

  it('equals its definition by pairs', () => {
    const mean = (x: Float64Array, y: Float64Array): number =>
      x.reduce((sum, a) => sum + y.reduce((all, b) => all + Math.abs(a - b), 0), 0) / (x.length * y.length);
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const [a, b] = [sortedValues(x), sortedValues(y)];
        expect(energyDistance(a, b).score ** 2).toBeCloseTo(2 * mean(a, b) - mean(a, a) - mean(b, b), 10);
      }),
    );
  });

  it('is symmetric, 0 for a sample and itself, grows with the root of the scale and does not notice a common shift', () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const [a, b] = [sortedValues(x), sortedValues(y)];
        const { score } = energyDistance(a, b);
        expect(energyDistance(b, a).score).toBe(score);
        expect(energyDistance(a, a).score).toBe(0);
        const moved = (values: Float64Array): Float64Array => values.map((v) => v * 4 + 1000);
        expect(energyDistance(moved(a), moved(b)).score).toBeCloseTo(2 * score, 12);
      }),
    );
  });

  it('grows as a sample is shifted away', () => {
    const base = Array.from({ length: 50 }, (_, i) => i);
    const scores = [0, 5, 10, 30, 60, 200].map(
      (shift) =>
        energyDistance(
          base,
          base.map((v) => v + shift),
        ).score,
    );
    scores.slice(1).forEach((score, i) => expect(score).toBeGreaterThan(scores[i] ?? NaN));
  });

  it('scores constant columns by how far apart they are, and refuses empty and infinite ones', () => {
    expect(energyDistance([3, 3], [3]).score).toBe(0);
    expect(energyDistance([3, 3], [5]).score).toBe(2);
    expect(energyDistance([0, 8], [0, 8, 8, 8]).score).toBe(1);
    expect(() => energyDistance([], [1])).toThrow('energyDistance requires at least one value in each sample');
    expect(() => energyDistance([1], [1, Infinity])).toThrow('energyDistance requires sorted, finite values');
  });
});
