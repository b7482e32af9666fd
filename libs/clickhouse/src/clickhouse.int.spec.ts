import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { type ClickHouseFront, startClickHouseFront } from '../../../test/support/clickhouse-http/start-front.js';
import { openChdb } from './chdb/open-chdb.js';
import { clickHouseContract } from './clickhouse.contract.js';
import { ClickHouseError } from './errors.js';
import { openHttp } from './http/open-http.js';

const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-clickhouse-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

clickHouseContract('chDB', async () => openChdb({ path: directory }));

describe('over a socket', () => {
  let front: ClickHouseFront;
  beforeAll(async () => {
    front = await startClickHouseFront();
  });
  afterAll(() => front.stop());

  clickHouseContract('the HTTP front of the embedded engine', async () => openHttp({ url: front.url }));

  it('has rows refused for a column that another process gave another type of the same width', async () => {
    const [one, other] = [openHttp({ url: front.url }), openHttp({ url: front.url })];
    await one.command('CREATE TABLE default.changing (x UInt64) ENGINE = MergeTree ORDER BY tuple()');
    const insert = (token: string) => one.insert({ table: 'default.changing', columns: ['x'], rows: [[1]], token });
    await insert('a');
    await other.command('ALTER TABLE default.changing MODIFY COLUMN x Float64 SETTINGS mutations_sync = 2');
    await expect(insert('b')).rejects.toMatchObject({ code: '117', transient: false });
    await insert('c');
    await Promise.all([one.close(), other.close()]);
  });

  it('gives up on a server that does not answer in time, and says that it may be tried again', async () => {
    const clickHouse = openHttp({ url: front.url, requestTimeoutMs: 50 });
    await expect(clickHouse.command('SELECT sleep(1) FORMAT Null')).rejects.toMatchObject({ name: 'ClickHouseError', transient: true });
    await clickHouse.close();
  });

  it('sends a password and never says it', async () => {
    const guarded = await startClickHouseFront({ users: { writer: 's3cret' } });
    const right = openHttp({ url: guarded.url, username: 'writer', password: 's3cret' });
    await right.command('SELECT 1');
    const wrong = openHttp({ url: guarded.url, username: 'writer', password: 'wr0ng' });
    const error: unknown = await wrong.command('SELECT 1').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: '516', transient: false });
    expect(inspect(error, { depth: 10 })).not.toContain('wr0ng');
    await Promise.all([right.close(), wrong.close()]);
    await guarded.stop();
  });

  it('says that a statement may succeed later when its connection is reset, cut or refused, and goes on afterwards', async () => {
    const clickHouse = openHttp({ url: front.url });
    const asked = () => clickHouse.columns('system.one');
    for (const fault of [
      { kind: 'reset', when: 'before' },
      { kind: 'reset', when: 'after' },
      { kind: 'truncate', afterBytes: 20 },
    ] as const) {
      await asked();
      await front.control.inject({ ...fault, matches: 'system.columns' });
      await expect(asked()).rejects.toMatchObject({ name: 'ClickHouseError', transient: true });
    }
    await front.restart();
    await asked().catch((error: unknown) => expect(error).toMatchObject({ name: 'ClickHouseError', transient: true }));
    expect(await asked()).toEqual([{ name: 'dummy', type: 'UInt8' }]);
    await clickHouse.close();
  });
});

const url = process.env['CLICKHOUSE_URL'];
if (url) clickHouseContract('a real server', async () => openHttp({ url }));
else process.stdout.write('ClickHouse contract on a server: not run, CLICKHOUSE_URL is not set\n');

describe('opening ClickHouse', () => {
  it('says so when another process has the embedded directory', async () => {
    const chdb = createRequire(import.meta.url).resolve('chdb');
    const script = `const { Session } = require(${JSON.stringify(chdb)}); new Session(process.argv[1]); console.log('open'); setInterval(() => {}, 1e3);`;
    const taken = path.join(directory, 'taken');
    const other = spawn(process.execPath, ['-e', script, taken], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(other.stdout, 'data');
    const open = () => openChdb({ path: taken });
    expect(open).toThrow(ClickHouseError);
    expect(open).toThrow(`process ${other.pid} has the ClickHouse directory`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    await open().close();
  });

  it('writes into a directory that was named from where the process stands', async () => {
    const clickHouse = openChdb({ path: path.relative(process.cwd(), directory) });
    await clickHouse.command('CREATE TABLE IF NOT EXISTS default.near (x UInt8) ENGINE = MergeTree ORDER BY x');
    await clickHouse.insert({ table: 'default.near', columns: ['x'], rows: [[1]], token: 'near' });
    await clickHouse.command('DROP TABLE default.near SYNC');
    await clickHouse.close();
  });

  it('refuses a directory whose name the engine would take for a pattern', () => {
    expect(() => openChdb({ path: path.join(directory, 'a*b') })).toThrow('no * ? { } or ::');
    expect(() => openChdb({ path: path.join(directory, 'a::b') })).toThrow('no * ? { } or ::');
    expect(existsSync(path.join(directory, 'a*b'))).toBe(false);
  });

  it('answers with a transient error while a server is away', async () => {
    const clickHouse = openHttp({ url: 'http://127.0.0.1:9' });
    await expect(clickHouse.command('SELECT 1')).rejects.toMatchObject({ name: 'ClickHouseError', code: 'ECONNREFUSED', transient: true });
    await clickHouse.close();
  });
});
