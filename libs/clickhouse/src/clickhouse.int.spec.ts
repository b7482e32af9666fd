import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openChdb } from './chdb/open-chdb.js';
import { clickHouseContract } from './clickhouse.contract.js';
import { ClickHouseError } from './errors.js';
import { openHttp } from './http/open-http.js';

const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-clickhouse-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

clickHouseContract('chDB', async () => openChdb({ path: directory }));

const url = process.env['CLICKHOUSE_URL'];
if (url) clickHouseContract('a server', async () => openHttp({ url }));
else process.stdout.write('ClickHouse contract over HTTP: not run, CLICKHOUSE_URL is not set\n');

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

  it('answers with a transient error while a server is away', async () => {
    const clickHouse = openHttp({ url: 'http://127.0.0.1:9' });
    await expect(clickHouse.command('SELECT 1')).rejects.toMatchObject({ name: 'ClickHouseError', code: 'ECONNREFUSED', transient: true });
    await clickHouse.close();
  });
});
