import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type JetStreamClient, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { connectToNats } from '#libs/messaging/nats';
import { ledgerOfLog, ledgerOfReadModel } from '../support/ledger.js';
import { describeWithNats, NatsServer } from '../support/nats-server.js';
import { StandaloneProcess } from '../support/standalone-process.js';

const MESSAGES = 1_500;
const RECORDS = 4;
const ROUNDS = 6;
const SUBJECT = 'driftledger.predictions.churn';

/** Sends under one id until the server confirms it, as a producer has to. */
const surely = async (stream: JetStreamClient, index: number): Promise<void> => {
  const records = Array.from({ length: RECORDS }, (_, row) => ({ id: `${index}-${row}`, features: { n: index } }));
  const about = headers();
  about.set('content-type', 'application/x-ndjson');
  for (;;) {
    try {
      const body = records.map((record) => JSON.stringify(record)).join('\n');
      await stream.publish(SUBJECT, body, { msgID: `order-${index}`, headers: about, timeout: 1_000 });
      return;
    } catch {
      await delay(100);
    }
  }
};

describeWithNats('predictions over NATS, while both ends are killed', () => {
  const data = mkdtempSync(join(tmpdir(), 'nats-intake-kill-'));
  let server: NatsServer;
  let connection: NatsConnection;
  let standalone: StandaloneProcess | undefined;
  beforeAll(async () => {
    server = await NatsServer.start();
    connection = await connectToNats({ servers: [server.url], name: 'producer' });
  });
  afterAll(async () => {
    await standalone?.stop();
    await connection.close();
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const start = (): Promise<StandaloneProcess> =>
    StandaloneProcess.start(data, { DRIFTLEDGER_NATS: server.url, DRIFTLEDGER_NATS_PRINCIPAL: 'admin' });

  /** Messages that wait in the queue, the ones that are tried again included; -1 while the server cannot say. */
  const waiting = async (through: NatsConnection): Promise<number> => {
    try {
      const manager = await jetstreamManager(through, { timeout: 1_000 });
      const intake = await manager.streams.info('DRIFTLEDGER_INTAKE');
      const later = await manager.streams.info('DRIFTLEDGER_LATER');
      return intake.state.messages + later.state.messages;
    } catch {
      return -1;
    }
  };

  it('are taken once there is a server, by a process that started without one', async () => {
    const away = mkdtempSync(join(tmpdir(), 'nats-intake-away-'));
    const late = await NatsServer.start();
    await late.kill();
    const early = await StandaloneProcess.start(away, { DRIFTLEDGER_NATS: late.url, DRIFTLEDGER_NATS_PRINCIPAL: 'admin' });
    const ready = async (): Promise<unknown> => (await fetch(`${early.url}/ready`)).json();
    expect(await ready()).toMatchObject({ checks: { 'nats-intake': 'failing' } });
    expect((await early.post('/v1/deployments/churn/predictions', '{"id":"by-http"}')).status).toBe(200);
    await late.up();
    const producer = await connectToNats({ servers: [late.url], name: 'producer' });
    await surely(jetstream(producer), 0);
    while (!JSON.stringify(await ready()).includes('"nats-intake":"ok"')) await delay(50);
    // The server has it; the log has it once the queue is empty.
    while ((await waiting(producer)) !== 0) await delay(50);
    await early.caughtUp();
    await early.stop();
    await producer.close();
    await late.stop();
    expect((await ledgerOfLog(join(away, 'log.sqlite'), 'churn')).ids).toBe(1 + RECORDS);
    rmSync(away, { recursive: true });
  });

  it('are in the log and in the read model exactly once, and their deployment is told of', async () => {
    standalone = await start();
    while ((await waiting(connection)) < 0) await delay(50);
    const stream = jetstream(connection);
    let sent = 0;
    const sending = (async () => {
      for (let index = 0; index < MESSAGES; index += 1) {
        await surely(stream, index);
        // So that ends are killed in the middle of it.
        await delay(2);
        sent += 1;
      }
    })();
    for (let round = 1; round <= ROUNDS; round += 1) {
      while (sent < (round * MESSAGES) / (ROUNDS + 1)) await delay(10);
      if (round % 3 === 0) {
        await server.kill();
        await server.up();
      } else {
        await standalone.kill();
        standalone = await start();
      }
    }
    await sending;
    while ((await waiting(connection)) !== 0) await delay(100);
    await standalone.caughtUp();
    await standalone.stop();
    const manager = await jetstreamManager(connection);
    const told = await manager.direct.getMessage('DRIFTLEDGER_NEWS', { seq: 1, next_by_subj: 'driftledger.events.deployment.*' });
    expect(told?.json()).toMatchObject({ type: 'io.driftledger.event.DeploymentRegistered', data: { body: { name: 'churn' } } });
    const whole = { count: MESSAGES * RECORDS, sum: (RECORDS * MESSAGES * (MESSAGES - 1)) / 2 };
    const expected = { ids: MESSAGES * RECORDS, features: { n: whole } };
    expect(await ledgerOfLog(join(data, 'log.sqlite'), 'churn')).toEqual(expected);
    expect((await ledgerOfReadModel(join(data, 'clickhouse'), 'churn')).raw).toEqual(expected);
  }, 240_000);
});
