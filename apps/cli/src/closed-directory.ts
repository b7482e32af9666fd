import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ALL_EVENTS } from '#libs/catalogue';
import { type ClickHouse, ClickHouseError, FileIntentStore, type IntentStore, type MigrationReport, migrate } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { type CheckpointStore, EventCodec, type EventStore } from '#libs/event-store';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { processMeta } from '#libs/identity';
import { type Clock, type CommandMeta, SystemClock } from '#libs/kernel';
import { OperationsLog } from '#libs/operations';
import { DataDirectory } from '#libs/platform';
import { z } from 'zod';
import { type Client, ServerError, connect } from './client.js';
import { UsageError } from './usage-error.js';

/** A data directory that no server has open, opened by this command. */
export type ClosedDirectory = {
  readonly directory: DataDirectory;
  readonly store: EventStore;
  readonly checkpoints: CheckpointStore;
  readonly codec: EventCodec;
  readonly clickHouse: ClickHouse;
  readonly intents: IntentStore;
  readonly clock: Clock;
};

/** What a command does with a running server, and what with a directory. */
export type EitherWay<T> = { readonly server: (client: Client) => Promise<T>; readonly directory: (open: ClosedDirectory) => Promise<T> };

/** Who acts on a directory that no server has open: nobody was asked for a key, so it is the installation's own job, by the command line. */
export const commandLineMeta = (command: string): CommandMeta => ({
  ...processMeta('command line'),
  source: { surface: 'cli', route: command, addressClass: 'process' },
});

type Environment = Readonly<Record<string, string | undefined>>;

const Version = z.object({ version: z.string() });

/**
 * Asks the running server, or opens the data directory when none runs. `data` names a directory to open without looking for a server;
 * with DRIFTLEDGER_URL in the environment it is that server or nothing.
 * @throws UsageError when there is neither, or another process has the directory open
 */
export const withServerOrDirectory = async <T>(environment: Environment, data: string | undefined, ways: EitherWay<T>): Promise<T> => {
  if (data !== undefined) return inDirectory(data, ways.directory);
  if (environment['DRIFTLEDGER_URL']) return ways.server(await connect(environment));
  const path = environment['DRIFTLEDGER_DATA'] || '.driftledger';
  const client = await running(environment);
  return client ? ways.server(client) : inDirectory(path, ways.directory);
};

/** The server on this machine, if one answers; without a key for it there is nothing to ask it with. */
const running = async (environment: Environment): Promise<Client | undefined> => {
  try {
    const client = await connect(environment);
    await client.call('GET', '/version', Version);
    return client;
  } catch (error) {
    if (error instanceof ServerError && error.code === 'UNREACHABLE') return undefined;
    if (error instanceof UsageError && error.code === 'KEY') return undefined;
    throw error;
  }
};

/** Brings the read model of a directory to the newest schema, and records what was applied. @throws MigrationError | ClickHouseError */
export const migrateClosed = async (open: ClosedDirectory, command: string): Promise<MigrationReport> => {
  const report = await migrate(open.clickHouse, { clock: open.clock });
  await new OperationsLog(open).migrated(report, commandLineMeta(command));
  return report;
};

const inDirectory = async <T>(path: string, work: (open: ClosedDirectory) => Promise<T>): Promise<T> => {
  const directory = new DataDirectory(resolve(path));
  // Opening makes what is missing: a mistyped name must not become an empty installation.
  if (!existsSync(directory.log))
    throw new UsageError('DATA', `no server answers, and there is no data in ${directory.path}; set DRIFTLEDGER_URL or DRIFTLEDGER_DATA`);
  // First the engine that takes one process only: as long as a server runs, its log is not touched.
  const clickHouse = openedChdb(directory);
  const clock = new SystemClock();
  try {
    const store = new SqliteEventStore({ file: directory.log, clock });
    try {
      const intents = new FileIntentStore(directory.intents);
      return await work({
        directory,
        store,
        checkpoints: store.checkpoints,
        codec: new EventCodec(ALL_EVENTS),
        clickHouse,
        intents,
        clock,
      });
    } finally {
      await store.close();
    }
  } finally {
    await clickHouse.close();
  }
};

const openedChdb = (directory: DataDirectory): ClickHouse => {
  try {
    return openChdb({ path: directory.clickHouse });
  } catch (error) {
    if (error instanceof ClickHouseError && error.type === 'DIRECTORY_IN_USE')
      throw new UsageError('IN_USE', `${error.message}. Stop it, or set DRIFTLEDGER_URL to where it listens`);
    throw error;
  }
};
