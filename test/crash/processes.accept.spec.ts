import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { jetstream } from '@nats-io/jetstream';
import { type ClickHouse } from '#libs/clickhouse';
import { openHttp } from '#libs/clickhouse/http';
import { type EventStore, isDerivedStream } from '#libs/event-store';
import { openEventStoreDb } from '#libs/event-store/eventstoredb';
import { connectToNats } from '#libs/messaging/nats';
import { monitorIdOf } from '#libs/monitoring';
import { ledgerOfStore, ledgerOfTables } from '../support/ledger.js';
import { MonitoringWorld } from '../support/monitoring-world.js';
import { describeWithNats } from '../support/nats-server.js';
import { ServerInstallation } from '../support/server-installation.js';
import { type ServerProgram } from '../support/server-program.js';
import {
  alertsFollowing,
  alertsInLog,
  labelsInLog,
  type Measured,
  measurementsInLog,
  pairsInTables,
  trailInTables,
} from './processes-ledger.js';
import { Producer } from './processes-producer.js';
import { DEPLOYMENT, firstPredictions, labelsOf, predictionsOf, ROWS, sendingsOf } from './processes-traffic.js';

const MONITOR = 'many-hourly';
const monitorId = monitorIdOf(MONITOR);
/** A window has all its rows and labels or is not measured: what was measured does not depend on when. */
const CREATE = `mutation { createMonitor(input: { deployment: "${DEPLOYMENT}", name: "${MONITOR}", definition: {
  windowMinutes: 60, latenessMinutes: 0, rowsMin: ${ROWS}, references: [{ kind: ROLLING, windows: 3, windowsMin: 2 }],
  alerting: { k: 1, n: 1, m: 1 } } }) { __typename ... on Refusal { code message } } }`;
const CREATED = { createMonitor: { __typename: 'MonitorPayload' } };
/** Long enough for whoever waits for a role whose holder was killed. */
const SETTLED_MS = 60_000;
/** Whoever stops a program gives it 30 seconds. */
const GRACE_MS = 30_000;

/** The same traffic, measured by one process that nobody disturbs, on embedded engines. */
const undisturbed = async (hours: number): Promise<readonly Measured[]> => {
  const world = await MonitoringWorld.open();
  try {
    await world.predict(DEPLOYMENT, firstPredictions());
    expect((await world.client.ask(CREATE)).data).toEqual(CREATED);
    for (let hour = 0; hour < hours; hour += 1) {
      await world.predict(DEPLOYMENT, predictionsOf(hour).slice(0, 500));
      await world.predict(DEPLOYMENT, predictionsOf(hour).slice(500));
      if (hour > 0) await world.label(DEPLOYMENT, labelsOf(hour - 1));
      await world.measure();
    }
    return await measurementsInLog(world.store, monitorId);
  } finally {
    await world.close();
  }
};

