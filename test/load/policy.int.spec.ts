import { runQuarter } from './calibration-of-policy.js';
import policy from './policy.json' with { type: 'json' };
import { STREAMS } from './policy-streams.js';

const lineOf = (stream: string, judge: string) => policy.lines.find((line) => line.stream === stream && line.judge === judge);
/** Those that take the time to be run again here; the others are held to their committed figures. */
const REPEATED = ['independent', 'autocorrelated', 'weekly'] as const;
const FIRST = { features: policy.features, rowsPerDay: policy.rowsPerDay[0] ?? 0, seed: 1 };

describe('the default policy', () => {
  it.each(STREAMS)('raised at most one alert per model and quarter where nothing changed, %s', (stream) => {
    const committed = lineOf(stream, 'default')?.falseAlerts;
    expect(committed?.quarters).toHaveLength(policy.quarters);
    expect(committed?.mean).toBeLessThanOrEqual(policy.limit);
    expect(committed?.most).toBeLessThanOrEqual(2);
  });

  it.each(REPEATED)('does so again: the first of the committed quarters, %s', (stream) => {
    const outcome = runQuarter({ ...FIRST, stream });
    expect(outcome.default.falseAlerts).toBeLessThanOrEqual(policy.limit);
    expect(outcome.default.falseAlerts).toBe(lineOf(stream, 'default')?.falseAlerts.quarters[0]);
    expect([outcome.always.falseAlerts, outcome.never.falseAlerts]).toEqual([policy.features, 0]);
  });

  it('finds what is planted among rows that are independent or follow the week, every time', () => {
    for (const stream of ['independent', 'weekly']) {
      for (const { found, of } of Object.values(lineOf(stream, 'default')?.found ?? {}))
        expect({ stream, found }).toEqual({ stream, found: of });
    }
  });

  it('finds more than half of what is planted among rows that remember, unlike never alarming', () => {
    for (const { found, of } of Object.values(lineOf('autocorrelated', 'default')?.found ?? {})) expect(found / of).toBeGreaterThan(0.5);
    for (const stream of STREAMS) {
      for (const { found } of Object.values(lineOf(stream, 'never')?.found ?? {})) expect(found).toBe(0);
      for (const { found, of } of Object.values(lineOf(stream, 'always')?.found ?? {})) expect(found).toBe(of);
    }
  });
});
