// First: the engine's library reads it when it is loaded.
import './allocator.js';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type ClickHouseClient, type ClickHouseClientConfigOptions } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { ClientClickHouse } from '../client-clickhouse.js';
import { cannotOpen } from '../errors.js';
import { type Lane, serialLane } from '../lane.js';
import { type ClickHouse } from '../port.js';
import { incoming, refusePattern } from './incoming.js';

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
 * @throws RangeError when its engine would take the directory's name for a pattern
 * @throws ClickHouseError `DIRECTORY_IN_USE` when another process has the directory open
 */
export const openChdb = ({ path, readers = 2 }: ChdbOptions): ClickHouse => {
  if (!Number.isInteger(readers) || readers < 1) throw new RangeError(`openChdb requires at least one reader, got ${readers}`);
  refusePattern(path);
  const opened: Lane[] = [];
  try {
    mkdirSync(path, { recursive: true });
    const lane = (): Lane => {
      const one = serialLane(connect(path));
      opened.push(one);
      return one;
    };
    return new ClientClickHouse({
      // Two, so that the engine works on one table while another waits for its disk.
      writers: [lane(), lane()],
      readers: [lane(), ...Array.from({ length: readers - 1 }, lane)],
      queriesMax: QUERIES_MAX,
      interruptible: false,
      sendInsert: incoming(join(path, 'incoming')),
    });
  } catch (error) {
    // Nobody will close them; what they say on the way out is less than the error that is thrown here.
    for (const lane of opened) void lane.close().catch(() => undefined);
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