describeWithNats('many processes on servers, killed in turn while predictions and labels come by HTTP and NATS', () => {
  let installation: ServerInstallation;
  let producer: Producer;
  let store: EventStore;
  let clickHouse: ClickHouse;
  let hours = 0;
  let expected: readonly Measured[];
  /** What each program that was asked to end answered with. */
  const ended: { readonly status: number | null; readonly inTime: boolean }[] = [];

  /** What is read in the end: as expected, or as it stays. */
  const inTheEnd = async <T>(read: () => Promise<T>, expected: T): Promise<T> => {
    for (const end = performance.now() + SETTLED_MS; ; await delay(200)) {
      const found = await read();
      if (isDeepStrictEqual(found, expected) || performance.now() > end) return found;
    }
  };
  const until = async (condition: () => Promise<boolean>, what: string): Promise<void> => {
    for (const end = performance.now() + SETTLED_MS; performance.now() < end; await delay(100)) if (await condition()) return;
    throw new Error(`${what}: not within ${SETTLED_MS} ms\n${installation.programs.flatMap(({ output }) => output.slice(-5)).join('')}`);
  };
  const asked = async (api: ServerProgram, query: string): Promise<unknown> => {
    const headers = { authorization: installation.authorization, 'content-type': 'application/json' };
    const response = await fetch(`${api.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return ((await response.json()) as { data: unknown }).data;
  };
  const nextHour = (meanwhile?: () => Promise<unknown>): Promise<void> => producer.send(sendingsOf(hours++), meanwhile);
  const killed = async (victim: ServerProgram): Promise<void> => {
    await victim.end('SIGKILL');
    await victim.start();
  };
  const stopped = async (victim: ServerProgram): Promise<void> => {
    const { status, tookMs } = await victim.end('SIGTERM');
    ended.push({ status, inTime: tookMs < GRACE_MS });
    await victim.start();
  };
  const restarted = async (server: { kill(): Promise<void> }, up: () => Promise<void>): Promise<void> => {
    await server.kill();
    await delay(300);
    await up();
  };

  beforeAll(async () => {
    installation = await ServerInstallation.start();
    store = openEventStoreDb({ url: installation.facade.url });
    clickHouse = openHttp({ url: installation.front.url, username: 'default', password: '' });
    const projectors = await Promise.all([installation.program('projector'), installation.program('projector')]);
    const api = await installation.program('api');
    const ingests = await Promise.all([installation.program('ingest'), installation.program('ingest')]);
    const evaluators = await Promise.all([installation.program('evaluator'), installation.program('evaluator')]);
    producer = await Producer.connect(installation, ingests);

    await producer.send([{ kind: 'predictions', way: 'http', key: 'first', records: firstPredictions() }]);
    await until(async () => JSON.stringify(await asked(api, CREATE)) === JSON.stringify(CREATED), 'no monitor');
    for (let calm = 0; calm < 3; calm += 1) await nextHour();

    const { facade, front, nats } = installation;
    for (const [one, other] of [projectors, ingests, evaluators]) {
      await nextHour(() => killed(one));
      await nextHour(() => stopped(other));
    }
    await nextHour(() => killed(api));
    await nextHour(() => stopped(api));
    await nextHour(() => restarted(facade, () => facade.start()));
    await nextHour(() => restarted(front, () => front.start()));
    await nextHour(() => restarted(nats, () => nats.up()));
    // Closes the last one.
    await nextHour();

    expected = await undisturbed(hours);
    await until(async () => (await measurementsInLog(store, monitorId)).length >= expected.length, 'windows are not measured');
  });
  afterAll(async () => {
    await producer.close();
    await clickHouse.close();
    await store.close();
    await installation.stop();
  });

  it('has met with what it was to survive', () => {
    expect(producer.setbacks.size).toBeGreaterThan(0);
  });

  it('has every prediction and every label in the log once, as it was sent', async () => {
    const sent = [firstPredictions(), ...Array.from({ length: hours }, (_, hour) => predictionsOf(hour))].flat();
    const sum = (of: (one: (typeof sent)[number]) => number): number => sent.reduce((total, one) => total + of(one), 0);
    const tally = (of: (one: (typeof sent)[number]) => number) => ({ count: sent.length, sum: sum(of) });
    const ledger = {
      ids: sent.length,
      features: { amount: tally((one) => one.features.amount), count: tally((one) => one.features.count) },
    };
    expect(await ledgerOfStore(store, DEPLOYMENT)).toEqual(ledger);
    const labels = Array.from({ length: hours - 1 }, (_, hour) => labelsOf(hour)).flat();
    expect(await labelsInLog(store)).toEqual(new Map(labels.map(({ id, class: said }) => [id, said])));

    // The read model says the same: raw values, counts by both spans, outputs beside their labels.
    const labelled = new Map(labels.map(({ id, class: said }) => [id, said]));
    const pairs: ReadonlyMap<string, readonly [number, string, string]> = new Map(
      sent.map(({ id, score, class: said }) => [id, [score, said, labelled.get(id) ?? '']]),
    );
    expect(await inTheEnd(() => pairsInTables(clickHouse), pairs)).toEqual(pairs);
    const { raw, counted } = await ledgerOfTables(clickHouse, DEPLOYMENT);
    expect(raw).toEqual(ledger);
    // Of numbers the first thousand are in no bucket: they are those that made the grid.
    expect(counted['feature:city']).toEqual([sent.length, sent.length, sent.length, sent.length]);
    expect(counted['volume']?.filter((_, index) => index % 2 === 1)).toEqual([sent.length, sent.length]);
  });

  it('has measured each window once, to the bit as an undisturbed process does', async () => {
    const measured = await measurementsInLog(store, monitorId);
    expect(new Set(measured.map(({ kind, window }) => `${kind} ${window.from}`)).size).toBe(measured.length);
    expect(measured).toEqual(expected);
  });

  it('has raised and cleared each alert once, for the windows that breached', async () => {
    const alerts = alertsFollowing(expected);
    expect(alerts).toContain('raised feature:amount 1 at 2026-01-05T06:00:00.000Z');
    expect(await inTheEnd(() => alertsInLog(store), alerts)).toEqual(alerts);
  });

  it('has every event of the log in the audit trail once, in its order', async () => {
    const ids: string[] = [];
    for await (const { id, stream } of store.readAll()) if (!isDerivedStream(stream)) ids.push(id);
    expect(await inTheEnd(() => trailInTables(clickHouse), ids)).toEqual(ids);
  });

  it('has told of every alert and every measurement once', async () => {
    const told = async (category: string, types: readonly string[]): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const { id, stream, type } of store.readAll())
        if (stream.startsWith(`${category}-`) && types.includes(type)) found.push(id);
      return found.sort();
    };
    const connection = await connectToNats({ servers: [installation.nats.url], name: 'listener' });
    const heard = async (filter: string): Promise<readonly string[]> => {
      const consumer = await jetstream(connection).consumers.get('DRIFTLEDGER_NEWS', { filter_subjects: filter });
      const found: string[] = [];
      for await (const message of await consumer.fetch({ max_messages: 10_000, expires: 1_000 }))
        found.push(message.json<{ id: string }>().id);
      return found.sort();
    };
    for (const [filter, ids] of [
      ['driftledger.alerts.>', await told('alert', ['AlertRaised', 'AlertCleared'])],
      ['driftledger.measurements.>', await told('measurements', ['MeasurementRecorded', 'MeasurementSkipped'])],
    ] as const) {
      expect(ids.length).toBeGreaterThan(0);
      expect(await inTheEnd(() => heard(filter), ids)).toEqual(ids);
    }
    await connection.close();
  });

  it('ends in order and in time, each program that is asked to', async () => {
    for (const { status, tookMs } of await installation.endPrograms()) ended.push({ status, inTime: tookMs < GRACE_MS });
    expect(ended).toEqual(ended.map(() => ({ status: 0, inTime: true })));
    expect(ended).toHaveLength(4 + installation.programs.length);
  });
});
