import { describe, expect, it } from '@jest/globals';
import oracle from '../oracles/squared-bridge-tail.json' with { type: 'json' };
import { andersonDarlingTail, cramerVonMisesTail } from './squared-bridge-tail.js';

const apart = (actual: number, expected: number): number => Math.abs(actual / expected - 1);

describe('the tail of a squared Brownian bridge', () => {
  it.each(oracle.cases.cramerVonMises)('of Cramér and von Mises equals the Bessel series in 60 digits at $x', ({ x, value }) => {
    expect(apart(cramerVonMisesTail(x), value)).toBeLessThan(oracle.tolerance);
  });

  it.each(oracle.cases.andersonDarling)('of Anderson and Darling equals the series of integrals in 60 digits at $x', ({ x, value }) => {
    expect(apart(andersonDarlingTail(x), value)).toBeLessThan(oracle.tolerance);
  });

  it('falls from 1 to 0 everywhere, also where its first values meet the shortcut', () => {
    for (const tail of [cramerVonMisesTail, andersonDarlingTail]) {
      const values = Array.from({ length: 400 }, (_, i) => tail(0.002 * 1.03 ** i));
      expect(values[0]).toBe(1);
      values.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual((values[i] ?? 0) + 4e-16));
      expect([tail(-1), tail(50) > 0, tail(1e4)]).toEqual([1, true, 0]);
    }
  });
});
