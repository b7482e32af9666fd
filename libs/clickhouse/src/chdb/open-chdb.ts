import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type ClickHouseClient, type ClickHouseClientConfigOptions } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { ClientClickHouse } from '../client-clickhouse.js';
import { cannotOpen } from '../errors.js';
import { type Lane, serialLane } from '../lane.js';
import { type ClickHouse } from '../port.js';
import { incoming } from './incoming.js';

/** One runs, the others wait: some seconds for the last of them. */
const QUERIES_MAX = 100;

export type ChdbOptions = {
  /** Data directory; created when missing. One process at a time. */
  readonly path: string;
  /** Connections that answer queries, 2 unless said otherwise: each is a queue of its own. Two more are kept for writes. */
  readonly readers?: number;
};

/**
 * Opens the ClickHouse engine inside this process on a directory.
 *
 * @throws ClickHouseError `DIRECTORY_IN_USE` when another process has the directory open
 */
export const openChdb = ({ path, readers = 2 }: ChdbOptions): ClickHouse => {
  if (!Number.isInteger(readers) || readers < 1) throw new RangeError(`openChdb requires at least one reader, got ${readers}`);
  try {
    mkdirSync(path, { recursive: true });
    const lane = (): Lane => serialLane(connect(path));
    return new ClientClickHouse({
      // Two, so that the engine works on one table while another waits for its disk.
      writers: [lane(), lane()],
      readers: [lane(), ...Array.from({ length: readers - 1 }, lane)],
      queriesMax: QUERIES_MAX,
      interruptible: false,
      sendInsert: incoming(join(path, 'incoming')),
    });
  } catch (error) {
    throw cannotOpen(path, holderOf(path), error);
  }
};

/** chDB was built against another copy of the client's types, which differ from ours only in how they spell optional fields. */
const connect = (path: string): ClickHouseClient =>
  createClient({ connection: createChdbConnection({ path }) as unknown as NonNullable<ClickHouseClientConfigOptions['connection']> });

/**
 * The other process that seems to have a directory of the engine open. The engine keeps the number of its process in a file, also after it
 * was killed; its own error does not say that the directory is taken.
 */
export const holderOf = (path: string): number | undefined => {
  try {
    const pid = Number(/^PID: (\d+)/.exec(readFileSync(join(path, 'status'), 'utf8'))?.[1]);
    if (pid === process.pid) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
};
