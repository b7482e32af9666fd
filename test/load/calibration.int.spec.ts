import { readFileSync } from 'node:fs';
import { METHODS } from '#libs/statistics';
import calibration from '../../libs/statistics/src/oracles/calibration.json' with { type: 'json' };
import { ALL_SIZES, DATA, LIMITS, measureRates, REPEATED, sizesOf, takes } from './calibration-of-methods.js';
import { README, withTable } from './calibration-table.js';

/** Fast ones, of every kind: tests of numbers, distances judged by their law, tests of counts. */
const SUBSET: readonly string[] = [
  'kolmogorov_smirnov',
  'cramer_von_mises',
  'anderson_darling',
  'epps_singleton',
  'wasserstein',
  'psi',
  'chi_square',
  'g_test',
  'fisher_exact',
];
const rateOf = (id: string, of: string, size: { readonly n: number; readonly m: number }) =>
  calibration.rates.find(({ method, data, n, m }) => method === id && data === of && n === size.n && m === size.m);

describe('the committed rates of false alarms', () => {
  it.each(DATA)('are those of this code: 400 runs at 50 rows a side give them again, %s', (data) => {
    const [size] = ALL_SIZES;
    if (!size) throw new Error('no sizes');
    const methods = METHODS.filter(({ id }) => SUBSET.includes(id));
    const rates = measureRates(methods, data, size, REPEATED);
    expect(rates.length).toBeGreaterThan(0);
    for (const { method, alarms, judgedBy } of rates) {
      expect({ method, judgedBy: rateOf(method, data, size)?.judgedBy, alarms: rateOf(method, data, size)?.repeated }).toEqual({
        method,
        judgedBy,
        alarms,
      });
    }
  });

  it('are of every method of the catalogue in its present version, on all data it takes, at every size, of 2,000 runs', () => {
    const expected = METHODS.flatMap((method) =>
      DATA.filter((data) => takes(method, data)).flatMap((data) =>
        sizesOf(method, data).map(({ n, m }) => ({ method: method.id, version: method.version, data, n, m, runs: 2000 })),
      ),
    );
    const measured = calibration.rates.map(({ method, version, data, n, m, runs }) => ({ method, version, data, n, m, runs }));
    const inOrder = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
    expect(inOrder(measured)).toEqual(inOrder(expected));
  });

  it('are at most 6 % everywhere, and at least 3 % on continuous data', () => {
    const outside = calibration.rates.filter(({ rate, atLeast, atMost }) => rate < atLeast || rate > atMost);
    expect(outside).toEqual([]);
    for (const { method, data, alarms, runs, rate, atLeast, atMost, conservative } of calibration.rates) {
      expect({ rate, atMost, conservative }).toEqual({ rate: alarms / runs, atMost: LIMITS.highest, conservative: rate < LIMITS.lowest });
      const continuous = data === 'normal' && METHODS.some(({ id, needs }) => id === method && needs === 'distribution');
      expect(atLeast).toBe(continuous ? LIMITS.lowest : 0);
    }
  });

  it('stand in the README of the library as they are', () => {
    const readme = readFileSync(README, 'utf8');
    expect(withTable(readme, calibration.rates)).toBe(readme);
  });
});
