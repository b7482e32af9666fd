// Made from the schema beside this file: what its arguments are in TypeScript. UPDATE_SNAPSHOTS=1 writes it anew, see CONTRIBUTING.md.
import { type Instant, type Position } from '#libs/kernel';

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

/** What a monitor to be made watches. Everything but the deployment has a default. */
export type CreateMonitorInput = {
  /** Name of the deployment. */
  readonly deployment: string;
  /** Name of the monitor; the deployment's name unless said otherwise. */
  readonly name?: string | null;
  /** IANA name of a time zone; UTC unless said otherwise. */
  readonly timeZone?: string | null;
  /** Parts of the definition that differ from the default, as in `MonitorDefinition.full`. */
  readonly definition?: unknown;
};

/** A new definition of a monitor. */
export type ReviseMonitorInput = {
  /** Global id of the monitor. */
  readonly monitor: string;
  /** Parts of the definition that change, as in `MonitorDefinition.full`. */
  readonly definition: unknown;
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
