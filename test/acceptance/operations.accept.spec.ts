import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ALL_EVENTS, ALL_PROJECTIONS } from '#libs/catalogue';
import { type ClickHouse, compareTables } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { EventCodec } from '#libs/event-store';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { type CommandMeta, SystemClock, timeOrderedId } from '#libs/kernel';
import { measurementsStream, monitorIdOf } from '#libs/monitoring';
import { runCli } from '../support/cli-process.js';
import { StandaloneProcess } from '../support/standalone-process.js';

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.parse('2024-03-04T00:00:00Z');
const DAYS = 14;
const ROWS_A_DAY = 300;
const NAMES = ALL_PROJECTIONS.map(({ projection }) => projection.name);
const TABLES = ALL_PROJECTIONS.flatMap(({ projection }) => [
  ...new Set([...projection.tables.map(({ name }) => name), ...(projection.derive ?? []).map(({ table }) => table)]),
]);

const Outcome = z.object({
  kind: z.literal('done'),
  projection: z.string(),
  events: z.int(),
  equal: z.boolean(),
  adopted: z.boolean(),
  tables: z.array(
    z.object({
      table: z.string(),
      equal: z.boolean(),
      rows: z.object({ live: z.int(), rebuilt: z.int() }),
      differences: z.array(z.object({ row: z.string(), surplus: z.int() })),
    }),
  ),
});
type Outcome = z.infer<typeof Outcome>;

/** A day of flights: from the eleventh on, one of three airports has closed. */
const dayOf = (day: number): string =>
  Array.from({ length: ROWS_A_DAY }, (_, row) =>
    JSON.stringify({
      id: `${day}-${row}`,
      at: FIRST_DAY + day * DAY_MS + row * 240_000,
      features: { distance: (row * 37) % 900, origin: ['ATL', 'ORD', day < 11 ? 'DFW' : 'ATL'][row % 3], inbound: { late: row % 2 === 0 } },
      score: (row % 100) / 100,
      class: row % 4 === 0 ? 'late' : 'on time',
      version: day < 7 ? '1' : '2',
      decision: { action: 'warn', threshold: 0.5 },
    }),
  ).join('\n');

const labelsOf = (day: number, late: number): string =>
  Array.from({ length: 100 }, (_, row) => JSON.stringify({ id: `${day}-${row}`, class: row % late === 0 ? 'late' : 'on time' })).join('\n');

const graphql = async (standalone: StandaloneProcess, query: string): Promise<unknown> => {
  const response = await standalone.post('/graphql', JSON.stringify({ query }), { 'content-type': 'application/json' });
  const answer: unknown = await response.json();
  expect(JSON.stringify(answer)).toMatch(/"__typename":"\w+Payload"/);
  return answer;
};

const postAll = async (standalone: StandaloneProcess, kind: 'predictions' | 'labels', ...bodies: readonly string[]): Promise<void> => {
  for (const body of bodies) {
    const response = await standalone.post(`/v1/deployments/flights/${kind}`, body);
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  }
};

/** Everything an intake can see: labels before and after their predictions, duplicates, conflicts, corrections, mistyped values. */
const feed = async (standalone: StandaloneProcess): Promise<void> => {
  await graphql(standalone, 'mutation { registerDeployment(input: { name: "flights", model: "delay" }) { __typename } }');
  await graphql(
    standalone,
    `
      mutation {
        declareFeatures(
          input: {
            deployment: "flights"
            features: [{ name: "distance", kind: NUMBER, grid: { centre: 450, unit: 4 } }, { name: "origin", kind: CATEGORY }]
          }
        ) {
          __typename
        }
      }
    `,
  );
  await graphql(standalone, 'mutation { createMonitor(input: { deployment: "flights" }) { __typename } }');
  await postAll(standalone, 'labels', labelsOf(0, 5));
  for (let day = 0; day < DAYS; day += 1) await postAll(standalone, 'predictions', dayOf(day));
  await postAll(standalone, 'predictions', dayOf(3));
  await postAll(
    standalone,
    'predictions',
    `${JSON.stringify({ id: '3-1', features: { distance: 'far' }, score: 1 })}\n{"id": "new", "features": {"distance": "far", "gate": [1, 2]}}`,
  );
  await postAll(standalone, 'labels', labelsOf(1, 3), labelsOf(2, 4), labelsOf(1, 6), labelsOf(12, 2));
};

