/** A day of event time, `2001-03-05`. */
export type Day = string;

/** One subject on one day. Scores are Jensen-Shannon distances, natural logarithm. */
export type Cell = {
  readonly score: number;
  /** How far the score lies above what the reference's own windows show without drift; 0 when below. */
  readonly excess: number;
  /** The largest score that the reference's own wandering explains; absent where it could not be told. */
  readonly limit: number | null;
  /** After Benjamini-Hochberg; absent where nothing was judged. */
  readonly pValue: number | null;
  readonly verdict: 'calm' | 'breach' | 'not judged';
  /** Id of the measurement. */
  readonly measurement: string;
};

/** A feature or output, and its days in the order of `DemoReport.days`; null where nothing was measured. */
export type SubjectRow = { readonly subject: string; readonly cells: readonly (Cell | null)[] };

/** A category or interval and its share of the rows, as a fraction, in the reference and in the window. */
export type BinShare = { readonly name: string; readonly reference: number; readonly current: number };

/** One window in breach, with what moved, largest first, and the whole picture around it. */
export type BreachEvidence = {
  readonly subject: string;
  readonly day: Day;
  readonly cell: Cell;
  /** Smallest excess that matters. */
  readonly margin: number;
  readonly rows: { readonly reference: number; readonly current: number };
  readonly moved: readonly BinShare[];
};

/** An alert and the windows in breach it holds. */
export type AlertStory = {
  readonly subject: string;
  /** False for an output of the model. */
  readonly feature: boolean;
  readonly raisedOn: Day;
  readonly clearedOn: Day | null;
  readonly breaches: readonly BreachEvidence[];
};

/** Outcomes of one day against what the model said. Fractions; null where too few labels. */
export type PerformanceDay = {
  readonly day: Day;
  readonly labelled: number;
  readonly lateShare: number | null;
  readonly meanScore: number | null;
};

/** A stretch of days and how the model did in it. */
export type PerformancePeriod = {
  readonly name: string;
  readonly from: Day;
  /** Last day, inclusive. */
  readonly to: Day;
  readonly lateShare: number;
  readonly meanScore: number;
  readonly rocAuc: number;
  readonly brier: number;
};

/** What is known to have happened, from outside the data, and whether it was found. */
export type KnownEvent = { readonly day: Day; readonly subjects: readonly string[]; readonly what: string; readonly found: boolean };

/** A limit in common use and how many windows of features it would have called a drift with the same reference. */
export type UsualLimit = { readonly rule: string; readonly alerts: number; readonly knownEventsFound: number };

/** An alert about labels or performance: a number per day, without bins. */
export type PerformanceAlert = {
  readonly subject: string;
  readonly raisedOn: Day;
  readonly clearedOn: Day | null;
  readonly breaches: number;
};

/** Something the demo holds its own outcome against, and what it found. */
export type Check = { readonly what: string; readonly held: boolean; readonly found: string };

/** A number of the report and where it comes from: the query, event or file to look into. */
export type Provenance = { readonly what: string; readonly where: string };

/** Everything the report and the table show. Made from answers of the running server only. */
export type DemoReport = {
  readonly data: { readonly source: string; readonly share: string; readonly from: Day; readonly to: Day };
  readonly totals: {
    readonly predictions: number;
    readonly labels: number;
    readonly measurements: number;
    readonly auditEntries: number;
    readonly seconds: number;
    readonly predictionsPerSecond: number;
    readonly measurementsDigest: string;
  };
  readonly days: readonly Day[];
  readonly subjects: readonly SubjectRow[];
  readonly alerts: readonly AlertStory[];
  readonly known: readonly KnownEvent[];
  readonly performance: {
    /** Of the flights the model was trained on. */
    readonly trainingLateShare: number;
    readonly days: readonly PerformanceDay[];
    readonly periods: readonly PerformancePeriod[];
    readonly alerts: readonly PerformanceAlert[];
  };
  readonly checks: readonly Check[];
  readonly badRecords: number;
  readonly usualLimits: readonly UsualLimit[];
  readonly provenance: readonly Provenance[];
};
