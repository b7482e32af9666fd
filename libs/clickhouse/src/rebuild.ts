import { z } from 'zod';
import { type Position, type Recorded } from '#libs/kernel';
import { type Comparison, compareTables } from './compare-tables.js';
import { defineQuery } from './define-query.js';
import { ClickHouseError } from './errors.js';
import { InMemoryIntentStore } from './intent-store.js';
import { type ClickHouse } from './port.js';
import { type Projection } from './projection.js';
import { ProjectionRunner } from './projection-runner.js';
import { qualified } from './statements.js';

const LIVE = 'driftledger';
const PLACE = 'driftledger_rebuild';

/**
 * The database of a rebuild. Where several processes may rebuild, the fencing token of who may is in its name: what one that was replaced
 * still sends goes to a database that is gone.
 */
export const rebuildPlace = (epoch?: bigint): string => (epoch === undefined ? PLACE : `${PLACE}_${epoch}`);

const Places = defineQuery({
  name: 'RebuildPlaces',
  purpose: 'what rebuilds that were interrupted have left behind',
  sql: 'SELECT name FROM system.databases WHERE startsWith(name, {prefix:String}) ORDER BY name',
  params: z.object({ prefix: z.string() }),
  row: z.object({ name: z.string().regex(/^driftledger_rebuild(_\d+)?$/) }),
});

/** Removes what every rebuild has left behind, also one that goes on elsewhere: for whoever alone may rebuild. */
export const removeRebuilds = async (clickHouse: ClickHouse): Promise<void> => {
  for (const { name } of await clickHouse.query(Places, { prefix: PLACE }))
    await clickHouse.command(`DROP DATABASE IF EXISTS ${name} SYNC`);
};

/**
 * Makes it impossible to put tables of this projection that were rebuilt elsewhere into the place of the live ones. For whoever has taken
 * the projection over, before it looks at the tables: what had been exchanged by then is what it finds.
 */
export const refuseRebuilt = async (clickHouse: ClickHouse, projection: Projection): Promise<void> => {
  for (const { name } of await clickHouse.query(Places, { prefix: PLACE }))
    for (const table of tablesOf(projection)) await clickHouse.command(`DROP TABLE IF EXISTS ${qualified(name, table)} SYNC`);
};

const tablesOf = ({ tables, derive }: Projection): readonly string[] => [
  ...new Set([...tables.map(({ name }) => name), ...(derive ?? []).map(({ table }) => table)]),
];

export type RebuildProgress = { readonly events: number; readonly position: Position };

export type RebuildOptions = {
  readonly clickHouse: ClickHouse;
  readonly projection: Projection;
  /** The events the projection handles, from the start of the log up to its checkpoint, in order. What the tables hold does not depend on where they are cut; two batches are in memory at a time. */
  readonly batches: AsyncIterable<readonly Recorded[]>;
  /** Called after each batch. */
  readonly onProgress?: (progress: RebuildProgress) => void;
  readonly signal?: AbortSignal;
  /** Database of its own; see `rebuildPlace`. */
  readonly place?: string;
};

/** What a rebuild made. The live tables are untouched until `adopt`. */
export type Rebuilt = {
  readonly events: number;
  /** Compares each rebuilt table with the live one, row for row. Meaningful while the live projection stands still at the last event. */
  readonly compare: () => Promise<ReadonlyMap<string, Comparison>>;
  /** Puts the rebuilt tables in the place of the live ones, as long as the signal is not aborted. The live projection has to be stopped, and asked `resumeFrom` before it goes on. */
  readonly adopt: () => Promise<void>;
  /** Removes what was built, or after `adopt` what was replaced. */
  readonly discard: () => Promise<void>;
};

/**
 * Builds a projection's tables anew from the log, beside the live ones, in a database of their own with the same definitions.
 * An interrupted rebuild leaves the live tables as they were; the next one starts over.
 *
 * @throws ClickHouseError `NOT_IMPLEMENTED` on a cluster
 */
export const rebuild = async (options: RebuildOptions): Promise<Rebuilt> => {
  const { clickHouse, projection, signal, place = rebuildPlace() } = options;
  const tables = tablesOf(projection);
  // Tables cannot be exchanged with those of a database of the engine Replicated: better said now than after hours.
  if (clickHouse.cluster !== undefined)
    throw new ClickHouseError('a read model on a cluster cannot be rebuilt beside the live one', '48', 'NOT_IMPLEMENTED', false);
  await clickHouse.command(`DROP DATABASE IF EXISTS ${place} SYNC`);
  await clickHouse.command(`CREATE DATABASE ${place}`);
  // Names of tables cannot be bound here; these come from the code, and are checked to be plain.
  const pairs = tables.map((table) => ({ kept: qualified(LIVE, table), built: qualified(place, table) }));
  for (const { kept, built } of pairs) await clickHouse.command(`CREATE TABLE ${built} AS ${kept}`);
  const events = await fill(options);
  return {
    events,
    compare: async () => {
      const compared = new Map<string, Comparison>();
      for (const table of tables)
        compared.set(table, await compareTables(clickHouse, { database: LIVE, table }, { database: place, table }));
      return compared;
    },
    adopt: async () => {
      for (const { kept, built } of pairs) {
        signal?.throwIfAborted();
        await clickHouse.command(`EXCHANGE TABLES ${built} AND ${kept}`);
      }
    },
    discard: () => clickHouse.command(`DROP DATABASE IF EXISTS ${place} SYNC`),
  };
};

const fill = async (options: RebuildOptions): Promise<number> => {
  const { clickHouse, projection, batches, onProgress, signal, place = rebuildPlace() } = options;
  const runner = new ProjectionRunner({ projection, clickHouse, intents: new InMemoryIntentStore(), database: place });
  await runner.resumeFrom(undefined);
  let done = 0;
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const batch of batches) {
      signal?.throwIfAborted();
      const prepared = await runner.prepare(batch);
      await writing;
      // Not awaited here: the next batch is read and made into rows while this one is being written.
      writing = runner.write(prepared, signal).then(() => {
        const last = batch.at(-1);
        done += batch.length;
        if (last) onProgress?.({ events: done, position: last.position });
      });
      // Thrown where it is awaited; until then nobody listens.
      writing.catch(() => undefined);
    }
  } finally {
    // Also when reading failed: what is being written is not left behind.
    await writing;
  }
  return done;
};