const rebuildOver = async (standalone: StandaloneProcess, name: string, body = '{}'): Promise<Outcome> => {
  const response = await standalone.post(`/v1/projections/${name}/rebuild`, body, { 'content-type': 'application/json' });
  expect(response.status).toBe(200);
  const lines = (await response.text()).trim().split('\n');
  return Outcome.parse(JSON.parse(lines.at(-1) ?? ''));
};

const rowsIn = ({ tables }: Outcome, name: string): number => tables.find(({ table }) => table === name)?.rows.live ?? 0;

const unequal = ({ tables }: Outcome): unknown => tables.filter(({ equal }) => !equal);

/** The monitor measures in the background; comparing the moving tables meanwhile is part of the test. */
const measured = async (standalone: StandaloneProcess): Promise<void> => {
  for (const until = Date.now() + 90_000; Date.now() < until; await delay(250)) {
    const outcome = await rebuildOver(standalone, 'alerts', '{"adopt": false}');
    expect([unequal(outcome), outcome.adopted]).toEqual([[], false]);
    if (rowsIn(outcome, 'alerts_log_v1') > 0) return;
  }
  throw new Error('the monitor raised nothing');
};

/** A window settles a day after it was measured, so that no server under test counts late arrivals: what one would say of the first day. */
const countLateArrivals = async (data: string): Promise<void> => {
  const store = new SqliteEventStore({ file: join(data, 'log.sqlite'), clock: new SystemClock() });
  const monitorId = monitorIdOf('flights');
  const asOf = { position: '1', watermark: FIRST_DAY + DAYS * DAY_MS, recordedAt: Date.now() };
  const windows = [{ from: FIRST_DAY, until: FIRST_DAY + DAY_MS, late: 3 }];
  const event = { type: 'LateArrivalsCounted', data: { monitorId, kind: 'drift', windows, asOf } };
  const id = timeOrderedId();
  const meta: CommandMeta = {
    ...{ commandId: id, correlationId: id, causationId: id },
    actor: { principalId: id, kind: 'job', via: 'evaluator' },
    source: { surface: 'internal', addressClass: 'process' },
  };
  await store.append(measurementsStream(monitorId), [new EventCodec(ALL_EVENTS).encode(event, meta, id)], { expected: 'any' });
  await store.close();
};

/** One request after another until the process is gone. */
const load = async (standalone: StandaloneProcess, prefix: string): Promise<number> => {
  for (let sent = 0; ; sent += 1) {
    const body = Array.from({ length: 120 }, (_, row) =>
      JSON.stringify({ id: `${prefix}-${sent}-${row}`, features: { distance: row }, score: 0.5 }),
    );
    const response = await standalone.post('/v1/deployments/flights/predictions', body.join('\n')).catch(() => undefined);
    if (response?.status !== 200) return sent;
    await response.text().catch(() => '');
  }
};

