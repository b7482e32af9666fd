import { describe, expect, it } from '@jest/globals';
import { type Alert, type Measured } from './answers.js';
import { type PerformancePeriod } from './report-data.js';
import { checksOf, KNOWN_DAYS, type Outcome, strangers } from './truth.js';

const anAlert = (subject: string, days: Readonly<Record<string, readonly string[]>>): Alert => ({
  subject,
  raisedOn: Object.keys(days)[0] ?? '',
  clearedOn: null,
  breaches: Object.entries(days).map(([day, airports]) => ({
    measurement: `m-${day}`,
    day,
    window: { from: `${day}T00:00:00.000Z`, until: `${day}T24:00:00.000Z` },
    score: 0.1,
    gates: [],
    rows: 4000,
    moved: airports.map((name) => ({ name, reference: 0.02, current: 0.001 })),
  })),
});

const allFound = (subject: string): Alert[] => [
  anAlert(subject, { '2001-03-05': ['LGA', 'BOS'], '2001-03-06': ['ORD', 'BOS'] }),
  anAlert(subject, { '2001-04-11': ['DEN'] }),
  anAlert(subject, { '2001-06-09': ['IAH'] }),
];

const spring: PerformancePeriod = {
  name: 'spring',
  from: '2001-04-23',
  to: '2001-05-13',
  lateShare: 0.12,
  meanScore: 0.2,
  rocAuc: 0.6,
  brier: 0.1,
};

const anOutcome = (overrides: Partial<Outcome> = {}): Outcome => ({
  measured: [],
  alerts: [...allFound('feature:origin'), ...allFound('feature:destination')],
  trainingLateShare: 0.21,
  spring,
  lastDay: '2001-06-29',
  ...overrides,
});

const failed = (outcome: Outcome): string[] =>
  checksOf(outcome)
    .filter(({ held }) => !held)
    .map(({ what, found }) => `${what}: ${found}`);

describe('checksOf', () => {
  it('hold when everything known came out', () => {
    expect(failed(anOutcome())).toEqual([]);
    expect(checksOf(anOutcome())).toHaveLength(8);
  });

  it('say which day was found in one feature only', () => {
    const alerts = [...allFound('feature:origin'), ...allFound('feature:destination').slice(0, 2)];
    expect(failed(anOutcome({ alerts }))).toEqual(['2001-06-09 is found and its airports are named: origin IAH; destination not raised']);
  });

  it('say that an alert names none of the airports that closed', () => {
    const alerts = [
      ...allFound('feature:origin'),
      ...allFound('feature:destination').slice(0, 1),
      ...allFound('feature:destination').slice(2),
      anAlert('feature:destination', { '2001-04-11': ['LAX'] }),
    ];
    expect(failed(anOutcome({ alerts }))).toEqual(['2001-04-11 is found and its airports are named: origin DEN; destination LAX']);
  });

  it('allow two other feature alerts and not three', () => {
    const others = ['2001-02-05', '2001-02-14', '2001-05-27'].map((day) => anAlert('feature:destination', { [day]: ['LGA'] }));
    const { alerts } = anOutcome();
    expect(failed(anOutcome({ alerts: [...alerts, ...others.slice(1)] }))).toEqual([]);
    expect(failed(anOutcome({ alerts: [...alerts, ...others] }))).toEqual([
      'at most 2 other feature alerts: destination on 2001-02-05; destination on 2001-02-14; destination on 2001-05-27',
    ]);
  });

  it('say that hour moved', () => {
    const moved: Measured = {
      measurement: 'm',
      kind: 'drift',
      subject: 'feature:hour',
      day: '2001-02-20',
      window: { from: '', until: '' },
      rows: { reference: 1, current: 1 },
      labelled: null,
      scores: [],
      judgement: { score: 0.1, breach: true, gates: [] },
      bins: [],
    };
    expect(failed(anOutcome({ measured: [moved] }))).toEqual(['hour and distance do not move on any day: hour on 2001-02-20']);
  });

  it('say that late flights did not fall, and that the model was not wrong about it', () => {
    expect(failed(anOutcome({ spring: { ...spring, lateShare: 0.2 } }))).toEqual([
      'the fall in late flights from 23 April to 13 May shows in the labels: 21.0 % late in training, 20.0 % then; no alert: single days lie as far apart in other weeks',
      'and in the calibration: 20.0 % expected by the model, 20.0 % late',
    ]);
  });

  it('leave out what was not reached', () => {
    const outcome = anOutcome({ lastDay: '2001-03-05', spring: undefined, alerts: [] });
    expect(checksOf(outcome).map(({ what }) => what)).toEqual([
      '2001-03-05 is found and its airports are named',
      'at most 2 other feature alerts',
      'hour and distance do not move on any day',
    ]);
  });
});

describe('strangers', () => {
  it('are alerts of features without a known day in them, not those about outputs, labels or performance', () => {
    const known = anAlert('feature:origin', { '2001-03-04': ['ORD'], '2001-03-05': ['LGA'] });
    const wrongFeature = anAlert('feature:hour', { '2001-03-05': ['[5, 6)'] });
    const rest = ['output:score', 'label:class', 'performance:brier'].map((subject) => anAlert(subject, { '2001-02-01': [] }));
    expect(strangers([known, wrongFeature, ...rest])).toEqual([wrongFeature]);
  });
});

describe('KNOWN_DAYS', () => {
  it('are in the order of time', () => {
    const days = KNOWN_DAYS.map(({ day }) => day);
    expect(days).toEqual([...days].sort());
  });
});
