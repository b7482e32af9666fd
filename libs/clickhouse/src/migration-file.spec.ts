import { existsSync } from 'node:fs';
import path from 'node:path';
import { MigrationError, migrationFile, migrationsDirectory, statementsOf } from './migration-file.js';

const NAME = '20261123174500_things.sql';
const file = (body: string) => migrationFile(NAME, `-- why: it shows the rules\n${body}`);
const table = (engine: string, after = 'ORDER BY a') =>
  file(`CREATE TABLE driftledger.t {{on_cluster}} (a UInt8)\nENGINE = ${engine}\n${after};\n`);

describe('a migration file', () => {
  it('is named by time and says why in its first line', () => {
    expect(() => migrationFile('001_things.sql', '-- why: x\n')).toThrow(MigrationError);
    expect(() => migrationFile(NAME, 'SELECT 1;')).toThrow('the first line says why');
    expect(file('SELECT 1;').why).toBe('it shows the rules');
  });

  it('has the same digest with other line ends, and another one after any other edit', () => {
    const unix = file('SELECT 1;\nSELECT 2;\n');
    expect(migrationFile(NAME, unix.text.replaceAll('\n', '\r\n')).sha256).toBe(unix.sha256);
    expect(file('SELECT 1;\nSELECT 3;\n').sha256).not.toBe(unix.sha256);
  });

  it('ends a statement at a semicolon that ends a line, and only there', () => {
    expect(statementsOf(file("SELECT 'a;b', 1; \n-- only a remark;\n\nSELECT\n  2;"), undefined)).toEqual([
      "-- why: it shows the rules\nSELECT 'a;b', 1",
      'SELECT\n  2',
    ]);
  });

  it('names replicated engines on a cluster, plain ones on one server', () => {
    const [one] = statementsOf(table('{{merge_tree:Replacing(position)}}'), undefined);
    expect(one).toContain(
      'ENGINE = ReplacingMergeTree(position)\nORDER BY a\nSETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1',
    );
    expect(one).not.toContain('CLUSTER');
    const [replicated] = statementsOf(table('{{merge_tree:Aggregating}}'), 'main');
    expect(replicated).toContain('ENGINE = ReplicatedAggregatingMergeTree\n');
    expect(replicated).toContain('SETTINGS replicated_deduplication_window = 1000');
  });

  it('names the cluster where the database is made, and nowhere else: the database takes statements to its replicas', () => {
    const files = file('CREATE DATABASE IF NOT EXISTS d {{database}};\nDROP TABLE IF EXISTS d.t {{on_cluster}};\n');
    expect(statementsOf(files, undefined).join()).not.toMatch(/CLUSTER|Replicated/);
    const [database, dropped] = statementsOf(files, "ma'in");
    expect(database).toContain("ON CLUSTER 'ma\\'in' ENGINE = Replicated('/clickhouse/databases/driftledger', '{shard}', '{replica}')");
    expect(dropped).not.toContain('CLUSTER');
  });

  it('takes further table settings from the hole and puts all of them before the comment of the table', () => {
    const [statement] = statementsOf(table('{{merge_tree | index_granularity = 1024}}', "ORDER BY a\nCOMMENT 'it''s a table'"), undefined);
    expect(statement).toMatch(/fsync_part_directory = 1, index_granularity = 1024\nCOMMENT 'it''s a table'$/);
  });

  it('refuses unknown holes and settings beside the hole', () => {
    expect(() => statementsOf(file('SELECT {{table}};'), undefined)).toThrow('{{table}} is unknown');
    expect(() => statementsOf(table('{{merge_tree}}', 'ORDER BY a\nSETTINGS index_granularity = 1'), undefined)).toThrow(
      'belong into the hole',
    );
  });

  it('is found from the sources and from the compiled files', () => {
    const root = path.join(import.meta.dirname, '../../..');
    expect(existsSync(migrationsDirectory())).toBe(true);
    expect(migrationsDirectory(path.join(root, 'dist/libs/clickhouse/src'))).toBe(migrationsDirectory());
  });
});
