import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { openChdb } from './chdb/open-chdb.js';
import { columnType } from './column-type.js';
import { defineQuery } from './define-query.js';
import { migrate } from './migrate.js';
import { migrationsDirectory } from './migration-file.js';
import { type SchemaSnapshot, schemaSnapshot, withGraph } from './schema-snapshot.js';

const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-schema-'));
const folder = path.join(migrationsDirectory(), '..');
const SNAPSHOT = path.join(folder, 'schema.snapshot.sql');
const README = path.join(folder, 'README.md');
const ColumnTypes = defineQuery({
  name: 'ColumnTypes',
  purpose: 'spec: all types of columns',
  sql: "SELECT DISTINCT type FROM system.columns WHERE database = 'driftledger' ORDER BY type",
  params: z.object({}),
  row: z.object({ type: z.string() }),
});
const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

describe('the schema after all migrations', () => {
  let snapshot: SchemaSnapshot;
  let types: readonly string[];

  beforeAll(async () => {
    const clickHouse = openChdb({ path: directory });
    await migrate(clickHouse);
    snapshot = await schemaSnapshot(clickHouse);
    types = (await clickHouse.query(ColumnTypes, {})).map(({ type }) => type);
    await clickHouse.close();
    if (process.env['UPDATE_SNAPSHOTS'] !== '1') return;
    writeFileSync(SNAPSHOT, snapshot.sql);
    writeFileSync(README, withGraph(read(README), snapshot.graph));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('is the one in migrations/schema.snapshot.sql (after a change: UPDATE_SNAPSHOTS=1)', () => {
    expect(read(SNAPSHOT)).toBe(snapshot.sql);
  });

  it('is the one drawn in migrations/README.md (after a change: UPDATE_SNAPSHOTS=1)', () => {
    expect(read(README)).toBe(withGraph(read(README), snapshot.graph));
  });

  it('has a comment on every column: meaning, unit, sentinel', () => {
    expect(snapshot.uncommented).toEqual([]);
  });

  it('sets what recovery relies on for every table that stores rows', () => {
    const statements = snapshot.sql.split(/;\n/).filter((statement) => statement.includes('MergeTree'));
    const lacking = statements.filter(
      (statement) => !/deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1/.test(statement),
    );
    expect(lacking).toEqual([]);
  });

  it('has no column whose values there is no way to write', () => {
    expect(types.length).toBeGreaterThan(10);
    for (const type of types) expect(() => columnType(type)).not.toThrow();
  });

  it('has no materialised view', () => {
    expect(snapshot.sql).not.toMatch(/CREATE MATERIALIZED VIEW/);
  });
});
