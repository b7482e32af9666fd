import { z } from 'zod';
import { BigIntParam, Count, defineQuery, InstantFromClickHouse, UInt64 } from '#libs/clickhouse';
import { AlertPolicy, AlertWindow, Judgement } from './judgement.js';

const parsed = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);

/** Epoch milliseconds; 0 stands for never. */
const When = Count.transform((at) => (at === 0 ? undefined : at));
const Missing = z.string().transform((text) => (text === '' ? undefined : text));

const Decisive = z.object({
  policy: AlertPolicy,
  judgement: Judgement,
  breaches: z.array(z.object({ window: AlertWindow, measurementEventId: z.string().optional(), score: z.number().nullable() })).optional(),
});

export const AlertStatus = z.enum(['suspected', 'raised', 'acknowledged', 'cleared', 'dropped']);
export type AlertStatus = z.infer<typeof AlertStatus>;

/** An alert as it is now: one episode of one subject of one monitor. */
export const AlertRow = z.object({
  deploymentId: z.uuid(),
  deployment: z.string(),
  monitorId: z.uuid(),
  monitor: z.string(),
  subject: z.string(),
  alertId: z.uuid(),
  episode: z.int(),
  episodeId: z.uuid(),
  position: UInt64,
  positionFirst: UInt64,
  status: AlertStatus,
  severity: z.int(),
  openedAt: Count,
  raisedAt: When,
  acknowledgedAt: When,
  acknowledgedBy: Missing,
  clearedAt: When,
  clearedBy: Missing,
  silencedUntil: When,
  silenceReason: z.string(),
  decisive: parsed(Decisive),
  latest: parsed(z.object({ judgement: Judgement })),
});
export type AlertRow = z.output<typeof AlertRow>;

/** One entry of an alert's history. */
export const AlertEntryRow = z.object({
  position: UInt64,
  eventId: z.uuid(),
  episodeId: z.uuid(),
  recordedAt: InstantFromClickHouse,
  kind: z.enum(['suspected', 'counted', 'dropped', 'raised', 'acknowledged', 'silenced', 'silence_ended', 'cleared', 'restated']),
  deployment: z.string(),
  monitor: z.string(),
  subject: z.string(),
  severity: z.int(),
  actorId: z.uuid(),
  reason: Missing,
  data: parsed(z.object({ judgement: Judgement.optional(), until: z.int().optional() })),
});
export type AlertEntryRow = z.output<typeof AlertEntryRow>;

/** Alerts, newest first by the position they began at. Reads the whole state table: one row per episode and unmerged change. */
export const AlertsPage = defineQuery({
  name: 'AlertsPage',
  purpose: 'list of alerts, filtered, newest first',
  sql: `
    SELECT deployment_id AS deploymentId, deployment, monitor_id AS monitorId, monitor, subject, alert_id AS alertId, episode,
      episode_id AS episodeId, position, position_first AS positionFirst, status, severity, opened_at AS openedAt, raised_at AS raisedAt,
      acknowledged_at AS acknowledgedAt, acknowledged_by AS acknowledgedBy, cleared_at AS clearedAt, cleared_by AS clearedBy,
      silenced_until AS silencedUntil, silence_reason AS silenceReason, decisive, latest
    FROM (
      SELECT * FROM driftledger.alerts_state_v1
      WHERE ({deployment:Nullable(String)} IS NULL OR deployment = {deployment:Nullable(String)})
        AND ({monitor:Nullable(String)} IS NULL OR monitor = {monitor:Nullable(String)})
        AND ({subject:Nullable(String)} IS NULL OR subject = {subject:Nullable(String)})
        AND position_first < {before:UInt64}
      ORDER BY episode_id, position DESC
      LIMIT 1 BY episode_id
    )
    WHERE has({statuses:Array(String)}, status) AND severity >= {severityMin:UInt8}
    ORDER BY position_first DESC
    LIMIT {limit:UInt32}`,
  params: z.object({
    deployment: z.string().nullable(),
    monitor: z.string().nullable(),
    subject: z.string().nullable(),
    statuses: z.array(AlertStatus),
    severityMin: z.int().min(0).max(3),
    before: BigIntParam,
    limit: z.int().min(1).max(1_000),
  }),
  row: AlertRow,
});

