import { z } from 'zod';
import { BigIntParam, defineQuery, InstantFromClickHouse, UInt64 } from '#libs/clickhouse';

/** A deployment as it was registered. Empty text: not named. */
export const DeploymentRow = z.object({
  deploymentId: z.uuid(),
  position: UInt64,
  registeredAt: InstantFromClickHouse,
  name: z.string(),
  model: z.string(),
  environment: z.string(),
  strict: z.boolean(),
  onFirstPost: z.boolean(),
});
export type DeploymentRow = z.output<typeof DeploymentRow>;

/** One aspect of a deployment's schema as it is now. */
export const SchemaRow = z.object({
  deploymentId: z.uuid(),
  subject: z.string(),
  aspect: z.enum(['type', 'grid', 'words', 'settled', 'version']),
  schemaVersion: z.int(),
  kind: z.string(),
  length: z.int(),
  declared: z.boolean(),
  personal: z.string(),
  centre: z.number(),
  unit: z.number(),
  basis: z.string(),
  words: z.int(),
  full: z.boolean(),
});
export type SchemaRow = z.output<typeof SchemaRow>;

/** Deployments, the newest first. Reads the whole table: one row per deployment. */
export const DeploymentsPage = defineQuery({
  name: 'DeploymentsPage',
  purpose: 'list of deployments',
  sql: `
    SELECT deployment_id AS deploymentId, min(position) AS position, min(recorded_at) AS registeredAt, any(name) AS name, any(model) AS model,
      any(environment) AS environment, any(strict) AS strict, any(on_first_post) AS onFirstPost
    FROM driftledger.deployments_registered_v1
    WHERE driftledger.deployments_registered_v1.position < {before:UInt64}
    GROUP BY deployment_id
    ORDER BY position DESC
    LIMIT {limit:UInt32}`,
  params: z.object({ before: BigIntParam, limit: z.int().min(1).max(1_000) }),
  row: DeploymentRow,
});

/** Deployments by id, in no order. Reads by primary key. */
export const DeploymentsById = defineQuery({
  name: 'DeploymentsById',
  purpose: 'deployments that are known by id or name',
  sql: `
    SELECT deployment_id AS deploymentId, position, recorded_at AS registeredAt, name, model, environment, strict, on_first_post AS onFirstPost
    FROM driftledger.deployments_registered_v1
    WHERE deployment_id IN {ids:Array(UUID)}
    ORDER BY deployment_id, position
    LIMIT 1 BY deployment_id`,
  params: z.object({ ids: z.array(z.uuid()).max(1_000) }),
  row: DeploymentRow,
});

/** The newest state of every aspect of the schemas of some deployments, by subject. Reads by primary key. */
export const DeploymentSchemas = defineQuery({
  name: 'DeploymentSchemas',
  purpose: 'feature schemas with grids and flags',
  sql: `
    SELECT deployment_id AS deploymentId, subject, aspect, schema_version AS schemaVersion, kind, length, declared, personal, centre, unit,
      basis, words, full
    FROM driftledger.deployments_schema_v1
    WHERE deployment_id IN {ids:Array(UUID)}
    ORDER BY deployment_id, subject, aspect, position DESC
    LIMIT 1 BY deployment_id, subject, aspect`,
  params: z.object({ ids: z.array(z.uuid()).max(1_000) }),
  row: SchemaRow,
});

/** How far the read model of deployments reaches. */
export const DeploymentsHead = defineQuery({
  name: 'DeploymentsHead',
  purpose: 'whether a command can be read already',
  sql: `
    SELECT greatest(
      (SELECT max(position) FROM driftledger.deployments_registered_v1),
      (SELECT max(position) FROM driftledger.deployments_schema_v1)
    ) AS head`,
  params: z.object({}),
  row: z.object({ head: UInt64 }),
});
