import { z } from 'zod';
import { Count, defineQuery } from './define-query.js';
import { MigrationError } from './migration-file.js';
import { type ClickHouse } from './port.js';

const ClusterShape = defineQuery({
  name: 'ClusterShape',
  purpose: 'whether every replica of a cluster can have all tables',
  sql: `SELECT uniqExact(shard_num) AS shards, count() AS replicas,
  (SELECT count() FROM system.macros WHERE macro IN ('shard', 'replica')) AS macros
FROM system.clusters WHERE cluster = {cluster:String}`,
  params: z.object({ cluster: z.string() }),
  row: z.object({ shards: Count, replicas: Count, macros: Count }),
});

/**
 * A read model is kept whole on every replica. On two shards each would have a part of it, and no query would notice.
 *
 * @param cluster undefined for one server, which is always fit
 * @throws MigrationError when the server does not know the cluster, the cluster has several shards, or the server lacks its macros
 */
export const refuseUnfitCluster = async (clickHouse: ClickHouse, cluster: string | undefined): Promise<void> => {
  if (cluster === undefined) return;
  const [shape] = await clickHouse.query(ClusterShape, { cluster });
  if (!shape || shape.replicas === 0)
    throw new MigrationError(`the server knows no cluster ${cluster}: SELECT cluster FROM system.clusters names those it knows`);
  if (shape.shards > 1)
    throw new MigrationError(
      `the cluster ${cluster} has ${shape.shards} shards: the read model is kept whole on every replica, and takes a cluster of one shard`,
    );
  if (shape.macros < 2)
    throw new MigrationError(`the server lacks the macros shard and replica, from which the paths of its replicas are made`);
};
