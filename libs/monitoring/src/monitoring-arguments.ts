// Made from the schema beside this file: what its arguments are in TypeScript. UPDATE_SNAPSHOTS=1 writes it anew, see CONTRIBUTING.md.
import { type Instant, type Position } from '#libs/kernel';

/** Kind of a reference. */
export type ReferenceKind = 'DATASET' | 'FROZEN' | 'SAME_WEEKDAY' | 'ROLLING' | 'FIRST_DAYS';

/** What a logarithm is taken to. */
export type LogarithmBase = 'E' | 'TWO';

/** A method of measuring drift, by the id it has on the command line and in the log, there in lower case. */
export type DriftMethod = 'KOLMOGOROV_SMIRNOV' | 'MANN_WHITNEY' | 'WELCH_T' | 'STUDENT_T' | 'CRAMER_VON_MISES' | 'ANDERSON_DARLING' | 'KUIPER' | 'EPPS_SINGLETON' | 'WASSERSTEIN' | 'WASSERSTEIN_NORMALISED' | 'PSI' | 'JENSEN_SHANNON' | 'KULLBACK_LEIBLER' | 'HELLINGER' | 'TOTAL_VARIATION' | 'BHATTACHARYYA' | 'L_INFINITY' | 'ENERGY_DISTANCE' | 'MMD' | 'CHI_SQUARE' | 'G_TEST' | 'FISHER_EXACT' | 'TWO_PROPORTION_Z' | 'CRAMERS_V';

/** Which measurements a feed sends; all conditions hold. */
export type MeasurementFilter = {
  /** Name of a deployment. */
  readonly deployment?: string | null;
  /** Global id of a monitor. */
  readonly monitor?: string | null;
  /** A subject such as feature:age. */
  readonly subject?: string | null;
  /** Only breaches, or only others. */
  readonly breach?: boolean | null;
};

/** What current data is compared with. Each kind reads the fields of its own. */
export type ReferenceChoiceInput = {
  /** Which kind of reference. */
  readonly kind: ReferenceKind;
  /** DATASET: id the import answered with. */
  readonly referenceId?: string | null;
  /** FROZEN: start, inclusive. */
  readonly from?: Instant | null;
  /** FROZEN: end, exclusive. */
  readonly until?: Instant | null;
  /** SAME_WEEKDAY: weeks looked back, 1 to 26. */
  readonly weeks?: number | null;
  /** SAME_WEEKDAY: weeks that must have enough rows, 1 to 26. */
  readonly weeksMin?: number | null;
  /** ROLLING: windows looked back, 1 to 60. */
  readonly windows?: number | null;
  /** ROLLING: windows that must have enough rows, 1 to 60. */
  readonly windowsMin?: number | null;
  /** FIRST_DAYS: how many days, 1 to 60. */
  readonly days?: number | null;
};

