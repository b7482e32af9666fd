import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scorecard, type Settled } from './scorecard.js';

const chunk = (value: number, realised: number): Settled => ({ value, realised, band: { lower: value - 0.1, upper: value + 0.1 } });
const repeated = (hits: number, misses: number): Settled[] => [
  ...Array.from({ length: hits }, () => chunk(0.5, 0.55)),
  ...Array.from({ length: misses }, () => chunk(0.5, 0.2)),
];

describe('the scorecard of an estimator', () => {
  it('says how often labels fell into the band, and by how much the estimate was off', () => {
    const card = scorecard([chunk(0.8, 0.75), chunk(0.7, 0.75), chunk(0.9, 0.6), chunk(0.5, 0.6)]);
    expect(card).toMatchObject({ chunks: 4, coverage: 0.75, distrust: false });
    expect(card.bias).toBeCloseTo(0.05, 12);
    expect(card.meanAbsoluteError).toBeCloseTo(0.125, 12);
    expect(card.pValue).toBeCloseTo(1 - 0.95 ** 4, 12);
  });

  it.each([
    [1, 0, 1, false],
    [2, 0, 2, true],
    [5, 3, 2, false],
    [5, 2, 3, true],
    [20, 17, 3, false],
    [20, 16, 4, false],
    [20, 15, 5, true],
  ])('of %i chunks with %i in the band and %i outside is distrusted: %s', (_chunks, hits, misses, distrust) => {
    expect(scorecard(repeated(hits, misses)).distrust).toBe(distrust);
  });

  it('does not depend on the order of the chunks, and trusts more with every hit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 10 }), (hits, misses) => {
        const card = scorecard(repeated(hits, misses));
        expect(scorecard(repeated(hits, misses).toReversed())).toEqual(card);
        expect(scorecard(repeated(hits + 1, misses)).pValue).toBeGreaterThanOrEqual(card.pValue);
        expect(card.pValue).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('refuses nothing and what is not finite', () => {
    expect(() => scorecard([])).toThrow('scorecard requires at least one settled chunk');
    expect(() => scorecard([chunk(NaN, 0)])).toThrow('scorecard requires finite values');
  });
});
