import { mkdirSync, mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { openChdb } from './chdb/open-chdb.js';
import { Count, defineQuery } from './define-query.js';
import { migrate, planMigrations } from './migrate.js';
import { migrationsDirectory } from './migration-file.js';
import { type ClickHouse } from './port.js';

const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-migrate-'));
const files = path.join(directory, 'files');
const FIRST = '20260101000000_first.sql';
const SECOND = '20260102000000_second.sql';
const create = (name: string) =>
  `-- why: a table to look at\nCREATE TABLE IF NOT EXISTS driftledger.${name} {{on_cluster}}\n(\n  a UInt64 COMMENT 'a;b'\n)\nENGINE = {{merge_tree:Replacing(a)}}\nORDER BY a\nCOMMENT 'a table';\n`;
const write = (name: string, text: string) => writeFileSync(path.join(files, name), text);

const TableDefinitions = defineQuery({
  name: 'TableDefinitions',
  purpose: 'spec',
  sql: "SELECT name, create_table_query AS definition FROM system.tables WHERE database = 'driftledger' ORDER BY name",
  params: z.object({}),
  row: z.object({ name: z.string(), definition: z.string() }),
});

const Applied = defineQuery({
  name: 'Applied',
  purpose: 'spec',
  sql: 'SELECT uniqExact(name) AS files, count() AS rows FROM driftledger.schema_migrations',
  params: z.object({}),
  row: z.object({ files: Count, rows: Count }),
});
const Turns = defineQuery({
  name: 'Turns',
  purpose: 'spec',
  sql: 'SELECT arraySort(groupUniqArray(turn)) AS turns FROM driftledger.schema_migrations_turns',
  params: z.object({}),
  row: z.object({ turns: z.array(Count) }),
});

let clickHouse: ClickHouse;
/** Of a process that said so much and died. */
const turn = (number: number): Promise<void> =>
  clickHouse.insert({
    table: 'driftledger.schema_migrations_turns',
    columns: ['turn', 'holder', 'done'],
    rows: [[number, 'another', false]],
    token: `of another ${number}`,
  });
beforeAll(() => {
  clickHouse = openChdb({ path: path.join(directory, 'data') });
});
beforeEach(async () => {
  await clickHouse.command('DROP DATABASE IF EXISTS driftledger SYNC');
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files);
  write(FIRST, create('first'));
  write(SECOND, create('second'));
});
afterAll(async () => {
  await clickHouse.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('migrate', () => {
  it('applies every file once, in the order of time', async () => {
    expect(await migrate(clickHouse, { directory: files })).toEqual({ applied: [FIRST, SECOND], known: 2 });
    expect(await migrate(clickHouse, { directory: files })).toEqual({ applied: [], known: 2 });
    expect((await clickHouse.query(TableDefinitions, {})).map((table) => table.name)).toEqual([
      ...['first', 'schema_migrations', 'schema_migrations_turns', 'second'],
    ]);
  });

  it('gives every table the settings that make an answered INSERT durable and repeatable', async () => {
    await migrate(clickHouse, { directory: files });
    for (const { definition } of await clickHouse.query(TableDefinitions, {})) {
      expect(definition).toContain('non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1');
    }
  });

  it('applies a file that arrives late from another branch', async () => {
    unlinkSync(path.join(files, FIRST));
    await migrate(clickHouse, { directory: files });
    write(FIRST, create('first'));
    expect(await migrate(clickHouse, { directory: files })).toEqual({ applied: [FIRST], known: 2 });
  });

  it('refuses to start when an applied file was edited, and names it', async () => {
    await migrate(clickHouse, { directory: files });
    write(FIRST, `${create('first')}-- a remark\n`);
    await expect(migrate(clickHouse, { directory: files })).rejects.toThrow(`${FIRST} was edited after it had been applied`);
  });

  it('refuses a database that a newer version has migrated', async () => {
    await migrate(clickHouse, { directory: files });
    unlinkSync(path.join(files, SECOND));
    await expect(migrate(clickHouse, { directory: files })).rejects.toThrow(
      `${SECOND} was applied to this database but is not part of this version`,
    );
  });

  it('runs a file again that stopped in the middle, and no other', async () => {
    write(SECOND, `${create('second')}CREATE TABLE IF NOT EXISTS driftledger.third AS driftledger.missing;\n`);
    await expect(migrate(clickHouse, { directory: files })).rejects.toMatchObject({ name: 'ClickHouseError' });
    write(SECOND, `${create('second')}CREATE TABLE IF NOT EXISTS driftledger.third AS driftledger.first;\n`);
    expect(await migrate(clickHouse, { directory: files })).toEqual({ applied: [SECOND], known: 2 });
  });

  it('says what it would do, without doing it, also where there is nothing yet', async () => {
    const plan = await planMigrations(clickHouse, { directory: files });
    expect(plan.due.map(({ name }) => name)).toEqual(['00000000000000_schema_migrations.sql', FIRST, SECOND]);
    expect(plan.due[1]).toMatchObject({
      why: 'a table to look at',
      statements: [expect.stringContaining('ENGINE = ReplacingMergeTree(a)')],
    });
    expect(await clickHouse.query(TableDefinitions, {})).toEqual([]);
    unlinkSync(path.join(files, SECOND));
    await migrate(clickHouse, { directory: files });
    write(SECOND, create('second'));
    expect((await planMigrations(clickHouse, { directory: files })).due.map(({ name }) => name)).toEqual([SECOND]);
    await migrate(clickHouse, { directory: files });
    expect(await planMigrations(clickHouse, { directory: files })).toEqual({ due: [], known: 2 });
  });

  it('applies every file once when several begin together', async () => {
    const reports = await Promise.all(Array.from({ length: 5 }, () => migrate(clickHouse, { directory: files })));
    expect(reports.flatMap(({ applied }) => applied).sort()).toEqual([FIRST, SECOND]);
    expect(await clickHouse.query(Applied, {})).toEqual([{ files: 2, rows: 2 }]);
  });

  it('goes on after a process that died in its turn, and not before it has been silent for long', async () => {
    await migrate(clickHouse, { directory: files });
    await turn(7);
    write('20260103000000_third.sql', create('third'));
    const begun = performance.now();
    expect(await migrate(clickHouse, { directory: files, silenceMsMax: 500 })).toMatchObject({ applied: ['20260103000000_third.sql'] });
    expect(performance.now() - begun).toBeGreaterThan(400);
  });

  it('stops where another process has taken its turn, waits for that one, and does again what it had begun', async () => {
    write(
      SECOND,
      `${create('second')}INSERT INTO driftledger.schema_migrations_turns (turn, holder, done) VALUES (7, 'another', false);\n${create('third').split('\n').slice(1).join('\n')}`,
    );
    const going = migrate(clickHouse, { directory: files, silenceMsMax: 600 });
    await expect(going).resolves.toEqual({ applied: [FIRST, SECOND], known: 2 });
    expect(await clickHouse.query(Turns, {})).toEqual([{ turns: [1, 7, 8] }]);
    expect((await clickHouse.query(TableDefinitions, {})).map(({ name }) => name)).toContain('third');
  });

  it('is not held up by a turn that was decided and lost', async () => {
    await migrate(clickHouse, { directory: files });
    await clickHouse.command('ALTER TABLE driftledger.schema_migrations_turns DELETE WHERE true SETTINGS mutations_sync = 2');
    write('20260103000000_third.sql', create('third'));
    expect((await migrate(clickHouse, { directory: files })).applied).toEqual(['20260103000000_third.sql']);
    expect(await clickHouse.query(Turns, {})).toEqual([{ turns: [2] }]);
  });

  it('has a name and a reason for every migration of this project', async () => {
    const { known } = await migrate(clickHouse);
    expect(known).toBe(readdirSync(migrationsDirectory()).filter((name) => name.endsWith('.sql')).length);
  });
});