describe('a rebuild of every projection', () => {
  const data = mkdtempSync(join(tmpdir(), 'operations-'));
  const inside = async <T>(work: (clickHouse: ClickHouse) => Promise<T>): Promise<T> => {
    const clickHouse = openChdb({ path: join(data, 'clickhouse') });
    try {
      return await work(clickHouse);
    } finally {
      await clickHouse.close();
    }
  };
  let standalone: StandaloneProcess;
  beforeAll(async () => {
    standalone = await StandaloneProcess.start(data);
    await feed(standalone);
    await standalone.caughtUp();
    await measured(standalone);
    await standalone.stop();
    await countLateArrivals(data);
    standalone = await StandaloneProcess.start(data);
  });
  afterAll(async () => {
    await standalone.kill();
    rmSync(data, { recursive: true, force: true });
  });

  it('equals the live tables row for row while the server takes predictions', async () => {
    const stop = new AbortController();
    const loading = (async () => {
      for (let sent = 0; !stop.signal.aborted; sent += 1)
        await postAll(standalone, 'predictions', JSON.stringify({ id: `live-${sent}`, features: { distance: sent }, score: 0.1 }));
    })();
    try {
      for (const name of [...NAMES, 'predictions']) {
        const outcome = await rebuildOver(standalone, name);
        expect([name, unequal(outcome), outcome.adopted]).toEqual([name, [], true]);
        // Every table has something in it: what was never written proves nothing.
        expect(outcome.tables.filter(({ rows }) => rows.live === 0)).toEqual([]);
      }
    } finally {
      stop.abort();
      await loading;
    }
    await standalone.caughtUp();
    expect(await (await fetch(`${standalone.url}/ready`)).json()).toMatchObject({ ready: true });
  });

  it('says which projections there are, and takes one rebuild at a time', async () => {
    const unknown = await standalone.post('/v1/projections/nothing/rebuild', '{}', { 'content-type': 'application/json' });
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'PROJECTION_UNKNOWN' }]);
    const first = standalone.post('/v1/projections/predictions/rebuild', '{"adopt": false}', { 'content-type': 'application/json' });
    const others = await Promise.all(
      NAMES.map((name) => standalone.post(`/v1/projections/${name}/rebuild`, '{"adopt": false}', { 'content-type': 'application/json' })),
    );
    expect(others.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(0);
    expect((await (await first).text()).trim().split('\n').at(-1)).toContain('"kind":"done"');
    await Promise.all(others.map((response) => response.text()));
  });

  it('works from the command line beside the running server', async () => {
    const environment = { DRIFTLEDGER_URL: standalone.url, DRIFTLEDGER_DATA: data };
    const rebuilt = await runCli(['rebuild', 'audit', '--json'], environment);
    expect([rebuilt.err, rebuilt.status]).toEqual(['', 0]);
    expect(Outcome.parse(JSON.parse(rebuilt.out))).toMatchObject({ projection: 'audit', equal: true, adopted: true });
    expect(await runCli(['migrate'], environment)).toMatchObject({
      status: 0,
      out: expect.stringContaining('The running server has applied all'),
    });
    await standalone.caughtUp();
    const trail = await runCli(['audit', '--type', 'ProjectionRebuilt', '--limit', '1', '--json'], environment);
    expect(trail.out).toContain('equal to the live tables; the rebuilt tables are live');
    const doctor = await runCli(['doctor', '--json'], environment);
    expect(doctor).toMatchObject({ status: 0, err: '' });
    expect(JSON.parse(doctor.out)).toMatchObject({
      findings: expect.arrayContaining([{ level: 'ok', what: 'subscription predictions.v1', figure: 'caught up', advice: '' }]),
    });
    expect(await runCli(['doctor', '--thorough'], environment)).toMatchObject({
      status: 0,
      out: expect.stringContaining('every page, revision and digest of the log is right'),
    });
    const elsewhere = await runCli(['doctor', '--thorough'], {
      ...environment,
      DRIFTLEDGER_DATA: join(data, 'nothing'),
      DRIFTLEDGER_KEY: standalone.key,
    });
    expect([elsewhere.status, elsewhere.err]).toEqual([2, expect.stringContaining('error THOROUGH: ')]);
    const taken = await runCli(['doctor', '--data', data]);
    expect([taken.status, taken.err]).toEqual([2, expect.stringMatching(/^error IN_USE: process \d+ has .* open; .*set DRIFTLEDGER_URL/m)]);
  });

  it('equals the live tables row for row on the directory of a server that was killed under load', async () => {
    const loading = load(standalone, 'last');
    await delay(1_500);
    await standalone.kill();
    expect(await loading).toBeGreaterThan(2);
    for (const name of ['predictions', 'audit']) {
      const { status, out, err } = await runCli(['rebuild', name, '--data', data, '--json']);
      expect([name, err, status]).toEqual([name, '', 0]);
      expect([name, unequal(Outcome.parse(JSON.parse(out)))]).toEqual([name, []]);
    }
  });

  it('repairs a damaged table, and leaves the others as they were', async () => {
    await inside(async (clickHouse) => {
      await clickHouse.command('CREATE DATABASE kept');
      for (const table of TABLES) {
        await clickHouse.command(`CREATE TABLE kept.${table} AS driftledger.${table}`);
        await clickHouse.command(`INSERT INTO kept.${table} SELECT * FROM driftledger.${table}`);
      }
      await clickHouse.command("ALTER TABLE driftledger.predictions_keys_v1 DELETE WHERE key = '5-7' SETTINGS mutations_sync = 2");
    });
    const checked = await runCli(['rebuild', 'predictions', '--check', '--data', data]);
    expect(checked.status).toBe(0);
    expect(checked.out).toMatch(/predictions_keys_v1 +DIFFERS: (\d+) rows live, \d+ rebuilt\n +only rebuilt +.*"5-7"/);
    expect(checked.out).toContain('the live tables are as they were');
    for (const name of NAMES)
      expect(await runCli(['rebuild', name, '--data', data])).toMatchObject({
        status: 0,
        err: '',
        out: expect.stringContaining('is now in their place'),
      });
    await inside(async (clickHouse) => {
      for (const table of TABLES) {
        const comparison = await compareTables(clickHouse, { database: 'kept', table }, { database: 'driftledger', table });
        // What is new in the trail are the rebuilds themselves.
        const others = comparison.differences.filter(({ row }) => !/"ProjectionRebu(ilt|ildBegun)"/.test(row));
        expect([table, others]).toEqual([table, []]);
        expect(comparison.equal).toBe(comparison.differences.length === 0);
        expect(comparison.equal || table === 'audit_entries_v2').toBe(true);
      }
      await clickHouse.command('DROP DATABASE kept SYNC');
    });
  });

  it('leaves a directory from which the server goes on, and a server that applies a migration when it starts records it', async () => {
    const last = '(SELECT max(name) FROM driftledger.schema_migrations)';
    await inside((clickHouse) =>
      clickHouse.command(`ALTER TABLE driftledger.schema_migrations DELETE WHERE name = ${last} SETTINGS mutations_sync = 2`),
    );
    expect(await runCli(['doctor', '--thorough', '--data', data])).toMatchObject({
      status: 0,
      out: expect.stringContaining('every page, revision and digest of the log is right'),
    });
    standalone = await StandaloneProcess.start(data);
    await postAll(standalone, 'predictions', JSON.stringify({ id: 'afterwards', features: { distance: 1 }, score: 0.1 }));
    await standalone.caughtUp();
    for (const name of ['predictions', 'audit']) expect([name, unequal(await rebuildOver(standalone, name))]).toEqual([name, []]);
    const besides = { DRIFTLEDGER_URL: standalone.url, DRIFTLEDGER_KEY: standalone.key };
    const trail = await runCli(['audit', '--type', 'ReadModelMigrated', '--limit', '1', '--json'], besides);
    expect(trail.out).toContain('1 migration of the read model applied: ');
    await standalone.stop();
    expect(await runCli(['doctor'], { DRIFTLEDGER_URL: 'http://127.0.0.1:1', DRIFTLEDGER_KEY: 'dl_a_b' })).toMatchObject({
      status: 1,
      err: expect.stringContaining('127.0.0.1:1 cannot be reached'),
    });
    expect(await runCli(['rebuild', 'audit', '--data', join(data, 'nothing')])).toMatchObject({
      status: 2,
      err: expect.stringContaining('there is no data in'),
    });
  });
});
