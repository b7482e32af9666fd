import { ALL_EVENTS } from '#libs/catalogue';
import { type ClickHouse, type MigrationPlan, type MigrationReport, migrate, planMigrations } from '#libs/clickhouse';
import { openHttp } from '#libs/clickhouse/http';
import { type ClickHouseServer, readServers } from '#libs/configuration';
import { EventCodec } from '#libs/event-store';
import { OperationsLog } from '#libs/operations';
import { commandLineMeta } from '../closed-directory.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Brings the read model on a ClickHouse server, or on a cluster of them, to the newest schema. Where the environment also says where the log
 * is, as that of a program on servers does, what was applied is recorded in it.
 *
 * @throws MigrationError | ClickHouseError | ConfigurationError, what the event store throws; the migrations are applied then
 */
export const migrateServer = async (server: ClickHouseServer, environment: Environment): Promise<MigrationReport> => {
  const hasLog = environment['DRIFTLEDGER_EVENTSTORE'] || environment['DRIFTLEDGER_EVENTSTORE_FILE'];
  // Before anything is done: what cannot be recorded is not begun.
  const log = hasLog ? readServers(environment).eventStore : undefined;
  const report = await onServer(server, migrate);
  if (log !== undefined) await recorded(log, report);
  return report;
};

/** What `migrateServer` would do. @throws MigrationError | ClickHouseError */
export const planServer = (server: ClickHouseServer): Promise<MigrationPlan> => onServer(server, planMigrations);

const onServer = async <T>(server: ClickHouseServer, work: (clickHouse: ClickHouse) => Promise<T>): Promise<T> => {
  const clickHouse = openHttp(server);
  try {
    return await work(clickHouse);
  } finally {
    await clickHouse.close();
  }
};

const recorded = async (url: string, report: MigrationReport): Promise<void> => {
  // Its client is loaded here, and not by every command.
  const { openEventStoreDb } = await import('#libs/event-store/eventstoredb');
  const store = openEventStoreDb({ url });
  try {
    await new OperationsLog({ store, codec: new EventCodec(ALL_EVENTS) }).migrated(report, commandLineMeta('migrate'));
  } finally {
    await store.close();
  }
};
