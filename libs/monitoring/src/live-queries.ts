import { z } from 'zod';
import { defineQuery, UInt64 } from '#libs/clickhouse';

/**
 * How far the counts of a deployment reach. One row; reads the volume rows of both count tables: one per span, version and variant.
 * The lower of the two: a batch is counted once both tables hold it.
 */
export const CountedUpTo = defineQuery({
  name: 'CountedUpTo',
  purpose: 'whether an open window has changed since it was last shown',
  sql: `
    SELECT least(
      (SELECT max(t.position) FROM driftledger.predictions_counts_5m_v1 AS t
        WHERE deployment_id = {deploymentId:UUID} AND subject = 'volume'),
      (SELECT max(t.position) FROM driftledger.predictions_counts_1d_v1 AS t
        WHERE deployment_id = {deploymentId:UUID} AND subject = 'volume')) AS head`,
  params: z.object({ deploymentId: z.uuid() }),
  row: z.object({ head: UInt64 }),
});