/** A tag of predictions. */
export type SegmentInput = {
  /** Name of the tag. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
};

/** Which predictions are measured; all conditions hold, without any: all predictions. Segments are measured from rows. */
export type SelectionInput = {
  /** Version of the model. */
  readonly version?: string | null;
  /** Variant of an experiment. */
  readonly variant?: string | null;
  /** Tags. */
  readonly segments?: readonly SegmentInput[] | null;
};

/** What a score is defined by beside its method; what is left out is as usual. A parameter the method does not take is refused. */
export type MethodParametersInput = {
  /** What happens to empty bins: add:0.5 to each (usual), replace:0.0001 of a share, or none. Of PSI, JENSEN_SHANNON, KULLBACK_LEIBLER and BHATTACHARYYA. */
  readonly zero?: string | null;
  /** Of JENSEN_SHANNON and KULLBACK_LEIBLER; E is usual. */
  readonly base?: LogarithmBase | null;
  /** Categories expected less often than this in the smaller sample count as one. Of CHI_SQUARE, G_TEST and CRAMERS_V. */
  readonly expectedMin?: number | null;
  /** No more categories than this, at least 2; the rarest count as one. Of CHI_SQUARE, G_TEST and CRAMERS_V. */
  readonly categoriesMax?: number | null;
  /** Values taken of each sample, 2 to 2,000, drawn with a seed; 500 is usual. Of MMD, whose time goes with its square. */
  readonly valuesMax?: number | null;
};

/** A method to compute. */
export type MonitorMethodInput = {
  /** Which; it must measure features of that kind. */
  readonly method: DriftMethod;
  /** Parameters that are not the usual ones. */
  readonly parameters?: MethodParametersInput | null;
};

/** The methods that judge: JENSEN_SHANNON, PSI, or a test with a p-value from a closed law. Left out: as before. */
export type JudgingMethodsInput = {
  /** Judges numbers. */
  readonly numeric?: DriftMethod | null;
  /** Judges categories and booleans. */
  readonly categorical?: DriftMethod | null;
};

/** Methods to compute and record without a say. Left out: as before. */
export type ShownMethodsInput = {
  /** Of numbers; each method once. */
  readonly numeric?: readonly MonitorMethodInput[] | null;
  /** Of categories and booleans; each method once. */
  readonly categorical?: readonly MonitorMethodInput[] | null;
};

/** Smallest excess over the score expected without drift that matters. Left out: as before. */
export type MarginsInput = {
  /** As a Jensen-Shannon distance, also where a test judges. */
  readonly jensenShannon?: number | null;
  /** As a PSI. */
  readonly psi?: number | null;
};

/** Smallest change of performance that matters. Left out: as before. */
export type PerformanceMarginInput = {
  /** Of metrics between 0 and 1. */
  readonly absolute?: number | null;
  /** Of errors, as a fraction of the reference's. */
  readonly relative?: number | null;
};

/** Limits of the judgement. Left out: as before. */
export type JudgementInput = {
  /** Significance after Benjamini-Hochberg over the window's subjects, between 0 and 1. */
  readonly level?: number | null;
  /** What matters. */
  readonly margins?: MarginsInput | null;
  /** How rarely the reference's own windows would exceed the limit, between 0 and 1. */
  readonly variationTail?: number | null;
  /** Most bins of a number, 2 to 100. */
  readonly bins?: number | null;
  /** Words expected less often than this in the smaller sample are one bin together. */
  readonly expectedMin?: number | null;
  /** What matters of performance. */
  readonly performanceMargin?: PerformanceMarginInput | null;
};

/** How performance is measured. Left out: as before. */
export type PerformanceInput = {
  /** Whether it is measured. */
  readonly enabled?: boolean | null;
  /** Word that counts as positive; empty: taken from common pairs such as true and false. */
  readonly positiveClass?: string | null;
  /** Score from which a prediction counts as positive where no class was sent. */
  readonly threshold?: number | null;
  /** Days that labels are waited for, 1 to 3,650. */
  readonly labelHorizonDays?: number | null;
  /** Share of labels from which a window is judged, 0 to 1. */
  readonly labelledShareMin?: number | null;
};

/** When a window is measured again. Left out: as before. */
export type RestatementInput = {
  /** Share of rows or labels that must be new, 0 to 1. */
  readonly shareMin?: number | null;
  /** Minutes that must have passed since the revision before. */
  readonly minutesMin?: number | null;
  /** Hours after the first measurement after which late rows no longer count. */
  readonly finalAfterHours?: number | null;
};

/** When an alert is raised and cleared. */
export type AlertingInput = {
  /** Breaches among the last n judged windows that raise it, 1 to 100 and at most n. */
  readonly k: number;
  /** Judged windows looked at, 1 to 100. */
  readonly n: number;
  /** Calm windows in a row that clear it, 1 to 100. */
  readonly m: number;
};

/** Parts of a definition. What is left out, or null, stays as it was, at creation as the default has it. */
export type MonitorDefinitionInput = {
  /** IANA name of the zone whose hours, days and weeks are the windows. */
  readonly timeZone?: string | null;
  /** Length of a window in minutes: a multiple of five that divides a day, or 10,080 for a week. */
  readonly windowMinutes?: number | null;
  /** How long after its end, in the time of the predictions, a window stays open, in minutes, 0 to 10,080. */
  readonly latenessMinutes?: number | null;
  /** Windows with fewer rows are skipped. */
  readonly rowsMin?: number | null;
  /** What is compared with, in order of preference, 1 to 5; replaces all. */
  readonly references?: readonly ReferenceChoiceInput[] | null;
  /** Which predictions are measured; replaces the whole selection. */
  readonly selection?: SelectionInput | null;
  /** Subjects such as feature:age; replaces all, and empty means every feature and output. */
  readonly subjects?: readonly string[] | null;
  /** Methods that judge. */
  readonly judges?: JudgingMethodsInput | null;
  /** Methods that are only shown; a list replaces that of its kind. */
  readonly shown?: ShownMethodsInput | null;
  /** Limits of the judgement. */
  readonly judgement?: JudgementInput | null;
  /** How performance is measured. */
  readonly performance?: PerformanceInput | null;
  /** When a window is measured again. */
  readonly restatement?: RestatementInput | null;
  /** When alerts are raised and cleared; unless given, it follows the length of the window when a monitor is made. */
  readonly alerting?: AlertingInput | null;
};

/** What a monitor to be made watches. Everything but the deployment has a default. */
export type CreateMonitorInput = {
  /** Name of the deployment. */
  readonly deployment: string;
  /** Name of the monitor; the deployment's name unless said otherwise. */
  readonly name?: string | null;
  /** IANA name of a time zone; UTC unless said otherwise. */
  readonly timeZone?: string | null;
  /** Parts of the definition that differ from the default. */
  readonly definition?: MonitorDefinitionInput | null;
};

/** A new definition of a monitor. */
export type ReviseMonitorInput = {
  /** Global id of the monitor. */
  readonly monitor: string;
  /** Parts of the definition that change. */
  readonly definition: MonitorDefinitionInput;
  /** Why; it is recorded. */
  readonly reason: string;
};

/** Pauses a monitor. */
export type PauseMonitorInput = {
  /** Global id of the monitor. */
  readonly monitor: string;
  /** Why; it is recorded. */
  readonly reason: string;
};

/** A monitor to act on. */
export type MonitorInput = {
  /** Global id of the monitor. */
  readonly monitor: string;
};

export type QueryMonitorsArguments = {
  /** Name of a deployment; null: all. */
  readonly deployment?: string | null;
  /** Entries of a page, 1 to 200. */
  readonly first?: number | null;
  /** Cursor of the last entry of the page before. */
  readonly after?: string | null;
};

export type QueryPreviewMonitorArguments = {
  /** Name of the deployment. */
  readonly deployment: string;
  /** IANA name of a time zone; UTC unless said otherwise. */
  readonly timeZone?: string | null;
  /** Parts of the definition that differ from the default. */
  readonly definition?: MonitorDefinitionInput | null;
};

export type QueryLiveWindowArguments = {
  /** Global id of the monitor. */
  readonly monitor: string;
};

export type QueryMeasurementsArguments = {
  /** Global id of the monitor. */
  readonly monitor: string;
  /** Subject such as feature:age. */
  readonly subject: string;
  /** Windows that begin at or after this time. */
  readonly from?: Instant | null;
  /** Windows that begin before this time. */
  readonly until?: Instant | null;
  /** Shows what was known at this position of the log; null: what is known now. */
  readonly knownAt?: Position | null;
  /** Entries of a page, 1 to 200. */
  readonly first?: number | null;
  /** Cursor of the last entry of the page before. */
  readonly after?: string | null;
};

export type MutationCreateMonitorArguments = {
  /** What it watches. */
  readonly input: CreateMonitorInput;
};

export type MutationReviseMonitorArguments = {
  /** The new definition. */
  readonly input: ReviseMonitorInput;
};

export type MutationPauseMonitorArguments = {
  /** Which, and why. */
  readonly input: PauseMonitorInput;
};

export type MutationResumeMonitorArguments = {
  /** Which. */
  readonly input: MonitorInput;
};

export type MutationRestateMeasurementsArguments = {
  /** Which. */
  readonly input: MonitorInput;
};

export type SubscriptionLiveWindowArguments = {
  /** Global id of the monitor. */
  readonly monitor: string;
};

export type SubscriptionMeasurementRecordedArguments = {
  /** Which ones; null: all. */
  readonly filter?: MeasurementFilter | null;
  /** Resumes after this position; null: from now on. */
  readonly after?: Position | null;
};
