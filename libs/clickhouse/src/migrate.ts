import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Clock, SystemClock } from '#libs/kernel';
import { dateTimeOf, defineQuery } from './define-query.js';
import {
  MigrationError,
  type MigrationFile,
  type MigrationTarget,
  migrationFile,
  migrationsDirectory,
  readMigrations,
  statementsOf,
} from './migration-file.js';
import { type ClickHouse } from './port.js';

/** What {@link migrate} did. */
export type MigrationReport = { readonly applied: readonly string[]; readonly known: number };

export type MigrateOptions = {
  /** Folder of the files; the package's own unless said otherwise. */
  readonly directory?: string;
  /** The embedded engine unless said otherwise. */
  readonly target?: MigrationTarget;
  readonly clock?: Clock;
};

const AppliedMigrations = defineQuery({
  name: 'AppliedMigrations',
  purpose: 'which migrations this database has seen, and with which content',
  sql: 'SELECT name, argMin(sha256, applied_at) AS sha256 FROM driftledger.schema_migrations GROUP BY name ORDER BY name',
  params: z.object({}),
  row: z.object({ name: z.string(), sha256: z.string() }),
});

/** Where the applied files are kept. Repeatable as every migration is; it is not a file because it must exist before the first one. */
const BOOTSTRAP = migrationFile(
  '00000000000000_schema_migrations.sql',
  `-- why: an applied migration is never applied again, and an edited one is noticed
CREATE DATABASE IF NOT EXISTS driftledger {{on_cluster}};
CREATE TABLE IF NOT EXISTS driftledger.schema_migrations {{on_cluster}}
(
    name       String COMMENT 'file name',
    sha256     String COMMENT 'digest of the file, hex',
    applied_at DateTime64(3, 'UTC') COMMENT 'when its last statement had run'
)
ENGINE = {{merge_tree}}
ORDER BY name
COMMENT 'applied migrations';
`,
);

/**
 * Brings the database to the newest schema. Forward only; may be run at every start, and again after a crash at any point.
 *
 * @throws MigrationError when an applied file was edited or is missing
 * @throws ClickHouseError when a statement fails; the file is then run again from its first statement next time
 */
export const migrate = async (clickHouse: ClickHouse, options: MigrateOptions = {}): Promise<MigrationReport> => {
  const target = options.target ?? { kind: 'embedded' };
  const clock = options.clock ?? new SystemClock();
  const files = readMigrations(options.directory ?? migrationsDirectory());
  await run(clickHouse, BOOTSTRAP, target);
  const known = new Map((await clickHouse.query(AppliedMigrations, {})).map((row) => [row.name, row.sha256]));
  refuseSurprises(files, known);
  const due = files.filter((file) => !known.has(file.name));
  for (const file of due) {
    await run(clickHouse, file, target);
    await clickHouse.insert({
      table: 'driftledger.schema_migrations',
      columns: ['name', 'sha256', 'applied_at'],
      rows: [[file.name, file.sha256, dateTimeOf(clock.now())]],
      // Never the same twice: a remembered token would drop the row silently.
      token: randomUUID(),
    });
  }
  return { applied: due.map((file) => file.name), known: files.length };
};

const run = async (clickHouse: ClickHouse, file: MigrationFile, target: MigrationTarget): Promise<void> => {
  for (const statement of statementsOf(file, target)) await clickHouse.command(statement);
};

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
