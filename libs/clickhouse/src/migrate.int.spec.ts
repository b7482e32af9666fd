import { mkdirSync, mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { openChdb } from './chdb/open-chdb.js';
import { defineQuery } from './define-query.js';
import { migrate } from './migrate.js';
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

let clickHouse: ClickHouse;
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
    expect((await clickHouse.query(TableDefinitions, {})).map((table) => table.name)).toEqual(['first', 'schema_migrations', 'second']);
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

  it('has a name and a reason for every migration of this project', async () => {
    const { known } = await migrate(clickHouse);
    expect(known).toBe(readdirSync(migrationsDirectory()).filter((name) => name.endsWith('.sql')).length);
  });
});
