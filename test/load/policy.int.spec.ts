import { JUDGES, PLANTS, runQuarter } from './calibration-of-policy.js';
import policy from './policy.json' with { type: 'json' };
import { PROMISED, STREAMS } from './policy-streams.js';

const lineOf = (stream: string, judge: string) => policy.lines.find((line) => line.stream === stream && line.judge === judge);
/** Few rows, where laws of many rows are least true; and a seed that is none of the committed ones. */
const FRESH = { features: policy.features, rowsPerDay: 500, seed: 1001 };

describe('the default policy, simulated here and now', () => {
  const outcomes = PROMISED.map((stream) => ({ stream, ...runQuarter({ ...FRESH, stream }) }));

  it.each(outcomes)('raises at most one alert per model and quarter where nothing changes: $stream', (outcome) =>
    expect(outcome.default.falseAlerts).toBeLessThanOrEqual(policy.limit),
  );

  it.each(outcomes.filter(({ stream }) => stream !== 'autocorrelated'))('finds four of five planted changes: $stream', (outcome) => {
    for (const { found, of } of Object.values(outcome.default.found)) expect(found / of).toBeGreaterThanOrEqual(0.8);
  });

  it.each(outcomes)('stands between a dummy that always alarms and one that never does: $stream', ({ always, never }) => {
    expect([always.falseAlerts, never.falseAlerts]).toEqual([policy.features, 0]);
    for (const plant of PLANTS) expect([always.found[plant].found, never.found[plant].found]).toEqual([always.found[plant].of, 0]);
  });
});

describe('the committed quarters of the default policy', () => {
  it('are of every stream and judge, all as many, with the sums that their quarters give', () => {
    for (const stream of STREAMS) {
      for (const judge of Object.keys(JUDGES)) {
        const { quarters = [], mean, most } = lineOf(stream, judge)?.falseAlerts ?? {};
        expect(quarters).toHaveLength(PROMISED.includes(stream) ? policy.quarters.promised : policy.quarters.others);
        expect(mean).toBeCloseTo(quarters.reduce((sum, one) => sum + one, 0) / quarters.length, 12);
        expect(most).toBe(Math.max(...quarters));
      }
    }
  });

  it('have at most one alert each where that is promised, and at most one on average elsewhere', () => {
    for (const stream of STREAMS) {
      const { mean, most } = lineOf(stream, 'default')?.falseAlerts ?? {};
      expect(PROMISED.includes(stream) ? most : mean).toBeLessThanOrEqual(policy.limit);
    }
  });

  it('are those that this release computes: the first of them again', () => {
    const [rowsPerDay = 0] = policy.rowsPerDay;
    const again = runQuarter({ features: policy.features, rowsPerDay, seed: 1, stream: 'autocorrelated' });
    expect(again.default.falseAlerts).toBe(lineOf('autocorrelated', 'default')?.falseAlerts.quarters[0]);
  });
});
