import { type BinShare, type Day } from './report-data.js';

/** A span of event time, ISO 8601, end exclusive. */
export type Span = { readonly from: string; readonly until: string };

/** One condition of a breach with the values it was decided by. */
export type Gate = { readonly gate: string; readonly value: number; readonly limit: number; readonly applied: boolean };

/** A verdict: the score by the judging method, and the gates. */
export type Verdict = { readonly score: number; readonly breach: boolean; readonly gates: readonly Gate[] };

/** The last revision of one subject in one window, as the server answered it. */
export type Measured = {
  /** Id of the measurement. */
  readonly measurement: string;
  readonly kind: 'drift' | 'performance';
  /** `feature:origin`, `output:score`, `label:class`, `performance:brier`, `volume`. */
  readonly subject: string;
  readonly day: Day;
  readonly window: Span;
  readonly rows: { readonly reference: number; readonly current: number };
  readonly labelled: number | null;
  readonly scores: readonly { readonly method: string; readonly score: number }[];
  /** Null: shown, not judged. */
  readonly judgement: Verdict | null;
  /** Largest contribution first. */
  readonly bins: readonly BinShare[];
};

/** A window in breach inside an alert, with the evidence the alert carries. */
export type Breach = {
  readonly measurement: string;
  readonly day: Day;
  readonly window: Span;
  readonly score: number;
  readonly gates: readonly Gate[];
  readonly rows: number;
  readonly moved: readonly BinShare[];
};

/** An alert as the server tells it: breaches in the order of windows. */
export type Alert = {
  readonly subject: string;
  readonly raisedOn: Day;
  /** Day of the window that cleared it; null while it is raised. */
  readonly clearedOn: Day | null;
  readonly breaches: readonly Breach[];
};

const FEATURE = 'feature:';

export const isFeature = (subject: string): boolean => subject.startsWith(FEATURE);

/** `feature:origin` is the origin, `output:score` the score: how people call it. */
export const plainName = (subject: string): string => subject.slice(subject.indexOf(':') + 1);
