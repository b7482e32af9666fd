import { z } from 'zod';
import { defineEvent, type EventOf } from '#libs/event-store';
import { Alerting, JudgementRule, MethodRef, MonitorDefinition, Selection } from './definition.js';
import { BucketEntries, Evidence, ReferenceUsed, SubjectMeasurement, WindowSpan, AsOf, Engine, MeasurementKind } from './measurement.js';

const monitorId = z.uuid();
const deploymentId = z.uuid();
/** Counts the definitions of a monitor, from 1. */
const definitionVersion = z.int().min(1);

export const MonitorCreated = defineEvent('MonitorCreated', {
  version: 1,
  schema: z.object({
    monitorId,
    name: z.string(),
    deploymentId,
    deployment: z.string(),
    definitionVersion,
    definition: MonitorDefinition,
  }),
});

/** Windows measured from now on use the new definition; measurements already made keep theirs. */
export const MonitorRevised = defineEvent('MonitorRevised', {
  version: 1,
  schema: z.object({ monitorId, definitionVersion, definition: MonitorDefinition }),
});

export const MonitorPaused = defineEvent('MonitorPaused', { version: 1, schema: z.object({ monitorId }) });

/** Windows that closed while it was paused are measured late, in order. */
export const MonitorResumed = defineEvent('MonitorResumed', { version: 1, schema: z.object({ monitorId }) });

/** Why this revision was made. `final`: the last one that late rows or labels could change. `requested`: somebody asked. */
export const RevisionReason = z.enum(['first', 'late_rows', 'late_labels', 'final', 'requested']);
export type RevisionReason = z.infer<typeof RevisionReason>;

/** What both a measurement and a skipped one say about themselves. */
const head = {
  monitorId,
  /** Name of the monitor. */
  monitor: z.string(),
  deploymentId,
  deployment: z.string(),
  definitionVersion,
  /** Drift and performance have revisions of their own: labels come weeks after rows. */
  kind: MeasurementKind,
  window: WindowSpan,
  selection: Selection,
  /** From 1; a skipped measurement counts as one. */
  revision: z.int().min(1),
  reason: RevisionReason,
  /**
   * Alerts judge this revision and no other of the window: the first for drift, the first with enough labels for performance.
   * A revision that is not judged is attached to an alert, it never raises or clears one.
   */
  judged: z.boolean(),
  alerting: Alerting,
  asOf: AsOf,
};

/**
 * One window of one monitor, measured: all subjects, with everything needed to understand and to recompute each number.
 * More than 500 subjects come as several events of one append.
 */
export const MeasurementRecorded = defineEvent('MeasurementRecorded', {
  version: 1,
  schema: z.object({
    ...head,
    part: z.object({ index: z.int().min(0), of: z.int().min(1) }),
    methods: z.array(MethodRef),
    rule: JudgementRule,
    /** Subjects in all parts whose p-values were corrected together. */
    subjectsJudged: z.int().min(0),
    /** Absent: performance without earlier windows to compare with. */
    reference: ReferenceUsed.optional(),
    /** Rows of the window; `labelled` of them have ground truth (performance only). */
    rows: z.int().min(0),
    labelled: z.int().min(0).optional(),
    /**
     * Set where alerts get no verdict although the window was measured: its labels were waited for to the end, and their share stayed
     * below what is worth judging.
     */
    unjudged: z.enum(['labelled_share']).optional(),
    evidence: Evidence,
    engine: Engine,
    subjects: z.array(SubjectMeasurement),
  }),
});

/** Why a closed window has no measurement. For performance: no label came, or fewer than `rowsMin`, until nobody waits for them any more. */
export const SkipReason = z.enum(['no_data', 'too_few_rows', 'no_reference', 'no_labels', 'too_few_labels']);
export type SkipReason = z.infer<typeof SkipReason>;

/** A closed window that could not be measured: no data is neither a breach nor calm. */
export const MeasurementSkipped = defineEvent('MeasurementSkipped', {
  version: 1,
  schema: z.object({
    ...head,
    skipped: SkipReason,
    rows: z.int().min(0),
    rowsMin: z.int().min(0),
    /** Rows of the window with a label (performance only). */
    labelled: z.int().min(0).optional(),
  }),
});

