import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/isotonic.json' with { type: 'json' };
import { isotonicAt, isotonicRegression } from './isotonic.js';

const pairs = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -9, max: 9 })), { minLength: 1, maxLength: 40 });

describe('isotonic regression', () => {
  it.each(oracle.cases)('equals scikit-learn between, at and beyond the knots: $name', ({ x, y, at, expected }) => {
    const curve = isotonicRegression(x, y);
    at.forEach((value, i) => expect(isotonicAt(curve, value)).toBeCloseTo(expected[i] ?? NaN, 12));
  });

  it('never falls, keeps the mean, and does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(pairs, (given) => {
        const [x, y] = [given.map(([a]) => a), given.map(([, b]) => b)];
        const curve = isotonicRegression(x, y);
        expect(curve.values).toEqual([...curve.values].sort((a, b) => a - b));
        const total = x.reduce((sum, value) => sum + isotonicAt(curve, value), 0);
        expect(total).toBeCloseTo(
          y.reduce((sum, value) => sum + value, 0),
          9,
        );
        expect(isotonicRegression(x.toReversed(), y.toReversed())).toEqual(curve);
      }),
    );
  });

  it('leaves a rising sequence as it is', () => {
    expect(isotonicRegression([3, 1, 2], [9, 1, 4])).toEqual({ knots: [1, 2, 3], values: [1, 4, 9] });
  });

  it('refuses nothing and what is not finite', () => {
    expect(() => isotonicRegression([], [])).toThrow('isotonicRegression requires at least one labelled answer');
    expect(() => isotonicRegression([1], [NaN])).toThrow('isotonicRegression requires finite values');
  });
});
