import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Session } from 'chdb';
import { z } from 'zod';
import { openChdb } from './chdb/open-chdb.js';
import { defineQuery } from './define-query.js';
import { BOOTSTRAP } from './migration-bootstrap.js';
import { migrationsDirectory, readMigrations, statementsOf } from './migration-file.js';
import { type ClickHouse } from './port.js';
import { refuseUnfitCluster } from './refuse-unfit-cluster.js';

const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-cluster-'));
const data = path.join(directory, 'data');
const SNAPSHOT = path.join(migrationsDirectory(), '..', 'cluster.snapshot.sql');
const HEAD = "-- Generated: all migrations as they run on a cluster named 'main'; see README.md, On a cluster.\n";
const FILES = [BOOTSTRAP, ...readMigrations(migrationsDirectory())];
const STATEMENTS = FILES.flatMap((file) => statementsOf(file, 'main'));
/** What the engine says when all else is right: it has neither Keeper nor the means for one. */
const NO_KEEPER = { code: '225', type: 'NO_ZOOKEEPER' };

/** A server of two clusters, as far as the embedded engine can be one. */
const configuration = (folder: string, macros: string): string => {
  const replica = '<replica><host>127.0.0.1</host><port>9000</port></replica>';
  const file = path.join(folder, 'config.xml');
  writeFileSync(
    file,
    `<clickhouse>${macros}<remote_servers><main><shard>${replica}${replica}</shard></main><sharded><shard>${replica}</shard><shard>${replica}</shard></sharded></remote_servers></clickhouse>`,
  );
  return file;
};
const MACROS = '<macros><shard>01</shard><replica>one</replica></macros>';

const Formatted = defineQuery({
  name: 'Formatted',
  purpose: 'spec: the engine reads a statement and writes it its own way',
  sql: 'SELECT formatQuery({statement:String}) AS statement',
  params: z.object({ statement: z.string() }),
  row: z.object({ statement: z.string() }),
});

describe('the migrations on a cluster', () => {
  let session: Session;
  let clickHouse: ClickHouse;
  beforeAll(async () => {
    session = new Session(data, { connectionArgs: [`--config-file=${configuration(directory, MACROS)}`] });
    clickHouse = openChdb({ path: data });
    await clickHouse.command('CREATE DATABASE driftledger');
  });
  afterAll(async () => {
    await clickHouse.close();
    session.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('are those in migrations/cluster.snapshot.sql (after a change: UPDATE_SNAPSHOTS=1)', async () => {
    const formatted: string[] = [];
    for (const statement of STATEMENTS) formatted.push((await clickHouse.query(Formatted, { statement }))[0]?.statement ?? '');
    const snapshot = HEAD + formatted.map((statement) => `\n${statement};\n`).join('');
    if (process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(SNAPSHOT, snapshot);
    expect(existsSync(SNAPSHOT) ? readFileSync(SNAPSHOT, 'utf8') : '').toBe(snapshot);
  });

  it('are understood by the engine, every one of them', async () => {
    for (const statement of STATEMENTS) await clickHouse.command(`EXPLAIN AST ${statement}`);
    await expect(clickHouse.command(`EXPLAIN AST ${STATEMENTS[1]} ORDER`)).rejects.toMatchObject({ code: '62' });
  });

  it('make tables of which nothing is wrong but that the engine has no Keeper: columns, indices, settings, engine', async () => {
    const tables = STATEMENTS.filter((statement) => statement.includes('CREATE TABLE'));
    expect(tables.length).toBeGreaterThan(15);
    for (const [index, statement] of tables.entries()) {
      // A database of the engine Replicated gives a table its id; here somebody else has to.
      const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
      const made = clickHouse.command(statement.replace(/(CREATE TABLE IF NOT EXISTS \S+)/, `$1 UUID '${id}'`));
      await expect(made).rejects.toMatchObject(NO_KEEPER);
    }
  });

  it('make the database on every server of the cluster, with an engine that takes all else to them', async () => {
    const [database = ''] = STATEMENTS;
    expect(database).toContain("CREATE DATABASE IF NOT EXISTS driftledger ON CLUSTER 'main' ENGINE = Replicated(");
    const alone = database.replace("ON CLUSTER 'main'", '').replace('driftledger', 'another');
    await expect(clickHouse.command(alone)).rejects.toMatchObject(NO_KEEPER);
    expect(STATEMENTS.filter((statement) => statement.includes('ON CLUSTER'))).toEqual([database]);
  });

  it('give every table a replicated engine and a memory of its last blocks', () => {
    for (const statement of STATEMENTS.filter((text) => text.includes('CREATE TABLE'))) {
      expect(statement).toMatch(/ENGINE = Replicated\w*MergeTree/);
      expect(statement).toContain('SETTINGS replicated_deduplication_window = 1000, fsync_after_insert = 1');
    }
  });

  it('are kept from a cluster that the server does not know, and from one of several shards', async () => {
    await refuseUnfitCluster(clickHouse, 'main');
    await refuseUnfitCluster(clickHouse, undefined);
    await expect(refuseUnfitCluster(clickHouse, 'unknown')).rejects.toThrow('the server knows no cluster unknown');
    await expect(refuseUnfitCluster(clickHouse, 'sharded')).rejects.toThrow('the cluster sharded has 2 shards');
  });
});

describe('a server of a cluster without macros', () => {
  it('is named as such, before anything is made', async () => {
    const own = mkdtempSync(path.join(tmpdir(), 'driftledger-cluster-'));
    const session = new Session(path.join(own, 'data'), { connectionArgs: [`--config-file=${configuration(own, '')}`] });
    const clickHouse = openChdb({ path: path.join(own, 'data') });
    await expect(refuseUnfitCluster(clickHouse, 'main')).rejects.toThrow('lacks the macros shard and replica');
    await clickHouse.close();
    session.close();
    rmSync(own, { recursive: true, force: true });
  });
});