/** Alerts by the ids of their episodes, in no order. Reads by primary key: one granule per id. */
export const AlertsById = defineQuery({
  name: 'AlertsById',
  purpose: 'alerts that are known by id: nodes, payloads of mutations, alerts of a feed',
  sql: `
    SELECT deployment_id AS deploymentId, deployment, monitor_id AS monitorId, monitor, subject, alert_id AS alertId, episode,
      episode_id AS episodeId, position, position_first AS positionFirst, status, severity, opened_at AS openedAt, raised_at AS raisedAt,
      acknowledged_at AS acknowledgedAt, acknowledged_by AS acknowledgedBy, cleared_at AS clearedAt, cleared_by AS clearedBy,
      silenced_until AS silencedUntil, silence_reason AS silenceReason, decisive, latest
    FROM driftledger.alerts_state_v1
    WHERE episode_id IN {ids:Array(UUID)}
    ORDER BY episode_id, driftledger.alerts_state_v1.position DESC
    LIMIT 1 BY episode_id`,
  params: z.object({ ids: z.array(z.uuid()).max(1_000) }),
  row: AlertRow,
});

/** One episode, newest first. Reads the granules its bloom filter lets through. */
export const AlertHistory = defineQuery({
  name: 'AlertHistory',
  purpose: 'everything that happened to one alert',
  sql: `
    SELECT position, event_id AS eventId, episode_id AS episodeId, recorded_at AS recordedAt, kind, deployment, monitor, subject, severity,
      actor_id AS actorId, reason, data
    FROM driftledger.alerts_log_v1
    WHERE episode_id = {episodeId:UUID} AND position < {before:UInt64}
    ORDER BY position DESC
    LIMIT {limit:UInt32}`,
  params: z.object({ episodeId: z.uuid(), before: BigIntParam, limit: z.int().min(1).max(1_000) }),
  row: AlertEntryRow,
});

/** A change, with the severity its alert has by now. */
export const AlertChangeRow = AlertEntryRow.extend({ alertSeverity: z.int() });
export type AlertChangeRow = z.output<typeof AlertChangeRow>;

/** Changes after a position, in log order, as far as the state of their alerts can be read too. Reads both tables by primary key. */
export const AlertChanges = defineQuery({
  name: 'AlertChanges',
  purpose: 'feed of alerts: what changed after a position',
  sql: `
    SELECT position, eventId, changes.episodeId AS episodeId, recordedAt, kind, deployment, monitor, subject, severity, actorId, reason, data,
      alertSeverity
    FROM (
      SELECT position, event_id AS eventId, episode_id AS episodeId, recorded_at AS recordedAt, kind, deployment, monitor, subject,
        severity, actor_id AS actorId, reason, data
      FROM driftledger.alerts_log_v1
      WHERE position > {after:UInt64} AND position <= (SELECT max(position) FROM driftledger.alerts_state_v1)
      ORDER BY position
      LIMIT {limit:UInt32}
    ) AS changes
    INNER JOIN (
      SELECT episode_id AS episodeId, max(severity) AS alertSeverity
      FROM driftledger.alerts_state_v1
      WHERE episode_id IN (
        SELECT episode_id FROM driftledger.alerts_log_v1
        WHERE position > {after:UInt64} AND position <= (SELECT max(position) FROM driftledger.alerts_state_v1)
        ORDER BY position
        LIMIT {limit:UInt32}
      )
      GROUP BY episode_id
    ) AS alerts ON changes.episodeId = alerts.episodeId
    ORDER BY position`,
  params: z.object({ after: BigIntParam, limit: z.int().min(1).max(1_000) }),
  row: AlertChangeRow,
});

/** Position of the newest change whose alert can be read; 0 when there is none. */
export const AlertsHead = defineQuery({
  name: 'AlertsHead',
  purpose: 'where the feed of alerts stands now',
  sql: 'SELECT toUInt64(max(position)) AS head FROM driftledger.alerts_state_v1',
  params: z.object({}),
  row: z.object({ head: UInt64 }),
});
