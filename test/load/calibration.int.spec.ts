import { readFileSync } from 'node:fs';
import { METHODS } from '#libs/statistics';
import calibration from '../../libs/statistics/src/oracles/calibration.json' with { type: 'json' };
import ofRows from '../../libs/statistics/src/oracles/calibration-of-rows.json' with { type: 'json' };
import { ALL_SIZES, DATA, LIMITS, REPEATED, RUNS, sizesOf, takes, tally } from './calibration-of-methods.js';
import { alarmsOf, ROWS, ROWS_METHODS, ROWS_SIZES } from './calibration-of-rows.js';
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
const committed = (id: string, of: string, size: { readonly n: number; readonly m: number }) =>
  calibration.rates.find(({ method, data, n, m }) => method === id && data === of && n === size.n && m === size.m);

describe('the committed rates of false alarms', () => {
  it.each(DATA)('are those of this code: 400 runs at 50 rows a side give them again, %s', (data) => {
    const [size] = ALL_SIZES;
    if (!size) throw new Error('no sizes');
    const methods = METHODS.filter(({ id }) => SUBSET.includes(id));
    const rates = tally(methods, { data, ...size, from: 0, to: REPEATED });
    expect(rates.length).toBeGreaterThan(0);
    for (const { method, alarms, judgedBy } of rates) {
      expect({ method, judgedBy: committed(method, data, size)?.judgedBy, alarms: committed(method, data, size)?.repeated }).toEqual({
        method,
        judgedBy,
        alarms,
      });
    }
  });

  it('are of every method of the catalogue in its present version, on all data it takes, at every size, of 2,000 or 10,000 runs', () => {
    const expected = METHODS.flatMap((method) =>
      DATA.filter((data) => takes(method, data)).flatMap((data) =>
        sizesOf(method).map(({ n, m }) => ({ method: method.id, version: method.version, data, n, m })),
      ),
    );
    const measured = calibration.rates.map(({ method, version, data, n, m }) => ({ method, version, data, n, m }));
    const inOrder = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
    expect(inOrder(measured)).toEqual(inOrder(expected));
    expect(calibration.rates.filter(({ runs }) => runs !== RUNS.first && runs !== RUNS.near)).toEqual([]);
  });

  it('are at most 6 % everywhere, and at least 3 % on continuous data', () => {
    const outside = calibration.rates.filter(({ rate, atLeast }) => rate < atLeast || rate > LIMITS.highest);
    expect(outside).toEqual([]);
    for (const { method, data, alarms, runs, rate, atLeast, conservative } of calibration.rates) {
      expect({ rate, conservative }).toEqual({ rate: alarms / runs, conservative: rate < LIMITS.lowest });
      const continuous = data === 'normal' && METHODS.some(({ id, needs }) => id === method && needs === 'distribution');
      expect(atLeast).toBe(continuous ? LIMITS.lowest : 0);
    }
  });

  it('stand in the README of the library as they are', () => {
    const readme = readFileSync(README, 'utf8');
    expect(withTable(readme, calibration.rates, ofRows.rates)).toBe(readme);
  });
});

describe('the committed rates of false alarms of methods over rows', () => {
  const inOrder = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

  it('are of every method in its present version, on every kind of rows, at every size, of 2,000 or 10,000 runs', () => {
    const expected = ROWS_METHODS.flatMap(({ id, version, splits }) =>
      ROWS_SIZES.flatMap(({ n, m }) => ROWS.map((rows) => ({ method: id, version, splits, rows, n, m }))),
    );
    const measured = ofRows.rates.map(({ method, version, splits, rows, n, m }) => ({ method, version, splits, rows, n, m }));
    expect(inOrder(measured)).toEqual(inOrder(expected));
    expect(ofRows.rates.filter(({ runs }) => runs !== RUNS.first && runs !== RUNS.near)).toEqual([]);
  });

  it('are at most 6 % everywhere, and at least 3 % where a p-value is by splits', () => {
    expect(ofRows.rates.filter(({ rate, atLeast }) => rate < atLeast || rate > LIMITS.highest)).toEqual([]);
    for (const { alarms, runs, rate, atLeast, splits } of ofRows.rates)
      expect({ rate, atLeast }).toEqual({ rate: alarms / runs, atLeast: splits > 0 ? LIMITS.lowest : 0 });
  });

  it.each(['multivariate_mmd', 'centroid_distance', 'share_of_drifted_dimensions'])(
    'are those of this code: 400 runs at 50 rows a side give them again, %s of sorted rows',
    (id) => {
      const [part, method] = [{ rows: 'sorted', n: 50, m: 50 } as const, ROWS_METHODS.find((known) => known.id === id)];
      if (!method) throw new Error(`no method ${id}`);
      const known = ofRows.rates.find((rate) => rate.method === id && rate.rows === part.rows && rate.n === 50 && rate.m === 50);
      expect(alarmsOf(method, part, [0, REPEATED]).alarms).toBe(known?.repeated);
    },
  );
});
