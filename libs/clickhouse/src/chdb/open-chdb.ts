import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type ClickHouseClient, type ClickHouseClientConfigOptions } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { ClientClickHouse } from '../client-clickhouse.js';
import { cannotOpen } from '../errors.js';
import { serialLane } from '../lane.js';
import { type ClickHouse } from '../port.js';

export type ChdbOptions = {
  /** Data directory; created when missing. One process at a time. */
  readonly path: string;
  /** Connections, 3 unless said otherwise: each is a queue of its own, one of them is kept for writes. */
  readonly connections?: number;
};

/**
 * Opens the ClickHouse engine inside this process on a directory.
 *
 * @throws ClickHouseError `DIRECTORY_IN_USE` when another process has the directory open
 */
export const openChdb = ({ path, connections = 3 }: ChdbOptions): ClickHouse => {
  if (!Number.isInteger(connections) || connections < 2)
    throw new RangeError(`openChdb requires at least two connections, got ${connections}`);
  try {
    mkdirSync(path, { recursive: true });
    const writer = serialLane(connect(path));
    const readers = Array.from({ length: connections - 1 }, () => serialLane(connect(path)));
    return new ClientClickHouse({ writer, readers, interruptible: false });
  } catch (error) {
    throw cannotOpen(path, holderOf(path), error);
  }
};

/** chDB was built against another copy of the client's types, which differ from ours only in how they spell optional fields. */
const connect = (path: string): ClickHouseClient =>
  createClient({ connection: createChdbConnection({ path }) as unknown as NonNullable<ClickHouseClientConfigOptions['connection']> });

/** The engine keeps the number of its process in a file; its own error does not say that the directory is taken. */
const holderOf = (path: string): number | undefined => {
  try {
    const pid = Number(/^PID: (\d+)/.exec(readFileSync(join(path, 'status'), 'utf8'))?.[1]);
    if (pid === process.pid) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
};
