import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { quoted } from './statements.js';

/** One file of `migrations/clickhouse`. */
export type MigrationFile = { readonly name: string; readonly sha256: string; readonly why: string; readonly text: string };

/** A migration that cannot be applied as it is written. The message names the file and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

const FILE_NAME = /^\d{14}_[a-z0-9_]+\.sql$/;
const WHY = /^-- why: (\S.*)$/;
const HOLE = /\{\{([^{}]*)\}\}/g;
const ENGINE = /^merge_tree(?::\s*([A-Z][A-Za-z]*)(\([^|]*\))?)?\s*(?:\|(.+))?$/;
const TABLE_COMMENT = /\s+COMMENT\s+'(?:[^'\\]|\\.|'')*'$/;

/** `migrations/clickhouse` of the package, found from the sources and from the compiled files alike. */
export const migrationsDirectory = (from: string = import.meta.dirname): string => {
  const here = path.join(from, 'migrations', 'clickhouse');
  if (existsSync(here)) return here;
  const parent = path.dirname(from);
  if (parent === from) throw new MigrationError('the folder migrations/clickhouse is missing from the installation');
  return migrationsDirectory(parent);
};

/** @throws MigrationError when a file is not named or headed as agreed */
export const readMigrations = (directory: string): readonly MigrationFile[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => migrationFile(name, readFileSync(path.join(directory, name), 'utf8')));

/** @throws MigrationError */
export const migrationFile = (name: string, content: string): MigrationFile => {
  if (!FILE_NAME.test(name)) throw new MigrationError(`${name}: a migration is named <14 digits of UTC time>_<what>.sql`);
  // A checkout with other line ends is the same migration.
  const text = content.replaceAll('\r\n', '\n');
  const why = WHY.exec(text.split('\n', 1)[0] ?? '')?.[1];
  if (why === undefined) throw new MigrationError(`${name}: the first line says why, as "-- why: …"`);
  return { name, sha256: createHash('sha256').update(text).digest('hex'), why, text };
};

/**
 * The statements of a file as they run on one server, or on the replicas of a cluster. There the database has the engine Replicated: it sends
 * each statement to every replica by itself, also to one that is down or that joins later, and gives a table the same id everywhere.
 *
 * @param cluster undefined for one server, and inside the process
 * @throws MigrationError for an unknown hole or a SETTINGS clause beside the engine's hole
 */
export const statementsOf = (file: MigrationFile, cluster: string | undefined): readonly string[] =>
  file.text
    .split(/;[ \t]*(?:\n|$)/)
    .filter((statement) => statement.split('\n').some((line) => line.trim() !== '' && !line.trim().startsWith('--')))
    .map((statement) => render(statement.trim(), file.name, cluster));

const render = (statement: string, name: string, cluster: string | undefined): string => {
  let settings = '';
  const text = statement.replaceAll(HOLE, (hole: string, inside: string) => {
    // A statement within the database reaches its replicas by itself; ON CLUSTER would be refused there.
    if (inside.trim() === 'on_cluster') return '';
    if (inside.trim() === 'database') return cluster === undefined ? '' : replicatedDatabase(cluster);
    const engine = ENGINE.exec(inside.trim());
    if (!engine) throw new MigrationError(`${name}: ${hole} is unknown; there are {{on_cluster}} and {{merge_tree…}}`);
    settings = tableSettings(engine[3], cluster !== undefined);
    return `${cluster === undefined ? '' : 'Replicated'}${engine[1] ?? ''}MergeTree${engine[2] ?? ''}`;
  });
  if (settings === '') return text;
  if (/^\s*SETTINGS\b/im.test(text))
    throw new MigrationError(`${name}: table settings belong into the hole, as {{merge_tree | index_granularity = 1024}}`);
  // SETTINGS is the last clause of a table but for its comment.
  const comment = TABLE_COMMENT.exec(text)?.[0] ?? '';
  return `${text.slice(0, text.length - comment.length)}\nSETTINGS ${settings}${comment}`;
};

/** `{shard}` and `{replica}` are macros, which every server of a cluster has in its configuration. */
const replicatedDatabase = (cluster: string): string =>
  `ON CLUSTER ${quoted(cluster)} ENGINE = Replicated('/clickhouse/databases/driftledger', '{shard}', '{replica}')`;

/** Each table remembers its last thousand blocks, and has written a block to the disk before the INSERT is answered. */
const tableSettings = (further: string | undefined, replicated: boolean): string => {
  const window = replicated ? 'replicated_deduplication_window' : 'non_replicated_deduplication_window';
  const always = [`${window} = 1000`, 'fsync_after_insert = 1', 'fsync_part_directory = 1'];
  return [...always, ...(further ? [further.trim()] : [])].join(', ');
};
