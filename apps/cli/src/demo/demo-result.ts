import { type Alert, type Span } from './answers.js';
import { type BinShare, type DemoReport, type UsualLimit } from './report-data.js';

/** A window in breach, as `--json` prints it. `moved`: shares of the rows, as fractions, largest contribution first. */
type AlertLine = {
  readonly subject: string;
  readonly window: Span;
  readonly score: number;
  readonly moved: readonly BinShare[];
  readonly measurement: string;
};

/** What `--json` prints. */
export type DemoResult = {
  readonly predictions: number;
  readonly labels: number;
  readonly measurements: number;
  readonly alerts: readonly AlertLine[];
  readonly usualLimits: readonly UsualLimit[];
  readonly measurementsDigest: string;
  readonly auditEntries: number;
  readonly seconds: number;
  readonly predictionsPerSecond: number;
};

/** One line per window in breach: an alert that holds two bad days says both. In the order of windows. */
export const resultOf = ({ totals, usualLimits }: DemoReport, alerts: readonly Alert[]): DemoResult => ({
  predictions: totals.predictions,
  labels: totals.labels,
  measurements: totals.measurements,
  alerts: alerts
    .flatMap(({ subject, breaches }) =>
      breaches.map(({ window, score, moved, measurement }) => ({ subject, window, score, moved, measurement })),
    )
    .sort((a, b) => a.window.from.localeCompare(b.window.from) || a.subject.localeCompare(b.subject)),
  usualLimits,
  measurementsDigest: totals.measurementsDigest,
  auditEntries: totals.auditEntries,
  seconds: Math.round(totals.seconds * 10) / 10,
  predictionsPerSecond: Math.round(totals.predictionsPerSecond),
});
