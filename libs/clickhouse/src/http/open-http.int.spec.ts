import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { z } from 'zod';
import { type Fault } from '../../../../test/support/clickhouse-http/protocol.js';
import { type ClickHouseFront, startClickHouseFront } from '../../../../test/support/clickhouse-http/start-front.js';
import { serverCertificate } from '../../../../test/support/eventstore-facade/certificates.js';
import { Count, defineQuery } from '../define-query.js';
import { type ClickHouse, type InsertBlock } from '../port.js';
import { openHttp } from './open-http.js';

const TABLE = 'default.things';
const Held = defineQuery({
  name: 'Held',
  purpose: 'spec',
  sql: 'SELECT count() AS n FROM default.things',
  params: z.object({}),
  row: z.object({ n: Count }),
});
const Late = defineQuery({
  name: 'Late',
  purpose: 'spec: fails after it has sent some rows',
  sql: 'SELECT number, throwIf(number = 900000) AS n FROM numbers(1000000)',
  params: z.object({}),
  row: z.object({ number: Count, n: z.number() }),
});
const block = (token: string): InsertBlock => ({ table: TABLE, columns: ['x'], rows: [[1], [2], [3]], token });

describe('ClickHouse over HTTP', () => {
  let front: ClickHouseFront;
  let clickHouse: ClickHouse;
  beforeAll(async () => {
    front = await startClickHouseFront();
    clickHouse = openHttp({ url: front.url });
  });
  beforeEach(async () => {
    await clickHouse.command(`DROP TABLE IF EXISTS ${TABLE} SYNC`);
    await clickHouse.command(
      `CREATE TABLE ${TABLE} (x UInt64) ENGINE = MergeTree ORDER BY x SETTINGS non_replicated_deduplication_window = 1000`,
    );
  });
  afterEach(() => front.control.heal());
  afterAll(async () => {
    await clickHouse.close();
    await front.stop();
  });

  const held = async (): Promise<number | undefined> => (await clickHouse.query(Held, {}))[0]?.n;
  /** With a fault for statements on the table, whatever the client asks besides. */
  const wrong = (fault: Fault): Promise<void> => front.control.inject({ ...fault, matches: TABLE });

  it('has rows refused for a column that another process gave another type of the same width', async () => {
    const other = openHttp({ url: front.url });
    await clickHouse.command('CREATE TABLE default.changing (x UInt64) ENGINE = MergeTree ORDER BY tuple()');
    const insert = (token: string) => clickHouse.insert({ table: 'default.changing', columns: ['x'], rows: [[1]], token });
    await insert('a');
    await other.command('ALTER TABLE default.changing MODIFY COLUMN x Float64 SETTINGS mutations_sync = 2');
    await expect(insert('b')).rejects.toMatchObject({ code: '117', transient: false });
    await insert('c');
    await other.close();
  });

  describe('when a connection is lost', () => {
    it.each(['before', 'after'] as const)('asks once more at once, %s the server has carried out the statement', async (when) => {
      await wrong({ kind: 'reset', when });
      expect(await held()).toBe(0);
      await wrong({ kind: 'reset', when });
      await clickHouse.insert(block('a'));
      expect(await held()).toBe(3);
    });

    it('does not send a command a second time: it may have been carried out', async () => {
      const { length } = (await front.control.stats()).seen;
      await wrong({ kind: 'reset', when: 'before' });
      const truncated = clickHouse.command(`TRUNCATE TABLE ${TABLE}`);
      await expect(truncated).rejects.toMatchObject({ code: 'ECONNRESET', transient: true });
      expect((await front.control.stats()).seen.slice(length).filter(({ statement }) => statement.startsWith('TRUNCATE'))).toHaveLength(1);
    });

    it('says that the statement may succeed later when it is lost again', async () => {
      await wrong({ kind: 'reset', when: 'before', times: 2 });
      await expect(clickHouse.query(Held, {})).rejects.toMatchObject({ name: 'ClickHouseError', code: 'ECONNRESET', transient: true });
      await wrong({ kind: 'reset', when: 'before', times: 2 });
      await expect(clickHouse.insert(block('a'))).rejects.toMatchObject({ code: 'ECONNRESET', transient: true });
      expect(await held()).toBe(0);
    });

    it('goes on with idle sockets that the server has closed', async () => {
      expect(await held()).toBe(0);
      await front.control.dropConnections();
      await clickHouse.insert(block('a'));
      await front.control.dropConnections();
      expect(await held()).toBe(3);
    });

    it('goes on after the server was restarted', async () => {
      await clickHouse.insert(block('a'));
      await front.restart();
      expect(await held()).toBe(3);
    });
  });

  describe('when something stands in between', () => {
    it.each([502, 503, 504, 429])('takes HTTP %i for a server that is away for a while', async (status) => {
      const unavailable = { name: 'ClickHouseError', code: 'UNAVAILABLE', type: 'UNAVAILABLE', transient: true };
      await wrong({ kind: 'status', status, when: 'before', times: 3 });
      await expect(clickHouse.query(Held, {})).rejects.toMatchObject(unavailable);
      await expect(clickHouse.command(`TRUNCATE TABLE ${TABLE}`)).rejects.toMatchObject(unavailable);
      await expect(clickHouse.insert(block('a'))).rejects.toMatchObject(unavailable);
      expect(await held()).toBe(0);
    });

    it.each([200, 302, 401, 404, 500])('takes a page with HTTP %i for no answer, not even to an insert', async (status) => {
      const another = { code: 'NOT_CLICKHOUSE', transient: false, message: expect.not.stringContaining('<h1>') };
      await wrong({ kind: 'status', status, when: 'before', times: 3 });
      await expect(clickHouse.query(Held, {})).rejects.toMatchObject(another);
      await expect(clickHouse.command(`TRUNCATE TABLE ${TABLE}`)).rejects.toMatchObject(another);
      await expect(clickHouse.insert(block('a'))).rejects.toMatchObject(another);
      expect(await held()).toBe(0);
    });

    it.each(['reset', 'in order'] as const)('takes no part of an answer for the answer when it is cut (%s)', async (ends) => {
      for (const afterBytes of [0, 1, 12]) {
        await wrong({ kind: 'truncate', afterBytes, ends, times: 2 });
        await expect(clickHouse.query(Held, {})).rejects.toMatchObject({ name: 'ClickHouseError', transient: true });
        await front.control.heal();
      }
    });

    it('takes a whole answer that was streamed for what it is', async () => {
      await clickHouse.insert(block('a'));
      await wrong({ kind: 'stream' });
      expect(await held()).toBe(3);
    });

    it.each(['marked', 'plain', 'row'] as const)('finds an exception behind the first rows (%s)', async (exception) => {
      await front.control.inject({ kind: 'stream', exception, matches: 'throwIf(number' });
      await expect(clickHouse.query(Late, {})).rejects.toMatchObject({
        name: 'ClickHouseError',
        code: '395',
        type: 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO',
        transient: false,
        message: expect.stringMatching(/^Late: /),
      });
      expect(await held()).toBe(0);
    });

    it.each(['marked', 'plain'] as const)('finds an exception in the answer to a command that had begun (%s)', async (exception) => {
      await front.control.inject({ kind: 'stream', exception, matches: 'throwIf(number' });
      const command = clickHouse.command('SELECT number, throwIf(number = 900000) FROM numbers(1000000)');
      await expect(command).rejects.toMatchObject({ code: '395', transient: false });
    });
  });

  describe('when an answer does not come', () => {
    it('gives up after its time, and says that it may be tried again', async () => {
      const hurried = openHttp({ url: front.url, requestTimeoutMs: 200 });
      await hurried.columns(TABLE);
      const late = { name: 'ClickHouseError', type: 'CLIENT_TIMEOUT', transient: true };
      await wrong({ kind: 'hold', when: 'before', times: 2 });
      await expect(hurried.command(`TRUNCATE TABLE ${TABLE}`)).rejects.toMatchObject(late);
      await expect(hurried.insert(block('a'))).rejects.toMatchObject(late);
      await front.control.release();
      await hurried.close();
    });

    it('gives a query the time it may take on the server, and its own on top', async () => {
      const hurried = openHttp({ url: front.url, requestTimeoutMs: 200 });
      await wrong({ kind: 'hold', when: 'before' });
      const answer = hurried.query(Held, {}, { timeoutSeconds: 2 });
      await front.control.untilHeld();
      setTimeout(() => void front.control.release(), 500);
      await expect(answer).resolves.toEqual([{ n: 0 }]);
      await wrong({ kind: 'hold', when: 'before' });
      await expect(hurried.query(Held, {}, { timeoutSeconds: 0 })).rejects.toMatchObject({ type: 'CLIENT_TIMEOUT', transient: true });
      await front.control.release();
      await hurried.close();
    });

    it('does not let an answer trickle for longer than its time', async () => {
      const hurried = openHttp({ url: front.url, requestTimeoutMs: 300 });
      await wrong({ kind: 'slow', bytesAtOnce: 1, pauseMs: 100 });
      await expect(hurried.query(Held, {}, { timeoutSeconds: 0 })).rejects.toMatchObject({ type: 'CLIENT_TIMEOUT', transient: true });
      await wrong({ kind: 'slow', bytesAtOnce: 4, pauseMs: 1 });
      expect(await hurried.query(Held, {})).toEqual([{ n: 0 }]);
      await hurried.close();
    });

    it('gives up on a server that is frozen', async () => {
      const hurried = openHttp({ url: front.url, requestTimeoutMs: 200 });
      front.freeze();
      await expect(hurried.command('SELECT 1')).rejects.toMatchObject({ type: 'CLIENT_TIMEOUT', transient: true });
      front.thaw();
      await hurried.close();
    });

    it('says that a statement may succeed later while a server is away', async () => {
      const away = openHttp({ url: 'http://127.0.0.1:9' });
      await expect(away.command('SELECT 1')).rejects.toMatchObject({ name: 'ClickHouseError', code: 'ECONNREFUSED', transient: true });
      await away.close();
    });
  });

  it('compresses what it sends, and what it is answered', async () => {
    await clickHouse.insert(block('a'));
    expect(await held()).toBe(3);
    const { seen } = await front.control.stats();
    expect(seen.filter(({ statement }) => statement.includes('INSERT INTO') && statement.includes(TABLE)).at(-1)).toMatchObject({
      compressed: true,
      takesGzip: true,
    });
    expect(seen.at(-1)).toMatchObject({ compressed: true, takesGzip: true, statement: expect.stringContaining('count()') });
  });

  it('says what a server does not know: a setting, a format, a table', async () => {
    await expect(clickHouse.command('SELECT 1 SETTINGS no_such_setting = 1')).rejects.toMatchObject({ code: '115', transient: false });
    await expect(clickHouse.command('SELECT 1 FORMAT NoSuchFormat')).rejects.toMatchObject({ code: '73', transient: false });
    await expect(clickHouse.command('SELECT 1 FROM default.no_such_table')).rejects.toMatchObject({ code: '60', transient: false });
  });

  it('sends a password and never says it', async () => {
    const guarded = await startClickHouseFront({ users: { writer: 's3cret' } });
    const right = openHttp({ url: guarded.url, username: 'writer', password: 's3cret' });
    await right.command('SELECT 1');
    for (const username of ['writer', 'nobody']) {
      const wrongly = openHttp({ url: guarded.url, username, password: 'wr0ng' });
      const error: unknown = await wrongly.command('SELECT 1').catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: '516', transient: false });
      expect(inspect(error, { depth: 10 })).not.toContain('wr0ng');
      await wrongly.close();
    }
    await right.close();
    await guarded.stop();
  });
});

