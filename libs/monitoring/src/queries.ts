import { z } from 'zod';
import { BigIntParam, Count, defineQuery, InstantFromClickHouse, UInt64 } from '#libs/clickhouse';

const monitorRow = z.object({
  monitorId: z.uuid(),
  name: z.string(),
  deploymentId: z.string(),
  deployment: z.string(),
  status: z.enum(['active', 'paused']),
  definitionVersion: z.int(),
  definition: z.string(),
  createdAt: InstantFromClickHouse,
  lastPosition: UInt64,
});
export type MonitorRow = z.output<typeof monitorRow>;

/** Monitors as they are now, by name. Each event of a monitor fills some columns; the newest value of each counts. */
export const Monitors = defineQuery({
  name: 'Monitors',
  purpose: 'the list of monitors, for pages and for the evaluator',
  sql: `
    SELECT monitor_id AS monitorId, argMaxIf(t.name, t.position, t.name != '') AS name,
      argMaxIf(t.deployment_id, t.position, t.deployment_id != '') AS deploymentId,
      argMaxIf(t.deployment, t.position, t.deployment != '') AS deployment,
      argMaxIf(t.status, t.position, t.status != '') AS status,
      toInt32(argMaxIf(t.definition_version, t.position, t.definition_version != 0)) AS definitionVersion,
      argMaxIf(t.definition, t.position, t.definition != '') AS definition,
      min(t.recorded_at) AS createdAt, max(t.position) AS lastPosition
    FROM driftledger.monitoring_monitors_v1 AS t
    WHERE (empty({monitorIds:Array(UUID)}) OR monitor_id IN {monitorIds:Array(UUID)})
    GROUP BY monitor_id
    HAVING name != '' AND ({deploymentId:Nullable(String)} IS NULL OR deploymentId = {deploymentId:Nullable(String)})
      AND name > {afterName:String}
    ORDER BY name
    LIMIT {limit:UInt32}`,
  params: z.object({
    /** None: all monitors. */
    monitorIds: z.array(z.uuid()),
    deploymentId: z.uuid().nullable(),
    afterName: z.string(),
    limit: z.int().min(1).max(100_000),
  }),
  row: monitorRow,
});

const measurementRow = z.object({
  monitorId: z.uuid(),
  deploymentId: z.uuid(),
  kind: z.enum(['drift', 'performance']),
  subject: z.string(),
  windowFrom: Count,
  windowUntil: Count,
  revision: z.int(),
  reason: z.string(),
  skipped: z.string(),
  position: UInt64,
  eventId: z.uuid(),
  recordedAt: InstantFromClickHouse,
  judged: z.int(),
  breach: z.int(),
  rows: Count,
  labelled: Count,
  detail: z.string(),
});
export type MeasurementRow = z.output<typeof measurementRow>;

/** One series: the windows of one subject, skipped ones included, newest first, last revision of each. At most a few granules of the primary key. */
export const MeasurementSeries = defineQuery({
  name: 'MeasurementSeries',
  purpose: 'the chart of one subject over time',
  sql: `
    SELECT monitor_id AS monitorId, deployment_id AS deploymentId, kind, subject, toUInt64(window_from) AS windowFrom,
      toUInt64(window_until) AS windowUntil, revision, reason, skipped, position, event_id AS eventId, recorded_at AS recordedAt,
      judged, breach, rows, labelled, detail
    FROM driftledger.monitoring_measurements_v1
    WHERE monitor_id = {monitorId:UUID} AND subject IN ({subject:String}, '') AND window_from >= {from:Int64}
      AND window_from < {until:Int64}
      AND ({knownAt:UInt64} = 0 OR position <= {knownAt:UInt64})
      AND kind = {kind:String}
    ORDER BY window_from DESC, revision DESC
    LIMIT 1 BY window_from
    LIMIT {limit:UInt32}`,
  params: z.object({
    monitorId: z.uuid(),
    subject: z.string(),
    kind: z.enum(['drift', 'performance']),
    from: z.int(),
    until: z.int(),
    /** Position of the log: what was known then; 0: what is known now. */
    knownAt: BigIntParam,
    limit: z.int().min(1).max(5_000),
  }),
  row: measurementRow,
});

/** Every revision of one subject in one window, oldest first. */
export const MeasurementRevisions = defineQuery({
  name: 'MeasurementRevisions',
  purpose: 'what was known of a window, and when',
  sql: `
    SELECT monitor_id AS monitorId, deployment_id AS deploymentId, kind, subject, toUInt64(window_from) AS windowFrom,
      toUInt64(window_until) AS windowUntil, revision, reason, skipped, position, event_id AS eventId, recorded_at AS recordedAt,
      judged, breach, rows, labelled, detail
    FROM driftledger.monitoring_measurements_v1
    WHERE monitor_id = {monitorId:UUID} AND subject IN ({subject:String}, '') AND window_from = {windowFrom:Int64} AND kind = {kind:String}
    ORDER BY revision, position DESC
    LIMIT 1 BY revision
    LIMIT 1000`,
  params: z.object({ monitorId: z.uuid(), subject: z.string(), windowFrom: z.int(), kind: z.enum(['drift', 'performance']) }),
  row: measurementRow,
});