/** A live deployment was silent: time passes without predictions. Only ticks make windows without data. */
export const WindowTick = defineEvent('WindowTick', {
  version: 1,
  schema: z.object({
    monitorId,
    deploymentId,
    /** The time that has come by the clock of who told it, epoch milliseconds; counts up to when the log took it. */
    at: z.int(),
    /** Newest time the deployment itself showed. */
    silentSince: z.int(),
  }),
});

/** A span of predictions that is from now on a reference, whatever arrives late for it. */
export const ReferenceFrozen = defineEvent('ReferenceFrozen', {
  version: 1,
  schema: z.object({
    monitorId,
    referenceId: z.uuid(),
    kind: z.enum(['frozen', 'first_days']),
    windows: z.array(WindowSpan),
    rows: z.int(),
    /** Counts are read again for each measurement; the digest says whether they are still those that were frozen. */
    digest: z.string(),
  }),
});

/** Counts of a file, to be compared with: the values themselves are not kept. Large ones come in parts of one append. */
export const ReferenceImported = defineEvent('ReferenceImported', {
  version: 1,
  schema: z.object({
    monitorId,
    referenceId: z.uuid(),
    name: z.string(),
    part: z.object({ index: z.int().min(0), of: z.int().min(1) }),
    source: z.object({ file: z.string(), sha256: z.string() }),
    rows: z.int(),
    digest: z.string(),
    /** The windows the file was cut into by a column of time; absent: the file says nothing about how windows differ. */
    windows: z.array(WindowSpan.extend({ rows: z.int() })).optional(),
    /** Counts of words are by their index in `words`, beyond those by the buckets of other words; `windows` are counts of each window. */
    subjects: z.array(
      z.object({
        subject: z.string(),
        grid: z.string(),
        words: z.array(z.string()).optional(),
        counts: BucketEntries,
        windows: z.array(BucketEntries).optional(),
      }),
    ),
  }),
});

/** Nothing of these windows changed up to their horizon: what arrives for them from now on is too late to count. */
export const MeasurementsSettled = defineEvent('MeasurementsSettled', {
  version: 1,
  schema: z.object({
    monitorId,
    kind: MeasurementKind,
    windows: z.array(WindowSpan.extend({ revision: z.int().min(1), rows: z.int(), labelled: z.int().optional() })),
    asOf: AsOf,
  }),
});

/**
 * What came for settled windows and is in no measurement. `late` counts everything since the window's last revision, not since the last
 * count: rows for drift, predictions with a new or another label for performance.
 */
export const LateArrivalsCounted = defineEvent('LateArrivalsCounted', {
  version: 1,
  schema: z.object({
    monitorId,
    kind: MeasurementKind,
    windows: z.array(WindowSpan.extend({ late: z.int().min(1) })),
    asOf: AsOf,
  }),
});

/** Somebody asked to measure again every closed window that has new rows or labels. */
export const RestatementRequested = defineEvent('RestatementRequested', { version: 1, schema: z.object({ monitorId }) });

/** All requests before this were served: every closed window was measured with what was projected then. */
export const RestatementFinished = defineEvent('RestatementFinished', {
  version: 1,
  schema: z.object({ monitorId, measured: z.int().min(0), asOf: AsOf }),
});

export const MONITOR_EVENTS = [MonitorCreated, MonitorRevised, MonitorPaused, MonitorResumed] as const;
export const MEASUREMENT_EVENTS = [
  MeasurementRecorded,
  MeasurementSkipped,
  WindowTick,
  ReferenceFrozen,
  ReferenceImported,
  MeasurementsSettled,
  LateArrivalsCounted,
  RestatementRequested,
  RestatementFinished,
] as const;
/** All facts of this context. */
export const MONITORING_EVENTS = [...MONITOR_EVENTS, ...MEASUREMENT_EVENTS] as const;

export type MonitorEvent = EventOf<(typeof MONITOR_EVENTS)[number]>;
export type MeasurementEvent = EventOf<(typeof MEASUREMENT_EVENTS)[number]>;
export type MonitoringEvent = MonitorEvent | MeasurementEvent;
