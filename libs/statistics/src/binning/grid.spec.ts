import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketBounds, bucketMiddle, bucketOf, bucketsOf, FIRST_BUCKET, type Grid, gridFrom, LAST_BUCKET } from './grid.js';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const grid: fc.Arbitrary<Grid> = fc
  .tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -5000, max: 5000 }))
  .map(([exponent, steps]) => ({ unit: 2 ** exponent, centre: steps * 2 ** exponent }));

describe('bucket grid', () => {
  it('numbers steps from the centre: one unit each up to 1,024, then 512 per doubling', () => {
    const unit: Grid = { centre: 0, unit: 1 };
    expect([0, 0.5, 1, 1023, 1024, 1025, 1026, 2047, 2048, 4096].map((x) => bucketOf(x, unit))).toEqual([
      0, 0, 1, 1023, 1024, 1024, 1025, 1535, 1536, 2048,
    ]);
    expect([-0, -0.5, -1, -1.5, -1024].map((x) => bucketOf(x, unit))).toEqual([0, -1, -2, -2, -1025]);
  });

  it('keeps the order of values, on any grid', () => {
    fc.assert(
      fc.property(finite, finite, grid, (x, y, g) => {
        expect(bucketOf(Math.min(x, y), g)).toBeLessThanOrEqual(bucketOf(Math.max(x, y), g));
      }),
      { numRuns: 2000 },
    );
  });

  it('puts every value within the bounds of its bucket, and bounds of neighbours meet', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), grid, (x, g) => {
        const bucket = bucketOf(x, g);
        const { from, to } = bucketBounds(bucket, g);
        const slack = (Math.abs(x) + Math.abs(g.centre)) * 2 ** -52;
        expect(x).toBeGreaterThanOrEqual(from - slack);
        expect(x).toBeLessThanOrEqual(to + slack);
        expect(bucketBounds(Math.min(bucket + 1, LAST_BUCKET), g).from).toBe(bucket < LAST_BUCKET ? to : from);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives each bucket back from its own middle', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST_BUCKET, max: LAST_BUCKET }), (bucket) => {
        const g: Grid = { centre: 0, unit: 2 ** -6 };
        if (bucket !== FIRST_BUCKET && bucket !== LAST_BUCKET) expect(bucketOf(bucketMiddle(bucket, g), g)).toBe(bucket);
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees above and below 2^31 steps, where the arithmetic changes', () => {
    const unit: Grid = { centre: 0, unit: 1 };
    expect(bucketOf(2 ** 31, unit) - bucketOf(2 ** 31 - 1, unit)).toBe(1);
    expect(bucketOf(2 ** 32, unit) - bucketOf(2 ** 31, unit)).toBe(512);
  });

  it('clamps what is too far away into two open buckets that fit sixteen bits', () => {
    const unit: Grid = { centre: 0, unit: 1 };
    expect([bucketOf(1e300, unit), bucketOf(-1e300, unit), bucketOf(2 ** 72, unit)]).toEqual([LAST_BUCKET, FIRST_BUCKET, LAST_BUCKET]);
    expect([bucketBounds(LAST_BUCKET, unit).to, bucketBounds(FIRST_BUCKET, unit).from]).toEqual([Infinity, -Infinity]);
    expect(bucketOf(Number.MAX_VALUE, { centre: -Number.MAX_VALUE, unit: 1 })).toBe(LAST_BUCKET);
    expect(Number.isFinite(bucketMiddle(LAST_BUCKET, unit)) && Number.isFinite(bucketMiddle(FIRST_BUCKET, unit))).toBe(true);
  });

  it('refuses values and buckets that do not exist', () => {
    for (const x of [NaN, Infinity, -Infinity])
      expect(() => bucketOf(x, { centre: 0, unit: 1 })).toThrow('bucketOf requires a finite value');
    for (const b of [0.5, LAST_BUCKET + 1]) expect(() => bucketBounds(b, { centre: 0, unit: 1 })).toThrow('bucketBounds requires a bucket');
    expect(() => bucketsOf([1, 2], { centre: 0, unit: 1 }, new Int16Array(1))).toThrow('bucketsOf requires room for every value');
  });

  it('buckets an array as it buckets each value', () => {
    const out = new Int16Array(4);
    bucketsOf([0, -1, 5000, 1e9], { centre: 0, unit: 1 }, out);
    expect([...out]).toEqual([0, -1, 5000, 1e9].map((x) => bucketOf(x, { centre: 0, unit: 1 })));
  });
});

describe('gridFrom', () => {
  it('takes the largest power of two not above 1/128 of the interquartile range, centred at the median', () => {
    expect(gridFrom([0, 128, 256, 384])).toEqual({ centre: 192, unit: 1 });
    expect(gridFrom([384, 0, 256, 128].map((x) => x * 2 ** -20))).toEqual({ centre: 192 * 2 ** -20, unit: 2 ** -20 });
  });

  it('falls back to the size of the median when the middle half is one value', () => {
    expect(gridFrom([7, 7, 7, 7])).toEqual({ centre: 7, unit: 2 ** -8 });
    expect(gridFrom([0, 0, 0])).toEqual({ centre: 0, unit: 2 ** -10 });
    expect(gridFrom([5e6, 5e6, 5e6]).unit).toBe(4096);
  });

  it('has a unit that is a power of two and a centre that is a multiple of it, whatever the sample', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 20 }), (values) => {
        const { centre, unit } = gridFrom(values);
        expect(Number.isInteger(Math.log2(unit))).toBe(true);
        expect(Number.isFinite(centre)).toBe(true);
        values.forEach((value) => expect(Number.isInteger(bucketOf(value, { centre, unit }))).toBe(true));
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses nothing and what is not finite', () => {
    expect(() => gridFrom([])).toThrow('gridFrom requires at least one finite value');
    expect(() => gridFrom([1, NaN])).toThrow('gridFrom requires finite values');
  });
});
