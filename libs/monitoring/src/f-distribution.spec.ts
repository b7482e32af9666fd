import { fQuantile, fTail } from './f-distribution.js';

describe('the F distribution', () => {
  it('agrees with scipy.stats.f.sf 1.16', () => {
    const expected: [number, number, number, number][] = [
      [21.2, 1, 4, 0.009998110862011229],
      [1.3, 9, 27, 0.2823235144877301],
      [3.7, 199, 597, 6.792018962885166e-35],
      [50, 5, 15, 7.978163162278297e-9],
      [0.2, 3, 9, 0.8937878919105775],
      [2.5, 199, 1, 0.4721847379343565],
    ];
    for (const [x, numerator, denominator, tail] of expected) {
      const found = fTail(x, numerator, denominator);
      expect(Math.abs(found / tail - 1)).toBeLessThan(1e-11);
    }
  });

  it('agrees with scipy.stats.f.isf for the limits of few windows', () => {
    const expected = [98.50251256281398, 34.11622156452979, 21.197689584391295, 16.25817703983365, 13.74502253330417, 12.246383348435076];
    expected.forEach((quantile, i) => expect(Math.abs(fQuantile(0.01, 1, i + 2) / quantile - 1)).toBeLessThan(1e-10));
  });

  it('is 1 at zero and 0 at infinity', () => {
    expect(fTail(0, 3, 9)).toBe(1);
    expect(fTail(Infinity, 3, 9)).toBe(0);
  });
});
