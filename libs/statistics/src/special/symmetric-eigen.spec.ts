import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { symmetricEigen } from './symmetric-eigen.js';

describe('the eigenvalues of a symmetric matrix', () => {
  it('put the matrix together again with vectors at right angles, for any matrix', () => {
    const entry = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 16, maxLength: 16 }), (entries) => {
        const at = (i: number, j: number): number => entries[4 * Math.min(i, j) + Math.max(i, j)] ?? 0;
        const size = [0, 1, 2, 3];
        const { values, vectors } = symmetricEigen(size.map((i) => size.map((j) => at(i, j))));
        const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, k) => sum + value * (y[k] ?? 0), 0);
        for (const i of size) {
          for (const j of size) {
            expect(dot(vectors[i] ?? [], vectors[j] ?? [])).toBeCloseTo(i === j ? 1 : 0, 12);
            expect(values.reduce((sum, value, k) => sum + value * (vectors[k]?.[i] ?? 0) * (vectors[k]?.[j] ?? 0), 0)).toBeCloseTo(
              at(i, j),
              10,
            );
          }
        }
      }),
    );
  });

  it('are those of a known matrix, and zeros need no care', () => {
    expect(
      [
        ...symmetricEigen([
          [2, 1],
          [1, 2],
        ]).values,
      ].sort(),
    ).toEqual([1, 3].map((v) => expect.closeTo(v, 14)));
    expect(
      symmetricEigen([
        [0, 0],
        [0, 0],
      ]).values,
    ).toEqual([0, 0]);
  });
});
