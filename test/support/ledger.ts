import { z } from 'zod';
import { type ClickHouse, Count, defineQuery, UInt64 } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { DEPLOYMENT_EVENTS, deploymentIdOf } from '#libs/deployments';
import { EventCodec, type EventStore } from '#libs/event-store';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { SystemClock } from '#libs/kernel';
import { PREDICTION_EVENTS, type PredictionEvent } from '#libs/predictions';

/**
 * Count and sum per feature, as text so that any difference shows. Values in these tests are whole numbers: their sums are exact and
 * do not depend on order.
 */
export type Ledger = {
  readonly ids: number;
  readonly features: Readonly<Record<string, { readonly count: number; readonly sum: number }>>;
};

const IdsOf = defineQuery({
  name: 'LedgerIds',
  purpose: 'tests: every prediction is there once',
  sql: 'SELECT count() AS rows, uniqExact(key) AS ids FROM driftledger.predictions_keys_v1 WHERE deployment_id = {deploymentId:UUID}',
  params: z.object({ deploymentId: z.uuid() }),
  row: z.object({ rows: Count, ids: Count }),
});

const ValuesOf = defineQuery({
  name: 'LedgerValues',
  purpose: 'tests: every value is there once',
  sql: `SELECT feature, sum(length(numbers)) AS rows, toString(sum(arraySum(arrayMap(x -> ifNull(x, 0), numbers)))) AS total FROM driftledger.predictions_features_v1
WHERE deployment_id = {deploymentId:UUID} AND kind = 'number' AND startsWith(feature, 'feature:') GROUP BY feature ORDER BY feature`,
  params: z.object({ deploymentId: z.uuid() }),
  row: z.object({ feature: z.string(), rows: Count, total: z.string() }),
});

const CountsOf = defineQuery({
  name: 'LedgerCounts',
  purpose: 'tests: every value is counted once',
  sql: `SELECT subject, sum(sampled) AS sampled, sum(total) AS total, arraySum(sumMap(counts).2) AS counted, max(position) AS position
FROM driftledger.{table:Identifier} WHERE deployment_id = {deploymentId:UUID} GROUP BY subject ORDER BY subject`,
  params: z.object({ table: z.string(), deploymentId: z.uuid() }),
  row: z.object({ subject: z.string(), sampled: Count, total: Count, counted: Count, position: UInt64 }),
});

/** What a log holds of a deployment. Throws when an id stands twice. */
export async function ledgerOfStore(store: EventStore, deployment: string): Promise<Ledger> {
  const codec = new EventCodec([...DEPLOYMENT_EVENTS, ...PREDICTION_EVENTS]);
  const ids = new Set<string>();
  const features: Record<string, { count: number; sum: number }> = {};
  for await (const stored of store.readStream(`predictions-${deploymentIdOf(deployment)}`)) {
    const { data } = codec.decode<PredictionEvent>(stored);
    if (!('features' in data)) throw new Error('a label among predictions');
    for (const id of data.columns.id) {
      if (id === null || ids.has(id)) throw new Error(`${id} stands twice in the log`);
      ids.add(id);
    }
    for (const [name, column] of Object.entries(data.features)) {
      if (column.kind !== 'number') continue;
      const tally = (features[name] ??= { count: 0, sum: 0 });
      for (const value of column.values) {
        if (value === null) continue;
        tally.count += 1;
        tally.sum += value;
      }
    }
  }
  return { ids: ids.size, features };
}

/** The same of the log of a stopped process. */
export async function ledgerOfLog(file: string, deployment: string): Promise<Ledger> {
  const store = new SqliteEventStore({ file, clock: new SystemClock() });
  try {
    return await ledgerOfStore(store, deployment);
  } finally {
    await store.close();
  }
}

/** What the raw rows of a read model hold, and how many rows each count table holds per feature. */
export type LedgerOfTables = { readonly raw: Ledger; readonly counted: Readonly<Record<string, readonly number[]>> };

/** @throws Error when an id stands twice */
export async function ledgerOfTables(clickHouse: ClickHouse, deployment: string): Promise<LedgerOfTables> {
  const deploymentId = deploymentIdOf(deployment);
  const [ids] = await clickHouse.query(IdsOf, { deploymentId });
  if (ids?.rows !== ids?.ids) throw new Error(`${ids?.rows} rows for ${ids?.ids} ids`);
  const values = await clickHouse.query(ValuesOf, { deploymentId });
  const features = Object.fromEntries(
    values.map((row) => [row.feature.slice('feature:'.length), { count: row.rows, sum: Number(row.total) }]),
  );
  const counted: Record<string, number[]> = {};
  for (const table of ['predictions_counts_5m_v1', 'predictions_counts_1d_v1']) {
    for (const row of await clickHouse.query(CountsOf, { table, deploymentId })) (counted[row.subject] ??= []).push(row.sampled, row.total);
  }
  return { raw: { ids: ids?.ids ?? 0, features }, counted };
}

/** The same of the read model of a stopped process. */
export async function ledgerOfReadModel(directory: string, deployment: string): Promise<LedgerOfTables> {
  const clickHouse = openChdb({ path: directory });
  try {
    return await ledgerOfTables(clickHouse, deployment);
  } finally {
    await clickHouse.close();
  }
}
