import { slopeOf } from './slope.js';

describe('slopeOf', () => {
  it('is that of a line, without error', () => {
    const { slope, standardError } = slopeOf([1, 2, 5].map((x) => [x, 3 * x - 4]));
    expect(slope).toBeCloseTo(3, 12);
    expect(standardError).toBeCloseTo(0, 6);
  });

  it('tells by the error how much points scatter', () => {
    // By hand: sums of squares 5, 8.75 and products 5.5; what is left of 8.75 is 2.7, over two degrees of freedom.
    const { slope, standardError } = slopeOf([1, 3, 2, 5].map((y, x) => [x, y]));
    expect(slope).toBeCloseTo(1.1, 12);
    expect(standardError).toBeCloseTo(0.519_615_242, 9);
  });

  it('refuses too few points, and points at one place', () => {
    expect(() => slopeOf([])).toThrow(RangeError);
    expect(() => slopeOf([1, 2, 3].map((y) => [0, y]))).toThrow(RangeError);
  });
});
