// Made from the schema beside this file: what its arguments are in TypeScript. UPDATE_SNAPSHOTS=1 writes it anew, see CONTRIBUTING.md.
import { type Instant, type Position } from '#libs/kernel';

/** Where an alert is in its life. */
export type AlertStatus = 'SUSPECTED' | 'RAISED' | 'ACKNOWLEDGED' | 'CLEARED' | 'DROPPED';

/** How far what was judged lay beyond its limit (`timesLimit`), at its worst so far. */
export type AlertSeverity = 'LOW' | 'MEDIUM' | 'HIGH';

/** What happened to an alert. */
export type AlertChangeKind = 'SUSPECTED' | 'COUNTED' | 'DROPPED' | 'RAISED' | 'ACKNOWLEDGED' | 'SILENCED' | 'SILENCE_ENDED' | 'CLEARED' | 'RESTATED';

/** Restricts alerts. Everything given must hold. */
export type AlertFilter = {
  /** Name of the deployment. */
  readonly deployment?: string | null;
  /** Name of the monitor. */
  readonly monitor?: string | null;
  /** Subject, such as `feature:origin`. */
  readonly subject?: string | null;
  /** One of these. RAISED, ACKNOWLEDGED and CLEARED unless said otherwise. */
  readonly statuses?: readonly AlertStatus[] | null;
  /** At least this severe. */
  readonly severityMin?: AlertSeverity | null;
};

/** Restricts changes of alerts. Everything given must hold. */
export type AlertChangeFilter = {
  /** Name of the deployment. */
  readonly deployment?: string | null;
  /** Name of the monitor. */
  readonly monitor?: string | null;
  /** Subject, such as `feature:origin`. */
  readonly subject?: string | null;
  /** One of these; all kinds unless said otherwise. */
  readonly kinds?: readonly AlertChangeKind[] | null;
  /** The alert is at least this severe. */
  readonly severityMin?: AlertSeverity | null;
};

/** Takes an alert. */
export type AcknowledgeAlertInput = {
  /** Global id of the alert. */
  readonly alert: string;
  /** A note for others. */
  readonly note?: string | null;
};

/** Silences the subject of an alert. */
export type SilenceAlertInput = {
  /** Global id of the alert. */
  readonly alert: string;
  /** End of the silence, at most 90 days from now. */
  readonly until: Instant;
  /** Why. */
  readonly reason: string;
};

/** Ends a silence before its time. */
export type EndAlertSilenceInput = {
  /** Global id of the alert. */
  readonly alert: string;
  /** Why. */
  readonly reason: string;
};

/** Clears an alert by decision of a person. */
export type ClearAlertInput = {
  /** Global id of the alert. */
  readonly alert: string;
  /** Why. */
  readonly reason: string;
};

export type AlertHistoryArguments = {
  /** Entries of a page, at most 200. */
  readonly first: number | null;
  /** Cursor to go on after. */
  readonly after?: string | null;
};

export type QueryAlertsArguments = {
  /** Restricts the list. */
  readonly filter?: AlertFilter | null;
  /** Alerts of a page, at most 200. */
  readonly first: number | null;
  /** Cursor to go on after. */
  readonly after?: string | null;
};

export type MutationAcknowledgeAlertArguments = {
  /** What to acknowledge. */
  readonly input: AcknowledgeAlertInput;
};

export type MutationSilenceAlertArguments = {
  /** What to silence. */
  readonly input: SilenceAlertInput;
};

export type MutationEndAlertSilenceArguments = {
  /** Which silence to end. */
  readonly input: EndAlertSilenceInput;
};

export type MutationClearAlertArguments = {
  /** What to clear. */
  readonly input: ClearAlertInput;
};

export type SubscriptionAlertChangedArguments = {
  /** Restricts the feed. */
  readonly filter?: AlertChangeFilter | null;
  /** Resumes after this position. */
  readonly after?: Position | null;
};