/** Measurements after a position, in log order: what a feed sends. */
export const MeasurementsAfter = defineQuery({
  name: 'MeasurementsAfter',
  purpose: 'the live feed of measurements',
  sql: `
    SELECT monitor_id AS monitorId, deployment_id AS deploymentId, kind, subject, toUInt64(window_from) AS windowFrom,
      toUInt64(window_until) AS windowUntil, revision, reason, skipped, position, event_id AS eventId, recorded_at AS recordedAt,
      judged, breach, rows, labelled, detail
    FROM driftledger.monitoring_measurements_v1
    WHERE position > {after:UInt64}
    ORDER BY position
    LIMIT {limit:UInt32} WITH TIES`,
  params: z.object({ after: BigIntParam, limit: z.int().min(1).max(10_000) }),
  row: measurementRow,
});

/** What came too late for settled windows, as last counted. One row per window that ever had any; a range of the primary key. */
export const LateArrivals = defineQuery({
  name: 'LateArrivals',
  purpose: 'late rows and labels beside the measurements they are missing from',
  sql: `
    SELECT monitor_id AS monitorId, kind, toUInt64(window_from) AS windowFrom, argMax(t.late, t.position) AS late,
      max(t.position) AS countedAt
    FROM driftledger.monitoring_late_v1 AS t
    WHERE monitor_id IN {monitorIds:Array(UUID)} AND window_from IN {windowFroms:Array(Int64)}
    GROUP BY monitor_id, kind, window_from`,
  params: z.object({ monitorIds: z.array(z.uuid()), windowFroms: z.array(z.int()) }),
  row: z.object({ monitorId: z.uuid(), kind: z.string(), windowFrom: Count, late: Count, countedAt: UInt64 }),
});

/** The same summed over the windows of each monitor. One row per monitor and kind. */
export const MonitorsLate = defineQuery({
  name: 'MonitorsLate',
  purpose: 'how much is in no measurement of a monitor',
  sql: `
    SELECT monitorId, kind, toUInt64(countIf(counted > 0)) AS windows, toUInt64(sum(counted)) AS late
    FROM (
      SELECT monitor_id AS monitorId, kind, window_from, argMax(t.late, t.position) AS counted
      FROM driftledger.monitoring_late_v1 AS t
      WHERE monitor_id IN {monitorIds:Array(UUID)}
      GROUP BY monitor_id, kind, window_from
    )
    GROUP BY monitorId, kind`,
  params: z.object({ monitorIds: z.array(z.uuid()) }),
  row: z.object({ monitorId: z.uuid(), kind: z.string(), windows: Count, late: Count }),
});

/** What measurement events say about themselves, without their subjects. One row per event. */
export const MeasurementHeads = defineQuery({
  name: 'MeasurementHeads',
  purpose: 'definition, reference, evidence and engine behind a number',
  sql: `
    SELECT event_id AS eventId, any(t.head) AS head
    FROM driftledger.monitoring_measurements_v1 AS t
    WHERE monitor_id IN {monitorIds:Array(UUID)} AND event_id IN {eventIds:Array(UUID)} AND t.head != ''
    GROUP BY event_id`,
  params: z.object({ monitorIds: z.array(z.uuid()), eventIds: z.array(z.uuid()) }),
  row: z.object({ eventId: z.uuid(), head: z.string() }),
});

/** How far the tables of this context reach. One row. */
export const MonitoringHead = defineQuery({
  name: 'MonitoringHead',
  purpose: 'where the feed of measurements stands, and whether a write can be read',
  sql: `
    SELECT greatest(
      (SELECT max(position) FROM driftledger.monitoring_monitors_v1),
      (SELECT max(position) FROM driftledger.monitoring_late_v1),
      (SELECT max(position) FROM driftledger.monitoring_measurements_v1)) AS head`,
  params: z.object({}),
  row: z.object({ head: UInt64 }),
});

/** Subjects a monitor has measured. */
export const MeasuredSubjects = defineQuery({
  name: 'MeasuredSubjects',
  purpose: 'which series a monitor has',
  sql: `
    SELECT DISTINCT subject
    FROM driftledger.monitoring_measurements_v1
    WHERE monitor_id = {monitorId:UUID} AND subject != ''
    ORDER BY subject
    LIMIT 5000`,
  params: z.object({ monitorId: z.uuid() }),
  row: z.object({ subject: z.string() }),
});

/** Predictions a day of a deployment, for the preview of a monitor. One row. */
export const DeploymentTraffic = defineQuery({
  name: 'DeploymentTraffic',
  purpose: 'whether a monitor should look by the hour or by the day',
  sql: `
    SELECT sum(total) AS predictions, uniqExact(span) AS days
    FROM driftledger.predictions_counts_1d_v1
    WHERE deployment_id = {deploymentId:UUID} AND subject = 'volume'`,
  params: z.object({ deploymentId: z.uuid() }),
  row: z.object({ predictions: Count, days: Count }),
});
