import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Count, defineQuery, migrate } from '#libs/clickhouse';
import { openHttp } from '#libs/clickhouse/http';
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-http/start-front.js';

const ROOT = path.join(import.meta.dirname, '../..');
const CHILD = path.join(import.meta.dirname, 'migrate-child.mjs');
const SILENCE_MS = 1_500;

const Schema = defineQuery({
  name: 'Schema',
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

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** A process that migrates. */
class Migrating {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;

  constructor(url: string) {
    const child = spawn(process.execPath, [CHILD, url, String(SILENCE_MS)], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    let [out, err] = ['', ''];
    child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
    this.ended = once(child, 'close').then(() => ({ code: child.exitCode, out, err }));
  }

  async applied(): Promise<readonly string[]> {
    const { code, out, err } = await this.ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return (JSON.parse(out) as { applied: string[] }).applied;
  }
}

describe('processes that migrate one server', () => {
  let front: ClickHouseFront;
  let expected: unknown;

  beforeAll(async () => {
    if (!existsSync(path.join(ROOT, 'dist/libs/clickhouse/src/index.js')))
      throw new Error('run npm run build first: the child runs the compiled files');
    front = await startClickHouseFront();
    await migrateAlone();
    expected = await schema();
  });
  beforeEach(async () => {
    const clickHouse = openHttp({ url: front.url });
    await clickHouse.command('DROP DATABASE IF EXISTS driftledger SYNC');
    await clickHouse.close();
  });
  afterAll(async () => {
    await front.control.release();
    await front.stop();
  });

  const migrateAlone = async (): Promise<void> => {
    const clickHouse = openHttp({ url: front.url });
    await migrate(clickHouse);
    await clickHouse.close();
  };
  const schema = async (): Promise<unknown> => {
    const clickHouse = openHttp({ url: front.url });
    const [tables, [files]] = [await clickHouse.query(Schema, {}), await clickHouse.query(Applied, {})];
    await clickHouse.close();
    return { tables, files };
  };

  it('apply every file once, and end without an error, however many begin together', async () => {
    const processes = Array.from({ length: 3 }, () => new Migrating(front.url));
    const applied = (await Promise.all(processes.map((one) => one.applied()))).flat();
    expect(new Set(applied).size).toBe(applied.length);
    expect(await schema()).toEqual(expected);
  });

  it.each([
    ['before its first statement', 'CREATE TABLE IF NOT EXISTS driftledger.predictions_batches_v1', 'before'],
    ['in the middle of a file', 'CREATE TABLE IF NOT EXISTS driftledger.labels_v1', 'after'],
    ['before a file is recorded', 'INSERT INTO driftledger.schema_migrations (name', 'before'],
    ['after a table was replaced', 'DROP TABLE IF EXISTS driftledger.audit_entries_v1', 'after'],
  ] as const)('end with the same schema when one is killed %s', async (_where, matches, when) => {
    await front.control.inject({ kind: 'hold', when, matches });
    const victim = new Migrating(front.url);
    await front.control.untilHeld();
    victim.child.kill('SIGKILL');
    await victim.ended;
    await front.control.release();
    const [one, other] = [new Migrating(front.url), new Migrating(front.url)];
    expect((await Promise.all([one.applied(), other.applied()])).flat()).not.toEqual([]);
    expect(await schema()).toEqual(expected);
  });

  it('end with the same schema when one is frozen until another has taken its turn, and goes on then', async () => {
    await front.control.inject({ kind: 'hold', when: 'before', matches: 'CREATE TABLE IF NOT EXISTS driftledger.labels_v1' });
    const frozen = new Migrating(front.url);
    await front.control.untilHeld();
    frozen.child.kill('SIGSTOP');
    const other = new Migrating(front.url);
    expect(await other.applied()).not.toEqual([]);
    await front.control.release();
    frozen.child.kill('SIGCONT');
    expect(await frozen.applied()).toEqual([]);
    expect(await schema()).toEqual(expected);
  });

  it('end with the same schema when the server is killed under them', async () => {
    await front.control.inject({ kind: 'hold', when: 'after', matches: 'CREATE TABLE IF NOT EXISTS driftledger.labels_v1' });
    const first = new Migrating(front.url);
    await front.control.untilHeld();
    await front.restart();
    // Whether a statement was carried out is unknown then; whoever runs the program starts it again.
    expect(await first.ended).toMatchObject({ code: 1, err: expect.stringMatching(/ECONNRESET|socket hang up/) });
    await new Migrating(front.url).applied();
    expect(await schema()).toEqual(expected);
  });
});
