import { type DemoReport, type PerformanceAlert } from './report-data.js';
import { alertLines, driftTable } from './table.js';
import { countWords, dayWords, outcomeWords, shareWords } from './wording.js';

/** Where the demo left what it made, and how to look at it. */
export type Places = { readonly report: string; readonly serve: string };

const INDENT = '  ';

/** What a person sees at the end: the outcome, good or bad, the table, the alerts, and where to go on. */
export const summaryOf = (report: DemoReport, { report: page, serve }: Places): string =>
  [
    '',
    outcomeWords(report),
    '',
    ...driftTable(report).split('\n'),
    '',
    'Windows in breach',
    ...orNone(alertLines(report)),
    '',
    'Alerts about outcomes',
    ...orNone(report.performance.alerts.map(outcomeLine)),
    '',
    'Late flights and what the model expected',
    ...periodLines(report),
    '',
    'The usual limits on the same scores',
    ...usualLines(report),
    '',
    ...checkLines(report),
    '',
    ...totalsLines(report),
    '',
    `Report  ${page}`,
    `Serve   ${serve}`,
    '',
  ]
    .map((line) => (line === '' ? '' : INDENT + line))
    .join('\n') + '\n';

const orNone = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? ['none'] : lines);

const outcomeLine = ({ subject, raisedOn, clearedOn, breaches }: PerformanceAlert): string =>
  `${dayWords(raisedOn).padEnd(10)}  ${subject}, ${breaches} ${breaches === 1 ? 'day' : 'days'} in breach, ${
    clearedOn === null ? 'not cleared yet' : `cleared ${dayWords(clearedOn)}`
  }`;

const periodLines = ({ performance: { trainingLateShare, periods } }: DemoReport): readonly string[] => [
  `${'In training'.padEnd(30)}  ${shareWords(trainingLateShare)} late`,
  ...periods.map(
    ({ name, lateShare, meanScore, rocAuc, brier }) =>
      `${name.padEnd(30)}  ${shareWords(lateShare)} late, ${shareWords(meanScore)} expected, ROC AUC ${rocAuc.toFixed(3)}, Brier ${brier.toFixed(4)}`,
  ),
];

const usualLines = ({ usualLimits, known }: DemoReport): readonly string[] =>
  usualLimits.map(
    ({ rule, alerts, knownEventsFound }) =>
      `${rule.padEnd(30)}  ${alerts} windows called a drift, ${knownEventsFound} of ${known.length} known days found`,
  );

const checkLines = ({ checks }: DemoReport): readonly string[] => {
  const failed = checks.filter(({ held }) => !held);
  if (failed.length === 0) return [`All ${checks.length} things that are known to be true of these flights came out.`];
  return [
    `${failed.length} of ${checks.length} things that are known to be true of these flights did NOT come out:`,
    ...failed.map(({ what, found }) => `✗ ${what}: ${found}`),
  ];
};

const totalsLines = ({ totals }: DemoReport): readonly string[] => {
  const { predictions, labels, measurements, auditEntries, seconds, predictionsPerSecond, measurementsDigest } = totals;
  return [
    `${countWords(predictions)} predictions and ${countWords(labels)} labels at ${countWords(Math.round(predictionsPerSecond))} predictions/s, ` +
      `${countWords(measurements)} measurements, ${countWords(auditEntries)} audit entries, ${seconds.toFixed(0)} s in all`,
    `Digest of the measurements ${measurementsDigest}`,
  ];
};
