import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Clock, SystemClock } from '#libs/kernel';
import { dateTimeOf, defineQuery } from './define-query.js';
import { ClickHouseError } from './errors.js';
import { BOOTSTRAP } from './migration-bootstrap.js';
import { MigrationError, type MigrationFile, migrationsDirectory, readMigrations, statementsOf } from './migration-file.js';
import { type Turn, takeTurn } from './migration-turn.js';
import { type ClickHouse } from './port.js';
import { refuseUnfitCluster } from './refuse-unfit-cluster.js';

/** What {@link migrate} did. */
export type MigrationReport = { readonly applied: readonly string[]; readonly known: number };

/** What {@link migrate} would do. */
export type MigrationPlan = {
  readonly due: readonly { readonly name: string; readonly why: string; readonly statements: readonly string[] }[];
  readonly known: number;
};

export type MigrateOptions = {
  /** Folder of the files; the package's own unless said otherwise. */
  readonly directory?: string;
  readonly clock?: Clock;
  /** After so long without a sign of life from the process that migrates another goes on; half a minute unless said otherwise. */
  readonly silenceMsMax?: number;
};

/** A change of a schema waits for all replicas that are there. */
const STATEMENT_SECONDS_MAX = 600;
const UNKNOWN: ReadonlySet<string> = new Set(['UNKNOWN_TABLE', 'UNKNOWN_DATABASE']);

const AppliedMigrations = defineQuery({
  name: 'AppliedMigrations',
  purpose: 'which migrations this database has seen, and with which content',
  sql: 'SELECT name, argMin(sha256, applied_at) AS sha256 FROM driftledger.schema_migrations GROUP BY name ORDER BY name',
  params: z.object({}),
  row: z.object({ name: z.string(), sha256: z.string() }),
});

/**
 * Brings the database to the newest schema. Forward only; may be run at every start, by several processes at once, and again after a crash at
 * any point.
 *
 * @throws MigrationError when an applied file was edited or is missing, or the cluster cannot hold the read model
 * @throws ClickHouseError when a statement fails; the file is then run again from its first statement next time
 */
export const migrate = async (clickHouse: ClickHouse, options: MigrateOptions = {}): Promise<MigrationReport> => {
  const { clock = new SystemClock(), silenceMsMax = 30_000 } = options;
  const files = readMigrations(options.directory ?? migrationsDirectory());
  await refuseUnfitCluster(clickHouse, clickHouse.cluster);
  for (const statement of statementsOf(BOOTSTRAP, clickHouse.cluster)) await command(clickHouse, statement);
  const applied: string[] = [];
  while ((await dueOf(clickHouse, files)).length > 0) {
    const turn = await takeTurn(clickHouse, silenceMsMax);
    try {
      // Asked again: another process may have had the turn before.
      for (const file of await dueOf(clickHouse, files)) {
        if (!(await apply(clickHouse, file, turn))) break;
        await record(clickHouse, file, clock);
        applied.push(file.name);
      }
    } finally {
      await turn.end();
    }
  }
  return { applied, known: files.length };
};

/**
 * What {@link migrate} would do, without doing it.
 *
 * @throws MigrationError as `migrate`
 */
export const planMigrations = async (clickHouse: ClickHouse, options: MigrateOptions = {}): Promise<MigrationPlan> => {
  const files = readMigrations(options.directory ?? migrationsDirectory());
  await refuseUnfitCluster(clickHouse, clickHouse.cluster);
  const due = await dueOf(clickHouse, files).catch((error: unknown) => {
    if (error instanceof ClickHouseError && UNKNOWN.has(error.type)) return [BOOTSTRAP, ...files];
    throw error;
  });
  const { cluster } = clickHouse;
  return { due: due.map((file) => ({ name: file.name, why: file.why, statements: statementsOf(file, cluster) })), known: files.length };
};

const dueOf = async (clickHouse: ClickHouse, files: readonly MigrationFile[]): Promise<readonly MigrationFile[]> => {
  const known = new Map((await clickHouse.query(AppliedMigrations, {})).map((row) => [row.name, row.sha256]));
  refuseSurprises(files, known);
  return files.filter((file) => !known.has(file.name));
};

/** @returns false when the turn was lost on the way: then another process runs the file from its first statement */
const apply = async (clickHouse: ClickHouse, file: MigrationFile, turn: Turn): Promise<boolean> => {
  for (const statement of statementsOf(file, clickHouse.cluster)) {
    if (!(await turn.held())) return false;
    await command(clickHouse, statement);
  }
  return true;
};

const record = (clickHouse: ClickHouse, { name, sha256 }: MigrationFile, clock: Clock): Promise<void> =>
  clickHouse.insert({
    table: 'driftledger.schema_migrations',
    columns: ['name', 'sha256', 'applied_at'],
    rows: [[name, sha256, dateTimeOf(clock.now())]],
    // Never the same twice: a remembered token would drop the row silently.
    token: randomUUID(),
  });

const command = (clickHouse: ClickHouse, statement: string): Promise<void> =>
  clickHouse.command(statement, {}, { timeoutSeconds: STATEMENT_SECONDS_MAX });

const refuseSurprises = (files: readonly MigrationFile[], known: ReadonlyMap<string, string>): void => {
  const onDisk = new Map(files.map((file) => [file.name, file.sha256]));
  for (const [name, sha256] of known) {
    const found = onDisk.get(name);
    if (found === undefined)
      throw new MigrationError(
        `${name} was applied to this database but is not part of this version: start the newer version, or use another data directory`,
      );
    if (found !== sha256)
      throw new MigrationError(`${name} was edited after it had been applied: restore the file and put the change into a new one`);
  }
};
