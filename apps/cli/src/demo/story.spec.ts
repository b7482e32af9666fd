import { describe, expect, it } from '@jest/globals';
import { type Alert, type Measured } from './answers.js';
import { resultOf } from './demo-result.js';
import { type DayTally } from './send-flights.js';
import { storyOf, type Told } from './story.js';
import { summaryOf } from './summary.js';

const GATES = [
  { gate: 'significance', value: 1e-9, limit: 0.01, applied: true },
  { gate: 'own_variation', value: 0.1, limit: 0.06, applied: true },
  { gate: 'materiality', value: 0.09, limit: 0.05, applied: true },
];

const aMeasured = (overrides: Partial<Measured> = {}): Measured => ({
  measurement: 'm-1',
  kind: 'drift',
  subject: 'feature:origin',
  day: '2001-03-05',
  window: { from: '2001-03-05T00:00:00.000Z', until: '2001-03-06T00:00:00.000Z' },
  rows: { reference: 16000, current: 4000 },
  labelled: null,
  scores: [
    { method: 'jensen_shannon', score: 0.105 },
    { method: 'psi', score: 0.09 },
  ],
  judgement: { score: 0.105, breach: true, gates: GATES },
  bins: [{ name: 'LGA', reference: 0.02, current: 0.005 }],
  ...overrides,
});

const performance = (day: string, lateShare: number): Measured[] => {
  const base = { kind: 'performance', day, labelled: 100, judgement: null } as const;
  return [
    aMeasured({ ...base, subject: 'label:class', bins: [{ name: 'true', reference: 0.2, current: lateShare }] }),
    aMeasured({ ...base, subject: 'performance:roc_auc', scores: [{ method: 'roc_auc', score: 0.6 }], bins: [] }),
    aMeasured({ ...base, subject: 'performance:brier', scores: [{ method: 'brier', score: 0.12 }], bins: [] }),
  ];
};

const alerts: Alert[] = ['feature:origin', 'feature:destination', 'performance:brier'].map((subject) => ({
  subject,
  raisedOn: '2001-03-05',
  clearedOn: '2001-03-09',
  breaches: [
    {
      measurement: `of ${subject}`,
      day: '2001-03-05',
      window: { from: '2001-03-05T00:00:00.000Z', until: '2001-03-06T00:00:00.000Z' },
      score: 0.105,
      gates: GATES,
      rows: 4000,
      moved: [{ name: 'LGA', reference: 0.02, current: 0.005 }],
    },
  ],
}));

const aTally = (day: string, scoreSum: number): DayTally => ({
  day,
  predictions: 100,
  labels: 99,
  late: 20,
  scoreSum,
  badRecords: 1,
  lastAt: Date.parse(`${day}T23:00:00Z`),
});

const aTold = (overrides: Partial<Told> = {}): Told => ({
  share: 'a quarter',
  measured: [
    aMeasured(),
    aMeasured({ subject: 'feature:destination' }),
    aMeasured({ day: '2001-03-04', judgement: null }),
    aMeasured({ subject: 'volume', scores: [{ method: 'rows', score: 4000 }], judgement: null }),
    ...performance('2001-03-04', 0.1),
    ...performance('2001-03-05', 0.3),
  ],
  alerts,
  tallies: [aTally('2001-03-04', 20), aTally('2001-03-05', 25), aTally('2001-03-06', 25)],
  trainingLateShare: 0.21,
  totals: { measurements: 4, auditEntries: 40, seconds: 61.44, predictionsPerSecond: 10348.6, measurementsDigest: 'ab12' },
  ...overrides,
});

