import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
});