describe('ClickHouse over HTTPS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftledger-clickhouse-tls-'));
  const folders = {
    own: mkdtempSync(join(folder, 'own-')),
    another: mkdtempSync(join(folder, 'another-')),
    expired: mkdtempSync(join(folder, 'expired-')),
  };
  const authority = (of: keyof typeof folders): string => readFileSync(join(folders[of], 'ca.pem'), 'utf8');
  let front: ClickHouseFront;

  const start = async (of: keyof typeof folders): Promise<ClickHouseFront> => {
    const { certificate, key } = await serverCertificate(folders[of], of === 'expired');
    return startClickHouseFront({ tls: { certificate: certificate.toString(), key: key.toString() }, users: { writer: 's3cret' } });
  };
  beforeAll(async () => {
    front = await start('own');
    await serverCertificate(folders.another, false);
  });
  afterAll(async () => {
    await front.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const failure = async (url: string, ca?: string): Promise<unknown> => {
    const clickHouse = openHttp({ url, username: 'writer', password: 's3cret', ...(ca === undefined ? {} : { ca }) });
    const error: unknown = await clickHouse.command('SELECT 1').catch((reason: unknown) => reason);
    await clickHouse.close();
    return error;
  };

  it('takes a certificate of the authority it was given, and carries queries and inserts', async () => {
    const clickHouse = openHttp({ url: front.url, username: 'writer', password: 's3cret', ca: authority('own') });
    await clickHouse.command(`CREATE TABLE ${TABLE} (x UInt64) ENGINE = MergeTree ORDER BY x`);
    await clickHouse.insert(block('a'));
    expect(await clickHouse.query(Held, {})).toEqual([{ n: 3 }]);
    await clickHouse.close();
  });

  it('refuses any other certificate, and does not try again', async () => {
    const refused = { name: 'ClickHouseError', transient: false };
    expect(await failure(front.url)).toMatchObject(refused);
    expect(await failure(front.url, authority('another'))).toMatchObject(refused);
    const expired = await start('expired');
    expect(await failure(expired.url, authority('expired'))).toMatchObject({ ...refused, code: 'CERT_HAS_EXPIRED' });
    await expired.stop();
    expect((await front.control.stats()).seen.filter(({ statement }) => statement === 'SELECT 1')).toEqual([]);
  });

  it('does not speak to a server that speaks HTTP, nor without TLS to one that speaks HTTPS', async () => {
    expect(await failure(front.url.replace('https:', 'http:'), authority('own'))).toMatchObject({ name: 'ClickHouseError' });
    const plain = await startClickHouseFront();
    expect(await failure(plain.url.replace('http:', 'https:'), authority('own'))).toMatchObject({ name: 'ClickHouseError' });
    expect((await plain.control.stats()).seen).toEqual([]);
    await plain.stop();
  });
});
