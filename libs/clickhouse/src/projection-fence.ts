import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Count, UInt64, defineQuery } from './define-query.js';
import { ClickHouseError } from './errors.js';
import { type ClickHouse, type Fence } from './port.js';
import { quoted } from './statements.js';

/** In the message of a server's error; what a late INSERT is refused with. */
const REPLACED = 'another process writes this projection';
const LOOK_AGAIN_MS = 50;
const ENDING_MS_MAX = 60_000;
/** As long as a server waits for its replica by itself. */
const SYNCHRONISING_SECONDS_MAX = 300;

const HighestEpoch = defineQuery({
  name: 'HighestEpoch',
  purpose: 'whether another process has taken a projection over',
  sql: 'SELECT max(epoch) AS epoch FROM driftledger.projections_epochs_v1 WHERE name = {projection:String}',
  params: z.object({ projection: z.string() }),
  row: z.object({ epoch: UInt64 }),
});
const RunningInserts = defineQuery({
  name: 'RunningInserts',
  purpose: 'inserts of a projection that had begun before it was taken over',
  sql: 'SELECT count() AS running FROM system.processes WHERE startsWith(query_id, {prefix:String})',
  params: z.object({ prefix: z.string() }),
  row: z.object({ running: Count }),
});

/** Ids of a projection's inserts begin alike, so that whoever takes it over finds them. */
export const insertId = (projection: string, id: string): string => `projection:${projection}:${id}`;

/** A condition in an INSERT, evaluated once, before its first row is read. */
export const fenceCondition = ({ projection, epoch }: Fence): string =>
  `throwIf((SELECT max(epoch) FROM driftledger.projections_epochs_v1 WHERE name = ${quoted(projection)}) > ${epoch}, ${quoted(REPLACED)}) = 0`;

/**
 * Makes late inserts of a replaced process harmless. First the epoch is written: no insert of a lower one begins any more. Then those that
 * had begun are killed, and waited for. On a cluster the replica then fetches what was written through another one. Only after that the
 * tables say what the projection has.
 *
 * @param tables of the projection, each as `database.table`
 * @throws ClickHouseError `REPLACED` when a higher epoch is there already; a transient one when inserts do not end within a minute
 */
export const raiseFence = async (clickHouse: ClickHouse, { projection, epoch }: Fence, tables: readonly string[]): Promise<void> => {
  const [found] = await clickHouse.query(HighestEpoch, { projection });
  if ((found?.epoch ?? 0n) > epoch) throw new ClickHouseError(`${projection}: ${REPLACED}`, 'REPLACED', 'REPLACED', false);
  await clickHouse.insert({
    table: 'driftledger.projections_epochs_v1',
    columns: ['name', 'epoch'],
    rows: [[projection, epoch]],
    token: randomUUID(),
  });
  const prefix = insertId(projection, '');
  for (const from = Date.now(); Date.now() - from < ENDING_MS_MAX; await pause(LOOK_AGAIN_MS)) {
    await clickHouse.command(`KILL QUERY WHERE startsWith(query_id, ${quoted(prefix)}) ASYNC`);
    const [rows] = await clickHouse.query(RunningInserts, { prefix });
    if (rows?.running === 0) return synchronise(clickHouse, tables);
  }
  throw new ClickHouseError(`${projection}: inserts of another process do not end`, '159', 'TIMEOUT_EXCEEDED', true);
};

/** @throws ClickHouseError a transient one while the replica that has the rows is away: they may still come, and would be there twice */
const synchronise = async (clickHouse: ClickHouse, tables: readonly string[]): Promise<void> => {
  if (clickHouse.cluster === undefined) return;
  for (const table of tables) await clickHouse.command(`SYSTEM SYNC REPLICA ${table}`, {}, { timeoutSeconds: SYNCHRONISING_SECONDS_MAX });
};
