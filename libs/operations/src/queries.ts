import { z } from 'zod';
import { Count, InstantFromClickHouse, InstantParam, defineQuery } from '#libs/clickhouse';

/** Grain: one row. Reads no table. */
export const EngineVersion = defineQuery({
  name: 'EngineVersion',
  purpose: 'whether the engine of the read model answers, and which one it is',
  sql: 'SELECT version() AS version',
  params: z.object({}),
  row: z.object({ version: z.string() }),
  timeoutSeconds: 5,
});

/** Parts the engine could not use and set aside when it started. Grain: one row per table. */
export const PartsSetAside = defineQuery({
  name: 'PartsSetAside',
  purpose: 'whether the read model lost rows to damaged files',
  sql: `SELECT table, count() AS parts
FROM system.detached_parts
WHERE database = 'driftledger' AND (reason LIKE 'broken%' OR reason LIKE 'unexpected%' OR reason LIKE 'noquorum%')
GROUP BY table ORDER BY table`,
  params: z.object({}),
  row: z.object({ table: z.string(), parts: Count }),
});

/** All predictions, and those recorded since an instant. Grain: one row; reads three columns of one row per batch. */
export const RecordedPredictions = defineQuery({
  name: 'RecordedPredictions',
  purpose: 'how fast the data directory grows',
  sql: `SELECT sum(row_count) AS predictions, sumIf(row_count, recorded_at >= {since:DateTime64(3,'UTC')}) AS recent, min(recorded_at) AS first
FROM driftledger.predictions_batches_v1`,
  params: z.object({ since: InstantParam }),
  row: z.object({ predictions: Count, recent: Count, first: InstantFromClickHouse }),
});

/** Grain: one row per deployment, at most 100. Reads both tables, which have a row per change of a deployment or a monitor. */
export const UnwatchedDeployments = defineQuery({
  name: 'UnwatchedDeployments',
  purpose: 'which deployments nobody measures',
  sql: `SELECT any(name) AS deployment
FROM driftledger.deployments_registered_v1
WHERE toString(deployment_id) NOT IN (SELECT deployment_id FROM driftledger.monitoring_monitors_v1 WHERE deployment_id != '')
GROUP BY deployment_id ORDER BY deployment LIMIT 100`,
  params: z.object({}),
  row: z.object({ deployment: z.string() }),
});

/** Active monitors whose newest measurement, or whose creation, is older than an instant. Grain: one row per monitor, at most 100. */
export const SilentMonitors = defineQuery({
  name: 'SilentMonitors',
  purpose: 'which monitors have not measured anything for long',
  sql: `SELECT name, deployment, since, last
FROM
(
  SELECT monitor_id, argMaxIf(name, position, name != '') AS name, argMaxIf(deployment, position, deployment != '') AS deployment,
    argMaxIf(status, position, status != '') AS status, min(recorded_at) AS since
  FROM driftledger.monitoring_monitors_v1 GROUP BY monitor_id
) AS monitors
LEFT JOIN
(
  SELECT monitor_id, max(recorded_at) AS last FROM driftledger.monitoring_measurements_v1 WHERE skipped = '' GROUP BY monitor_id
) AS measured ON measured.monitor_id = monitors.monitor_id
WHERE status = 'active' AND greatest(since, last) < {before:DateTime64(3,'UTC')}
ORDER BY name LIMIT 100`,
  params: z.object({ before: InstantParam }),
  row: z.object({ name: z.string(), deployment: z.string(), since: InstantFromClickHouse, last: InstantFromClickHouse }),
});
