import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createClient, type ClickHouseClientConfigOptions } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { serialLane } from './lane.js';
import { quoted } from './statements.js';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * ClickHouse's HTTP interface over the embedded engine: enough for the client to send statements, parameters, compressed bodies and to
 * get results and errors over a socket as from a server.
 */
const serveHttp = async (): Promise<{ readonly url: string; readonly close: () => Promise<void> }> => {
  const connection: unknown = createChdbConnection({ path: directory });
  const lane = serialLane(createClient({ connection: connection as NonNullable<ClickHouseClientConfigOptions['connection']> }));
  const answer = async (request: IncomingMessage): Promise<Buffer> => {
    const sent = Buffer.concat(await request.toArray());
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const given = [...new URL(request.url ?? '', 'http://localhost').searchParams];
    const params = given.filter(([name]) => name.startsWith('param_')).map(([name, value]) => `SET ${name} = ${quoted(value)}; `);
    const query = given.find(([name]) => name === 'query')?.[1] ?? '';
    const [, into, settings] = /^(INSERT .*?) SETTINGS (.*) FORMAT RowBinary$/s.exec(query) ?? [];
    const file = path.join(directory, `body-${randomUUID()}`);
    writeFileSync(file, body);
    // Bytes cannot be in a statement of the embedded engine.
    const text = into
      ? `${into} SELECT * FROM file(${quoted(file)}, 'RowBinary') SETTINGS use_structure_from_insertion_table_in_table_functions=1, ${settings ?? ''}`
      : `${params.join('')}${query}${body.toString('utf8')}`;
    return lane
      .run(async (client) => Buffer.concat(await (await client.exec({ query: text })).stream.toArray()))
      .finally(() => rmSync(file));
  };
  const server = createServer((request, response) => {
    answer(request).then(
      (result) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(result)),
      (error: unknown) => {
        const { code, type, message } = error as { code: string; type: string; message: string };
        response.writeHead(500, { 'x-clickhouse-exception-code': code }).end(`Code: ${code}. DB::Exception: ${message} (${type})`);
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await lane.close();
    },
  };
};

describe('over a socket', () => {
  let server: Awaited<ReturnType<typeof serveHttp>>;
  beforeAll(async () => {
    server = await serveHttp();
  });
  afterAll(() => server.close());

  clickHouseContract('HTTP', async () => openHttp({ url: server.url }));

  it('gives up on a server that does not answer in time, and says that it may be tried again', async () => {
    const clickHouse = openHttp({ url: server.url, requestTimeoutMs: 50 });
    await expect(clickHouse.command('SELECT sleep(1) FORMAT Null')).rejects.toMatchObject({ name: 'ClickHouseError', transient: true });
    await clickHouse.close();
  });
});

const url = process.env['CLICKHOUSE_URL'];
if (url) clickHouseContract('a server', async () => openHttp({ url }));
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
