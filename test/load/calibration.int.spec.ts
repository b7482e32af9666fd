import { isMethodId, METHODS } from '#libs/statistics';
import calibration from '../../libs/statistics/src/oracles/calibration.json' with { type: 'json' };
import { type Data, DATA, measureRates, REPEATED } from './calibration-of-methods.js';

/** Fast ones: a test of numbers, a distance judged by its law, a test of categories. */
const SUBSET: readonly string[] = ['kolmogorov_smirnov', 'wasserstein', 'chi_square'];
const isData = (text: string): text is Data => DATA.some((data) => data === text);

describe('the committed rates of false alarms', () => {
  it.each(DATA)('are those of this code: 400 runs at 50 rows a side give them again, %s', (data) => {
    const methods = METHODS.filter(({ id }) => SUBSET.includes(id));
    const rates = measureRates(methods, data, 50, REPEATED);
    expect(rates.length).toBeGreaterThan(0);
    for (const rate of rates) {
      const committed = calibration.rates.find(({ method, data: of, n }) => method === rate.method && of === data && n === 50);
      expect({ method: rate.method, alarms: committed?.repeated }).toEqual({ method: rate.method, alarms: rate.alarms });
    }
  });

  it('are of two thousand runs, of methods and data that exist', () => {
    for (const { method, data, runs, alarms, rate } of calibration.rates) {
      expect(isMethodId(method) && isData(data)).toBe(true);
      expect(runs).toBe(2000);
      expect(rate).toBe(alarms / runs);
    }
  });

  it('of distances judged by their law without drift stay within the limits on continuous data', () => {
    const judgedByLaw = [
      'wasserstein',
      'wasserstein_normalised',
      'psi',
      'jensen_shannon',
      'hellinger',
      'kullback_leibler',
      'total_variation',
    ];
    const rates = calibration.rates.filter(({ method, data }) => judgedByLaw.includes(method) && data === 'normal');
    expect(rates.length).toBeGreaterThanOrEqual(judgedByLaw.length);
    for (const { method, n, rate } of rates) {
      expect({ method, n, within: rate >= calibration.limits.lowest && rate <= calibration.limits.highest }).toEqual({
        method,
        n,
        within: true,
      });
    }
  });
});