describe('storyOf', () => {
  it('shows features and outputs by day, in one order, and nothing else in the heat map', () => {
    const { days, subjects } = storyOf(aTold());
    expect(days).toEqual(['2001-03-04', '2001-03-05']);
    expect(subjects.map(({ subject, cells }) => [subject, cells.map((cell) => cell?.verdict)])).toEqual([
      ['origin', ['not judged', 'breach']],
      ['destination', [undefined, 'breach']],
    ]);
    expect(subjects[0]?.cells[1]).toEqual({
      score: 0.105,
      excess: 0.09,
      limit: 0.06,
      pValue: 1e-9,
      verdict: 'breach',
      measurement: 'm-1',
    });
  });

  it('sets outcomes beside what the model expected, and leaves days without an answer open', () => {
    const { performance: told } = storyOf(aTold());
    expect(told.days).toEqual([
      { day: '2001-03-04', labelled: 100, lateShare: 0.1, meanScore: 0.2 },
      { day: '2001-03-05', labelled: 100, lateShare: 0.3, meanScore: 0.25 },
      { day: '2001-03-06', labelled: 0, lateShare: null, meanScore: 0.25 },
    ]);
    expect(told.periods).toEqual([
      expect.objectContaining({ from: '2001-03-04', to: '2001-03-05', lateShare: 0.2, meanScore: 0.225, rocAuc: 0.6, brier: 0.12 }),
    ]);
    expect(told.alerts).toEqual([{ subject: 'performance:brier', raisedOn: '2001-03-05', clearedOn: '2001-03-09', breaches: 1 }]);
  });

  it('finds a known day by the alerts of both features', () => {
    expect(storyOf(aTold()).known.map(({ day, found }) => [day, found])).toEqual([['2001-03-05', true]]);
    expect(storyOf(aTold({ alerts: alerts.slice(0, 1) })).known.map(({ found }) => found)).toEqual([false]);
  });

  it('counts the usual limits on the same scores, features only', () => {
    expect(storyOf(aTold()).usualLimits).toEqual([
      { rule: 'PSI ≥ 0.1', alerts: 0, knownEventsFound: 0 },
      { rule: 'Jensen-Shannon distance ≥ 0.1', alerts: 3, knownEventsFound: 1 },
    ]);
  });

  it('stands without any answer', () => {
    const report = storyOf(aTold({ measured: [], alerts: [], tallies: [] }));
    expect(report.days).toEqual([]);
    expect(report.performance.periods).toEqual([]);
  });
});

describe('resultOf', () => {
  it('has exactly the members it promises, one line per window in breach', () => {
    const result = resultOf(storyOf(aTold()), alerts);
    expect(Object.keys(result)).toEqual([
      'predictions',
      'labels',
      'measurements',
      'alerts',
      'usualLimits',
      'measurementsDigest',
      'auditEntries',
      'seconds',
      'predictionsPerSecond',
    ]);
    expect(result).toMatchObject({ predictions: 300, labels: 297, seconds: 61.4, predictionsPerSecond: 10349 });
    expect(result.alerts.map(({ subject }) => subject)).toEqual(['feature:destination', 'feature:origin', 'performance:brier']);
    expect(result.alerts[0]).toEqual({
      subject: 'feature:destination',
      window: { from: '2001-03-05T00:00:00.000Z', until: '2001-03-06T00:00:00.000Z' },
      score: 0.105,
      moved: [{ name: 'LGA', reference: 0.02, current: 0.005 }],
      measurement: 'of feature:destination',
    });
  });
});

describe('summaryOf', () => {
  const places = { report: 'demo/report.html', serve: 'DRIFTLEDGER_DATA=demo npm start' };

  it('says first what came out, and how to serve it', () => {
    const text = summaryOf(storyOf(aTold()), places);
    expect(text).toContain('All 1 days on which airports closed were found, and no other feature raised an alert.');
    expect(text).toContain('All 3 things that are known');
    expect(text).toContain('DRIFTLEDGER_DATA=demo npm start');
    expect(text).not.toMatch(/NaN|undefined/);
  });

  it('says plainly what did not come out', () => {
    const text = summaryOf(storyOf(aTold({ alerts: [] })), places);
    expect(text).toContain('Only 0 of 1 days');
    expect(text).toContain('1 of 3 things that are known to be true of these flights did NOT come out:');
    expect(text).toContain('✗ 2001-03-05 is found and its airports are named: origin not raised; destination not raised');
  });
});
