import { describe, expect, it } from '@jest/globals';
import { heatStep } from './heat-map.js';
import { reportPage } from './report.js';
import { type Cell, type DemoReport } from './report-data.js';
import { alertLines, driftTable, sparkline } from './table.js';
import { outcomeWords, pValueWords } from './wording.js';

const aCell = (overrides: Partial<Cell> = {}): Cell => ({
  score: 0.014,
  excess: 0.004,
  limit: 0.039,
  pValue: 0.4,
  verdict: 'calm',
  measurement: 'm-1',
  ...overrides,
});

const breachCell = aCell({ score: 0.1048, excess: 0.1019, limit: 0.0409, pValue: 2e-58, verdict: 'breach', measurement: 'm-5-march' });

const aReport = (overrides: Partial<DemoReport> = {}): DemoReport => ({
  data: { source: 'flights-3m of vega-datasets', share: 'a quarter', from: '2001-03-03', to: '2001-03-06' },
  totals: {
    predictions: 635403,
    labels: 635400,
    measurements: 152,
    auditEntries: 40,
    seconds: 61.4,
    predictionsPerSecond: 10348.6,
    measurementsDigest: 'ab12',
  },
  days: ['2001-03-03', '2001-03-04', '2001-03-05', '2001-03-06'],
  subjects: [
    { subject: 'destination', cells: [null, aCell({ verdict: 'not judged', limit: null, pValue: null }), breachCell, aCell()] },
    { subject: 'hour', cells: [aCell(), aCell(), aCell(), aCell()] },
  ],
  alerts: [
    {
      subject: 'destination',
      feature: true,
      raisedOn: '2001-03-05',
      clearedOn: '2001-03-09',
      breaches: [
        {
          subject: 'destination',
          day: '2001-03-05',
          cell: breachCell,
          margin: 0.05,
          rows: { reference: 16500, current: 4100 },
          moved: [
            { name: 'BOS', reference: 0.0203, current: 0.0025 },
            { name: 'LGA', reference: 0.0179, current: 0.0046 },
          ],
        },
      ],
    },
  ],
  known: [{ day: '2001-03-05', subjects: ['destination'], what: 'snow in the north-east', found: true }],
  performance: {
    trainingLateShare: 0.21,
    alerts: [{ subject: 'performance:brier', raisedOn: '2001-03-05', clearedOn: null, breaches: 2 }],
    days: [
      { day: '2001-03-03', labelled: 4000, lateShare: 0.2, meanScore: 0.21 },
      { day: '2001-03-04', labelled: 0, lateShare: null, meanScore: null },
      { day: '2001-03-05', labelled: 4000, lateShare: 0.12, meanScore: 0.21 },
    ],
    periods: [{ name: 'spring', from: '2001-03-05', to: '2001-03-06', lateShare: 0.12, meanScore: 0.21, rocAuc: 0.61, brier: 0.11 }],
  },
  checks: [{ what: '2001-03-05 is found', held: true, found: 'destination BOS LGA' }],
  badRecords: 3,
  usualLimits: [{ rule: 'PSI ≥ 0.1', alerts: 0, knownEventsFound: 0 }],
  provenance: [{ what: 'the heat map', where: 'query measurements { … }' }],
  ...overrides,
});

describe('reportPage', () => {
  it('shows each day of each subject once, and says what a breach is in words', () => {
    const page = reportPage(aReport());
    expect(page.match(/<title>[^<]*JS distance/g)).toHaveLength(7);
    expect(page).toContain('Mon 5 Mar, destination: JS distance 0.1048, 0.1019 above no drift, own variation up to 0.0409, breach');
    expect(page.match(/class="mark"/g)).toHaveLength(1);
  });

  it('shows the evidence of every breach with the measurement it comes from', () => {
    const page = reportPage(aReport());
    expect(page).toContain('BOS: 2.03 % in the reference, 0.25 % on the day');
    expect(page).toContain('p 2e-58');
    expect(page).toContain('m-5-march');
  });

  it('asks nothing of anybody: no script, no address, no font, no image', () => {
    const page = reportPage(aReport());
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page).not.toMatch(/<script|<link|<img|https?:|url\(|@import|@font-face/);
  });

  it('shows names from the data as text, whatever they contain', () => {
    const evil = '</title><script>alert(1)</script>"\'&';
    const [alert] = aReport().alerts;
    const alerts = alert === undefined ? [] : [{ ...alert, breaches: alert.breaches.map((breach) => ({ ...breach, subject: evil })) }];
    const page = reportPage(aReport({ subjects: [{ subject: evil, cells: [breachCell, null, null, null] }], alerts }));
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
  });

  it('is the same text for the same report', () => {
    expect(reportPage(aReport())).toBe(reportPage(aReport()));
  });

  it('stands without alerts, outcomes or days', () => {
    const page = reportPage(
      aReport({ days: [], subjects: [], alerts: [], performance: { trainingLateShare: 0.21, days: [], periods: [], alerts: [] } }),
    );
    expect(page).toContain('No alert was raised.');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('breaks the line where no outcome is known', () => {
    const line = /class="current-line"[^>]*d="([^"]*)"/.exec(reportPage(aReport()))?.[1] ?? '';
    expect(line.match(/M/g)).toHaveLength(2);
  });
});

describe('outcomeWords', () => {
  it('says so when everything was found and nothing else raised an alert', () => {
    expect(outcomeWords(aReport())).toBe('All 1 days on which airports closed were found, and no other feature raised an alert.');
  });

  it('says so when a known day was missed and another alert was raised', () => {
    const known = aReport().known.map((event) => ({ ...event, day: '2001-03-06', found: false }));
    expect(outcomeWords(aReport({ known }))).toBe(
      'Only 0 of 1 days on which airports closed were found, and 1 other feature alert was raised.',
    );
  });
});

describe('heatStep', () => {
  it.each([
    [0, 0],
    [0.001, 1],
    [0.05, 3],
    [0.1, 6],
    [0.9, 6],
    [-1, 0],
  ])('colours an excess of %d as step %d', (excess, step) => {
    expect(heatStep(excess)).toBe(step);
  });
});

describe('pValueWords', () => {
  it.each([
    [0.42, '0.42'],
    [0.001, '0.0010'],
    [2e-58, '2e-58'],
    [0, 'below 1e-300'],
  ])('writes %d as %s', (p, words) => {
    expect(pValueWords(p)).toBe(words);
  });
});

describe('driftTable', () => {
  it('gives each subject a line whose columns stand under each other', () => {
    expect(driftTable(aReport()).split('\n')).toEqual([
      'subject      drift, day by day  median  highest  on         breaches',
      'destination  █                  0.0140   0.1048  Mon 5 Mar         1',
      'hour         ▁                  0.0140   0.0140  Sat 3 Mar         0',
    ]);
  });

  it('stands without subjects', () => {
    expect(driftTable(aReport({ subjects: [] }))).toBe('subject  drift, day by day  median  highest  on  breaches');
  });
});

describe('alertLines', () => {
  it('names what moved on each day in breach', () => {
    expect(alertLines(aReport())).toEqual(['Mon 5 Mar   destination   0.1048  BOS 2.03 → 0.25 %, LGA 1.79 → 0.46 %']);
  });
});

describe('sparkline', () => {
  it('runs from the lowest block to the highest and marks what is missing', () => {
    expect(sparkline([0, 0.25, 0.5, 0.999, 1, null, 2], 1)).toBe('▁▃▅██·█');
  });

  it('shows no scale as dots', () => {
    expect(sparkline([0, 0], 0)).toBe('··');
  });
});
