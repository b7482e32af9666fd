import { type Alert, type Breach, isFeature, type Measured, plainName, type Gate } from './answers.js';
import { performanceDays, performancePeriods } from './outcomes.js';
import { type AlertStory, type BreachEvidence, type Cell, type Day, type DemoReport, type SubjectRow } from './report-data.js';
import { type DayTally } from './send-flights.js';
import { CALM_SPRING, checksOf, isFound, KNOWN_DAYS, MOVING } from './truth.js';
import { usualLimitsOf } from './usual-limits.js';

/** Everything the server answered, and what the demo counted while it sent. */
export type Told = {
  readonly share: string;
  readonly measured: readonly Measured[];
  readonly alerts: readonly Alert[];
  readonly tallies: readonly DayTally[];
  readonly trainingLateShare: number;
  readonly totals: Pick<DemoReport['totals'], 'measurements' | 'auditEntries' | 'seconds' | 'predictionsPerSecond' | 'measurementsDigest'>;
};

/** Order of the rows: what moves first, then what does not, then what the model says. */
const SUBJECTS = ['feature:origin', 'feature:destination', 'feature:distance', 'feature:hour', 'output:score'];

const sum = (tallies: readonly DayTally[], of: (tally: DayTally) => number): number =>
  tallies.reduce((total, tally) => total + of(tally), 0);

/** Puts answers and counts together as the report shows them. */
export const storyOf = ({ share, measured, alerts, tallies, trainingLateShare, totals }: Told): DemoReport => {
  const drift = measured.filter(({ kind, subject }) => kind === 'drift' && SUBJECTS.includes(subject));
  const days = [...new Set(drift.map(({ day }) => day))].sort();
  const lastDay = days.at(-1) ?? '';
  const outcomes = performanceDays(measured, tallies);
  const periods = performancePeriods(measured, outcomes);
  const spring = periods.find(({ from }) => from >= CALM_SPRING.from && from <= CALM_SPRING.until);
  const [ofSubjects, ofOutcomes] = [alerts.filter(({ subject }) => isDrift(subject)), alerts.filter(({ subject }) => !isDrift(subject))];
  return {
    data: { source: 'flights-3m of vega-datasets', share, from: tallies[0]?.day ?? '', to: tallies.at(-1)?.day ?? '' },
    totals: { ...totals, predictions: sum(tallies, (tally) => tally.predictions), labels: sum(tallies, (tally) => tally.labels) },
    days,
    subjects: SUBJECTS.flatMap((subject) => rowOf(subject, days, drift)),
    alerts: ofSubjects.map((alert) => alertStory(alert, drift)),
    known: KNOWN_DAYS.filter(({ day }) => day <= lastDay).map((known) => ({
      day: known.day,
      what: known.what,
      subjects: MOVING.map(plainName),
      found: isFound(known, alerts),
    })),
    performance: {
      trainingLateShare,
      days: outcomes,
      periods,
      alerts: ofOutcomes.map(({ subject, raisedOn, clearedOn, breaches }) => ({
        subject,
        raisedOn,
        clearedOn,
        breaches: breaches.length,
      })),
    },
    checks: checksOf({ measured, alerts, trainingLateShare, spring, lastDay }),
    badRecords: sum(tallies, (tally) => tally.badRecords),
    usualLimits: usualLimitsOf(measured),
    provenance: PROVENANCE,
  };
};

const isDrift = (subject: string): boolean => isFeature(subject) || subject.startsWith('output:');

const rowOf = (subject: string, days: readonly Day[], drift: readonly Measured[]): SubjectRow[] => {
  const byDay = new Map(drift.filter((one) => one.subject === subject).map((one) => [one.day, one]));
  if (byDay.size === 0) return [];
  return [{ subject: plainName(subject), cells: days.map((day) => cellOf(byDay.get(day))) }];
};

const gateOf = (gates: readonly Gate[], name: string): Gate | undefined => gates.find(({ gate, applied }) => gate === name && applied);

const cellWith = (score: number, gates: readonly Gate[], verdict: Cell['verdict'], measurement: string): Cell => ({
  score,
  excess: Math.max(0, gateOf(gates, 'materiality')?.value ?? 0),
  limit: gateOf(gates, 'own_variation')?.limit ?? null,
  pValue: gateOf(gates, 'significance')?.value ?? null,
  verdict,
  measurement,
});

const cellOf = (one: Measured | undefined): Cell | null => {
  if (one === undefined) return null;
  const { judgement, scores, measurement } = one;
  if (judgement === null) {
    const [first] = scores;
    return first === undefined ? null : cellWith(first.score, [], 'not judged', measurement);
  }
  return cellWith(judgement.score, judgement.gates, judgement.breach ? 'breach' : 'calm', measurement);
};

const alertStory = ({ subject, raisedOn, clearedOn, breaches }: Alert, drift: readonly Measured[]): AlertStory => ({
  subject: plainName(subject),
  feature: isFeature(subject),
  raisedOn,
  clearedOn,
  breaches: breaches.map((breach) => evidenceOf(subject, breach, drift)),
});

const evidenceOf = (subject: string, breach: Breach, drift: readonly Measured[]): BreachEvidence => ({
  subject: plainName(subject),
  day: breach.day,
  cell: cellWith(breach.score, breach.gates, 'breach', breach.measurement),
  margin: gateOf(breach.gates, 'materiality')?.limit ?? 0,
  rows: {
    current: breach.rows,
    reference: drift.find((one) => one.subject === subject && one.day === breach.day)?.rows.reference ?? 0,
  },
  moved: breach.moved,
});

/** Queries are those of this server's GraphQL interface. */
const PROVENANCE: DemoReport['provenance'] = [
  {
    what: 'Every feature, every day',
    where: 'measurements(monitor, subject) { nodes { judgement { gates } } }: the last revision of each window',
  },
  {
    what: 'Alerts and their evidence',
    where: 'alerts(filter: {monitor: "flights"}) { nodes { history { nodes { judgement { evidence } } } } }',
  },
  { what: 'Late flights', where: 'measurements(monitor, subject: "label:class"): share of "true" in the distribution' },
  { what: 'Expected late flights', where: 'mean of the scores of a day, counted by the demo while it sent them' },
  { what: 'ROC AUC, Brier score', where: 'measurements of performance:roc_auc and performance:brier: mean over days, weighted by labels' },
  { what: 'The usual limits', where: 'scores psi and jensen_shannon of the same measurements' },
  { what: 'Late flights in training', where: 'counted in the file: flights before 29 January' },
  { what: 'What happened', where: 'newspapers of 2001; neither the monitor nor its limits know of it' },
  { what: 'Predictions and labels', where: 'records the server said it had stored' },
];
