import { z } from 'zod';
import { BigIntParam, InstantFromClickHouse, InstantParam, UInt64, defineQuery } from '#libs/clickhouse';

/** An entry as the read model has it. Empty text stands for "none". */
export const AuditRow = z.object({
  position: UInt64,
  event_id: z.uuid(),
  recorded_at: InstantFromClickHouse,
  type: z.string(),
  class: z.string(),
  stream: z.string(),
  revision: UInt64,
  actor_id: z.string(),
  actor_kind: z.string(),
  actor_via: z.string(),
  on_behalf_of: z.string(),
  surface: z.string(),
  route: z.string(),
  client: z.string(),
  address_class: z.string(),
  reason: z.string(),
  correlation_id: z.uuid(),
  causation_id: z.uuid(),
  command_id: z.uuid(),
  deployment_id: z.string(),
  monitor_id: z.string(),
  model: z.string(),
  subject: z.string(),
  summary: z.string(),
  changes: z.string(),
  sha256: z.string(),
});
export type AuditRow = z.output<typeof AuditRow>;

const optionalText = z.string().nullable();

/** What restricts a trail. Null: no restriction. Times are inclusive from, exclusive until. */
const restrictions = {
  /** Unless any: one of these. */
  anyDeployment: z.boolean(),
  deployments: z.array(z.uuid()),
  monitor: optionalText,
  subject: optionalText,
  actor: optionalText,
  class: optionalText,
  type: optionalText,
  correlation: optionalText,
  from: InstantParam,
  until: InstantParam,
  /** Every value asked for above but the deployments, as the index of values knows them. */
  values: z.array(z.string()),
};

/**
 * A page of the trail, newest first, either of the intake or of all the rest. Grain: one row per event. Reads the sorting key backwards
 * from the cursor and stops at the page: a common value is found in a granule or two, for a rare one the bloom filter of all values
 * leaves the granules that have it. Values together are looked for by PREWHERE, so that other columns are read of the page alone.
 */
export const AuditTrail = defineQuery({
  name: 'AuditTrail',
  purpose: 'a page of the audit trail, newest first',
  sql: `
SELECT *
FROM driftledger.audit_entries_v2
PREWHERE indexHint(hasAll([type, class, actor_id, deployment_id, monitor_id, model, subject], {values:Array(String)}))
  AND indexHint({anyDeployment:Bool} OR hasAny([type, class, actor_id, deployment_id, monitor_id, model, subject], {deployments:Array(String)}))
  AND recorded_at >= {from:DateTime64(3,'UTC')}
  AND recorded_at < {until:DateTime64(3,'UTC')}
  AND ({anyDeployment:Bool} OR deployment_id IN {deployments:Array(String)})
  AND ({monitor:Nullable(String)} IS NULL OR monitor_id = {monitor:Nullable(String)})
  AND ({subject:Nullable(String)} IS NULL OR subject = {subject:Nullable(String)})
  AND ({actor:Nullable(String)} IS NULL OR actor_id = {actor:Nullable(String)})
  AND ({class:Nullable(String)} IS NULL OR class = {class:Nullable(String)})
  AND ({type:Nullable(String)} IS NULL OR type = {type:Nullable(String)})
  AND ({correlation:Nullable(String)} IS NULL OR correlation_id = toUUID({correlation:Nullable(String)}))
WHERE intake = {intake:UInt8} AND position < {before:UInt64}
ORDER BY position DESC
LIMIT {limit:UInt32}`,
  params: z.object({
    ...restrictions,
    intake: z.union([z.literal(0), z.literal(1)]),
    before: BigIntParam,
    limit: z.int().min(1).max(1_000),
  }),
  row: AuditRow,
  // One thread: a page is small, and what several read beyond it is thrown away.
  settings: { max_threads: 1 },
});

/** Entries after a position in log order, of the intake or of all the rest. Grain: one row per event; reads the granules of its answer. */
export const AuditFeed = defineQuery({
  name: 'AuditFeed',
  purpose: 'what was appended to the audit trail since a position',
  sql: `
SELECT *
FROM driftledger.audit_entries_v2
WHERE intake = {intake:UInt8} AND position > {after:UInt64}
ORDER BY position
LIMIT {limit:UInt32}`,
  params: z.object({ intake: z.union([z.literal(0), z.literal(1)]), after: BigIntParam, limit: z.int().min(1).max(1_000) }),
  row: AuditRow,
  settings: { max_threads: 1 },
});

/** Entries by event id, at most one per id. Grain: one row per event; the bloom filter leaves a granule or two per id. */
export const AuditEntriesById = defineQuery({
  name: 'AuditEntriesById',
  purpose: 'single entries of the audit trail',
  sql: `
SELECT *
FROM driftledger.audit_entries_v2
WHERE event_id IN {ids:Array(UUID)}
ORDER BY position
LIMIT 1 BY event_id`,
  params: z.object({ ids: z.array(z.uuid()).max(500) }),
  row: AuditRow,
});

/** Deployments that were registered as serving a model. Grain: one row per deployment. */
export const DeploymentsOfModel = defineQuery({
  name: 'DeploymentsOfModel',
  purpose: 'which deployments the entries of a model are about',
  sql: `
SELECT DISTINCT deployment_id
FROM driftledger.audit_entries_v2
PREWHERE indexHint(has([type, class, actor_id, deployment_id, monitor_id, model, subject], {model:String})) AND model = {model:String}
WHERE intake = 0 AND deployment_id != ''
ORDER BY deployment_id
LIMIT 10000`,
  params: z.object({ model: z.string() }),
  row: z.object({ deployment_id: z.uuid() }),
});

/** The newest position in the trail. Grain: one row; reads the last granule of each part. */
export const AuditHead = defineQuery({
  name: 'AuditHead',
  purpose: 'where the audit trail stands, for feeds that begin with what comes next',
  sql: `
SELECT toUInt64(max(position)) AS head
FROM
(
  SELECT position FROM driftledger.audit_entries_v2 WHERE intake = 0 ORDER BY position DESC LIMIT 1
  UNION ALL
  SELECT position FROM driftledger.audit_entries_v2 WHERE intake = 1 ORDER BY position DESC LIMIT 1
)`,
  params: z.object({}),
  row: z.object({ head: UInt64 }),
});

/** What the given streams said earlier about one thing, to tell what an entry changed. Grain: one row per earlier entry. */
export const EarlierChanges = defineQuery({
  name: 'EarlierChanges',
  purpose: 'the former definition of a revised monitor',
  sql: `
SELECT stream, position, changes
FROM driftledger.audit_entries_v2
PREWHERE indexHint(hasAny([type, class, actor_id, deployment_id, monitor_id, model, subject], {monitors:Array(String)}))
  AND monitor_id IN {monitors:Array(String)}
WHERE intake = 0
  AND type IN ('MonitorCreated', 'MonitorRevised')
  AND position < {before:UInt64}
ORDER BY position DESC
LIMIT 100 BY stream`,
  params: z.object({ monitors: z.array(z.uuid()).max(500), before: BigIntParam }),
  row: z.object({ stream: z.string(), position: UInt64, changes: z.string() }),
});
