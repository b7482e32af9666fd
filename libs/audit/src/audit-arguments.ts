// Made from the schema beside this file: what its arguments are in TypeScript. UPDATE_SNAPSHOTS=1 writes it anew, see CONTRIBUTING.md.
import { type Instant, type Position } from '#libs/kernel';

/** What an audit entry is about, in the large. */
export type AuditClass = 'INTAKE' | 'MEASUREMENT' | 'ALERT' | 'DEPLOYMENT' | 'REGISTRY' | 'ACCESS' | 'READ' | 'IDENTITY' | 'PRIVACY' | 'OTHER';

/** Which entries to give. All conditions have to hold; an absent one does not restrict. */
export type AuditFilter = {
  /** Name of a model: entries about deployments that serve it. */
  readonly model?: string | null;
  /** Global id of a deployment. */
  readonly deployment?: string | null;
  /** Global id of a monitor. */
  readonly monitor?: string | null;
  /** Feature, output, volume or metric, such as feature:origin. */
  readonly subject?: string | null;
  /** Global id of a principal. */
  readonly actor?: string | null;
  /** What the entry is about, in the large. */
  readonly class?: AuditClass | null;
  /** Name of an event, such as AlertRaised. */
  readonly type?: string | null;
  /** Recorded at this moment or later. */
  readonly from?: Instant | null;
  /** Recorded before this moment. */
  readonly until?: Instant | null;
  /** Correlation id: everything that belongs to one request or flow. */
  readonly correlation?: string | null;
  /** Whether entries of the intake and of reads are given too. They are many; left out unless asked for, by this or by their class. */
  readonly includeIntake: boolean | null;
};

export type QueryAuditTrailArguments = {
  /** Which entries. */
  readonly filter?: AuditFilter | null;
  /** Entries of the page, at most 200; 50 unless said otherwise. */
  readonly first?: number | null;
  /** Cursor of the entry after which the page begins. */
  readonly after?: string | null;
};

export type QueryAuditEntryArguments = {
  /** Global id of the entry. */
  readonly id: string;
};

export type SubscriptionAuditEntryAppendedArguments = {
  /** Which entries. */
  readonly filter?: AuditFilter | null;
  /** Position of the last entry received: the feed goes on after it. Absent: what comes next. */
  readonly after?: Position | null;
};
