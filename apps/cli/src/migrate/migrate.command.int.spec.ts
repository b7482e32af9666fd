import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStoreDb } from '#libs/event-store/eventstoredb';
import { type ClickHouseFront, startClickHouseFront } from '../../../../test/support/clickhouse-http/start-front.js';
import { type Facade, startFacade } from '../../../../test/support/eventstore-facade/start-facade.js';
import { run } from '../program.js';

const own = { ...process.env };
const ddl = /^\s*(?:--.*\n)*\s*(CREATE|DROP|ALTER)/;

describe('driftledger migrate with a ClickHouse server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftledger-cli-migrate-'));
  let front: ClickHouseFront;
  beforeAll(async () => {
    front = await startClickHouseFront();
  });
  beforeEach(() => {
    process.env['DRIFTLEDGER_CLICKHOUSE'] = front.url;
  });
  afterEach(() => {
    process.env = { ...own };
  });
  afterAll(async () => {
    await front.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const cli = async (...argv: readonly string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const status = await run(['migrate', ...argv], { out: (text) => void out.push(text), err: (text) => void err.push(text) });
    return { status, out: out.join(''), err: err.join('') };
  };

  it('prints with --plan what would run, and runs nothing', async () => {
    const { status, out } = await cli('--plan');
    expect(status).toBe(0);
    expect(out).toContain('-- 20261123180000_predictions.sql\n-- why: ');
    expect(out).toMatch(/CREATE DATABASE IF NOT EXISTS driftledger ;\n/);
    expect(out).not.toMatch(/Replicated|ON CLUSTER/);
    const { due, known } = JSON.parse((await cli('--plan', '--json')).out) as { due: { name: string }[]; known: number };
    expect(due).toHaveLength(known + 1);
    expect((await front.control.stats()).seen.filter(({ statement }) => ddl.test(statement))).toEqual([]);
  });

  it('applies what is due, and finds nothing left to do', async () => {
    expect(await cli()).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/^applied 20261123180000_predictions\.sql\n/) });
    expect(await cli()).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/^The read model has all \d+ migrations\.\n$/) });
    expect(await cli('--plan')).toMatchObject({ status: 0, out: expect.stringMatching(/^-- Nothing is due/) });
  });

  it('says in one line what keeps it from it: no server, another password, a cluster that is not there', async () => {
    process.env['DRIFTLEDGER_CLICKHOUSE_CLUSTER'] = 'main';
    expect(await cli()).toMatchObject({
      status: 1,
      err: 'error: the server knows no cluster main: SELECT cluster FROM system.clusters names those it knows\n',
    });
    delete process.env['DRIFTLEDGER_CLICKHOUSE_CLUSTER'];
    process.env['DRIFTLEDGER_CLICKHOUSE_USER'] = 'nobody';
    expect(await cli()).toMatchObject({ status: 1, err: expect.stringContaining('Authentication failed') });
    process.env['DRIFTLEDGER_CLICKHOUSE'] = 'http://127.0.0.1:9';
    expect(await cli()).toMatchObject({ status: 1, err: expect.stringMatching(/^error: .*ECONNREFUSED.*\n$/) });
  });

  it('looks at the data directory it is told, whatever the environment says of servers', async () => {
    expect(await cli('--data', join(folder, 'nowhere'))).toMatchObject({ status: 2, err: expect.stringContaining('error DATA: ') });
  });

  describe('and a log', () => {
    let facade: Facade;
    beforeAll(async () => {
      facade = await startFacade();
    });
    afterAll(() => facade.stop());

    it('records what it has applied, once', async () => {
      const fresh = await startClickHouseFront();
      Object.assign(process.env, {
        DRIFTLEDGER_CLICKHOUSE: fresh.url,
        DRIFTLEDGER_EVENTSTORE: facade.url,
        DRIFTLEDGER_NATS: 'nats://127.0.0.1:4222',
      });
      expect(await cli()).toMatchObject({ status: 0, err: '' });
      expect(await cli()).toMatchObject({ status: 0, out: expect.stringContaining('has all') });
      const store = openEventStoreDb({ url: facade.url });
      const types: string[] = [];
      for await (const event of store.readAll({})) types.push(event.type);
      expect(types.filter((type) => type === 'ReadModelMigrated')).toHaveLength(1);
      await store.close();
      await fresh.stop();
    });
  });
});
