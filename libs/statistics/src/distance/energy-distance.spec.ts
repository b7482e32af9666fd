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

  it('scores constant columns by how far apart they are', () => {
    expect(energyDistance([3, 3], [3]).score).toBe(0);
    expect(energyDistance([3, 3], [5]).score).toBe(2);
    expect(energyDistance([0, 8], [0, 8, 8, 8]).score).toBe(1);
  });

  it('refuses values whose distances overflow', () => {
    expect(() => energyDistance([-1.7e308], [1.7e308])).toThrow('energyDistance requires values whose distances are finite');
    expect(Number.isFinite(energyDistance([0, 1e300], [5, 1e301]).score)).toBe(true);
  });
});
