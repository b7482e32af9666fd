import { type JetStreamClient, jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { describeWithNats, NatsServer } from '../../../../test/support/nats-server.js';
import { type QueuedMessage, type QueueWorker, type Verdict } from '../work-queue.js';
import { connectToNats } from './connect.js';
import { NatsIntakeQueue } from './nats-intake-queue.js';

const DONE: Verdict = { kind: 'done' };

const CONSUMERS = [
  ['DRIFTLEDGER_INTAKE', 'driftledger-intake'],
  ['DRIFTLEDGER_LATER', 'driftledger-later'],
] as const;

const eventually = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const until = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describeWithNats('the intake queue on NATS', () => {
  let server: NatsServer;
  let connection: NatsConnection;
  let stream: JetStreamClient;
  let queue: NatsIntakeQueue | undefined;
  const troubles: string[] = [];

  beforeEach(async () => {
    server = await NatsServer.start();
    connection = await connectToNats({ servers: [server.url], name: 'spec' });
    stream = jetstream(connection);
    troubles.length = 0;
  });
  afterEach(async () => {
    await queue?.stop();
    queue = undefined;
    await connection.close();
    await server.stop();
  });

  const start = async (work: QueueWorker, about: { inFlightMax?: number; ackWaitMs?: number } = {}): Promise<NatsIntakeQueue> => {
    queue = new NatsIntakeQueue({ connection, work, onTrouble: (error) => troubles.push(String(error)), ...about });
    queue.start();
    await eventually(() => hasConsumer());
    return queue;
  };
  const hasConsumer = async (): Promise<boolean> => {
    const manager = await jetstreamManager(connection);
    return Promise.all(CONSUMERS.map(([name, consumer]) => manager.consumers.info(name, consumer))).then(
      () => true,
      () => false,
    );
  };
  const waiting = async (name: string): Promise<number> => (await (await jetstreamManager(connection)).streams.info(name)).state.messages;
  const unsettled = async (): Promise<number> => (await waiting('DRIFTLEDGER_INTAKE')) + (await waiting('DRIFTLEDGER_LATER'));
  const send = (body: string, about: Record<string, string> = {}, subject = 'driftledger.predictions.churn') => {
    const { 'Nats-Msg-Id': msgID, ...rest } = about;
    const sent = headers();
    for (const [name, value] of Object.entries(rest)) sent.set(name, value);
    return stream.publish(subject, body, { headers: sent, ...(msgID === undefined ? {} : { msgID }) });
  };

  it('hands over each message with its headers and its id, and forgets it once its work is done', async () => {
    const taken: unknown[] = [];
    await start(async ({ subject, body, header, key, deliveries }) => {
      taken.push([subject, Buffer.from(body).toString(), header('CONTENT-TYPE'), header('x-none'), key, deliveries]);
      return DONE;
    });
    await send('{"a":1}', { 'Content-Type': 'application/json', 'Nats-Msg-Id': 'order-1' });
    await send('{"a":2}', {}, 'driftledger.labels.a.b');
    await eventually(async () => taken.length === 2 && (await waiting('DRIFTLEDGER_INTAKE')) === 0);
    expect(taken).toEqual([
      ['driftledger.predictions.churn', '{"a":1}', 'application/json', undefined, 'order-1', 1],
      ['driftledger.labels.a.b', '{"a":2}', undefined, undefined, expect.stringMatching(/^DRIFTLEDGER_INTAKE\/2\/\d{19}$/), 1],
    ]);
  });

  it('hands over what is sent under one id to several deployments, as predictions and as labels, and what is sent again', async () => {
    const taken: string[] = [];
    await start(async ({ subject, key }) => {
      taken.push(`${subject} ${key}`);
      return DONE;
    });
    const subjects = ['predictions.shop', 'labels.shop', 'predictions.fraud', 'predictions.shop'].map((name) => `driftledger.${name}`);
    for (const subject of subjects) {
      // The server forgets an id after a tenth of a second.
      await eventually(async () => !(await send('{}', { 'Nats-Msg-Id': 'batch-7' }, subject)).duplicate);
    }
    await eventually(() => taken.length === subjects.length);
    expect(taken).toEqual(subjects.map((subject) => `${subject} batch-7`));
  });

  it('delivers a message again, under the same id, until its work is done', async () => {
    const seen: QueuedMessage[] = [];
    await start(async (message) => {
      seen.push(message);
      if (message.deliveries === 1) return { kind: 'later', afterMs: 50 };
      return DONE;
    });
    await send('{}');
    await eventually(async () => seen.length === 2 && (await unsettled()) === 0);
    expect(seen.map(({ deliveries }) => deliveries)).toEqual([1, 2]);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
  });

  it('sets a refused message aside as it was sent, with the reason, and without what opens doors', async () => {
    await start(async () => ({ kind: 'refused', problem: { status: 422, code: 'NAME_INVALID', detail: 'größer' } }));
    await send('not json', { 'content-type': 'text/plain', authorization: 'Bearer dl_secret', 'Nats-Msg-Id': 'ä' });
    await eventually(async () => (await waiting('DRIFTLEDGER_INTAKE')) === 0);
    const found = await (await jetstreamManager(connection)).streams.getMessage('DRIFTLEDGER_REFUSED', { seq: 1 });
    if (!found) throw new Error('nothing was set aside');
    expect([found.subject, found.string()]).toEqual(['driftledger.refused.predictions.churn', 'not json']);
    expect(JSON.parse(found.header.get('Driftledger-Problem'))).toEqual({ status: 422, code: 'NAME_INVALID', detail: 'größer' });
    expect([found.header.get('Driftledger-Key'), found.header.get('content-type')]).toEqual(['%C3%A4', 'text/plain']);
    expect([...found.header].map(([name]) => name.toLowerCase())).not.toContain('authorization');
  });

  it('leaves out a body for which there is no room beside the reason', async () => {
    await start(async () => ({ kind: 'refused', problem: { code: 'X', detail: 'x'.repeat(2_000) } }));
    await send('y'.repeat(1024 * 1024 - 200));
    await eventually(async () => (await waiting('DRIFTLEDGER_INTAKE')) === 0);
    const found = await (await jetstreamManager(connection)).streams.getMessage('DRIFTLEDGER_REFUSED', { seq: 1 });
    expect(found?.data.length).toBe(0);
    expect(JSON.parse(found?.header.get('Driftledger-Problem') ?? '')).toMatchObject({ code: 'X', bodyLeftOut: true });
  });

  it('takes messages of others behind hundreds of a deployment that cannot be written, and does those once it can', async () => {
    const done = new Map<string, number>();
    let blocked = true;
    await start(async ({ subject, key }) => {
      if (blocked && subject === 'driftledger.predictions.x') return { kind: 'later', afterMs: 1_000 };
      done.set(key, (done.get(key) ?? 0) + 1);
      return DONE;
    });
    await Promise.all(Array.from({ length: 600 }, (_, index) => send('{}', { 'Nats-Msg-Id': `x-${index}` }, 'driftledger.predictions.x')));
    await send('{}', { 'Nats-Msg-Id': 'y' }, 'driftledger.predictions.y');
    const sentAt = performance.now();
    await eventually(() => done.has('y'));
    expect(performance.now() - sentAt).toBeLessThan(10_000);
    expect([...done.keys()]).toEqual(['y']);
    blocked = false;
    await eventually(async () => (await unsettled()) === 0);
    expect(done.size).toBe(601);
    expect(new Set(done.values())).toEqual(new Set([1]));
    expect(troubles).toEqual([]);
  });

  it('hands over a message that had to wait as it was sent, whatever it said to the stream it came from', async () => {
    const seen: unknown[] = [];
    await start(async ({ subject, body, header, key, deliveries }) => {
      seen.push([subject, Buffer.from(body).toString(), header('content-type'), header('authorization'), key]);
      return deliveries === 1 ? { kind: 'later', afterMs: 50 } : DONE;
    });
    const about = { 'Content-Type': 'text/plain', Authorization: 'Bearer dl_x', 'Driftledger-Key': 'forged' };
    await send('a', { ...about, 'Nats-Msg-Id': 'ä', 'Nats-Expected-Stream': 'DRIFTLEDGER_INTAKE' }, 'driftledger.labels.a.b');
    await eventually(async () => seen.length === 2 && (await unsettled()) === 0);
    expect(seen[0]).toEqual(['driftledger.labels.a.b', 'a', 'text/plain', 'Bearer dl_x', 'ä']);
    expect(seen[1]).toEqual(seen[0]);
  });

  it('leaves a message where it is that is too large to be moved, and gives it again', async () => {
    const seen: QueuedMessage[] = [];
    await start(async (message) => {
      seen.push(message);
      return message.deliveries === 1 ? { kind: 'later', afterMs: 50 } : DONE;
    });
    await send('y'.repeat(1024 * 1024 - 100));
    await eventually(async () => seen.length === 2 && (await unsettled()) === 0);
    expect(seen[1]?.header('Driftledger-Key')).toBeUndefined();
    expect(seen[1]?.key).toBe(seen[0]?.key);
    expect(troubles).toEqual([]);
  });

  it('moves a message once that comes again after it was moved', async () => {
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'DRIFTLEDGER_LATER', subjects: ['driftledger.later.>'], retention: RetentionPolicy.Workqueue });
    let deliveries = 0;
    await start(
      async (message) => {
        deliveries += 1;
        // As if its first acknowledgement had been lost.
        if (deliveries === 1) await stream.publish('driftledger.later.predictions.churn', '{}', { msgID: message.key });
        return message.deliveries === 1 ? { kind: 'later', afterMs: 60_000 } : DONE;
      },
      { inFlightMax: 8 },
    );
    await send('{}');
    await eventually(async () => deliveries > 0 && (await waiting('DRIFTLEDGER_INTAKE')) === 0);
    expect((await manager.streams.info('DRIFTLEDGER_LATER')).state.last_seq).toBe(1);
  });

  it('gives its settings to consumers that another release has made', async () => {
    const manager = await jetstreamManager(connection);
    await start(async () => DONE);
    await queue?.stop();
    for (const [name, consumer] of CONSUMERS) await manager.consumers.update(name, consumer, { max_ack_pending: 7, ack_wait: 1e9 });
    await start(async () => DONE);
    const settings = async ([name, consumer]: readonly [string, string]): Promise<unknown> => {
      const { config } = await manager.consumers.info(name, consumer);
      return [config.max_ack_pending, config.ack_wait];
    };
    await eventually(async () => JSON.stringify(await Promise.all(CONSUMERS.map(settings))) === '[[256,10000000000],[20000,10000000000]]');
    expect(troubles).toEqual([]);
  });

  it('has no more messages under way than it may', async () => {
    let [now, most, done] = [0, 0, 0];
    await start(
      async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
        done += 1;
        return DONE;
      },
      { inFlightMax: 8 },
    );
    await Promise.all(Array.from({ length: 100 }, () => send('{}')));
    await eventually(() => done === 100);
    expect(most).toBeLessThanOrEqual(8);
    expect(most).toBeGreaterThan(1);
  });

  it('keeps work that takes long from being given to another', async () => {
    let deliveries = 0;
    await start(
      async () => {
        deliveries += 1;
        await new Promise((resolve) => setTimeout(resolve, 4_000));
        return DONE;
      },
      { ackWaitMs: 1_000 },
    );
    await send('{}');
    await eventually(async () => (await waiting('DRIFTLEDGER_INTAKE')) === 0);
    expect(deliveries).toBe(1);
  });

  it('loses nothing when the server is killed again and again, and goes on by itself', async () => {
    const done = new Map<string, number>();
    await start(
      async ({ key }) => {
        done.set(key, (done.get(key) ?? 0) + 1);
        return DONE;
      },
      { ackWaitMs: 2_000 },
    );
    const sent: string[] = [];
    let round = 0;
    const sending = (async () => {
      for (let index = 0; index < 300; index += 1) {
        const key = `order-${index}`;
        for (;;) {
          // Whoever gets no confirmation sends again under the same id.
          try {
            await stream.publish('driftledger.predictions.churn', '{}', { msgID: key, timeout: 500 });
            break;
          } catch {
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
        }
        sent.push(key);
        if (index % 100 === 50) round += 1;
      }
    })();
    for (let killed = 0; killed < 3; killed += 1) {
      await eventually(() => round > killed);
      await server.kill();
      await server.up();
    }
    await sending;
    await eventually(() => sent.every((key) => done.has(key)));
    expect(sent).toHaveLength(300);
  });

  it('makes its streams anew when they were lost, and leaves them as operators have set them', async () => {
    let done = 0;
    await start(async () => {
      done += 1;
      return DONE;
    });
    const manager = await jetstreamManager(connection);
    await manager.streams.update('DRIFTLEDGER_INTAKE', { max_bytes: 1_000_000 });
    await queue?.stop();
    await start(async () => {
      done += 1;
      return DONE;
    });
    expect((await manager.streams.info('DRIFTLEDGER_INTAKE')).config.max_bytes).toBe(1_000_000);
    await manager.streams.delete('DRIFTLEDGER_INTAKE');
    await eventually(() => hasConsumer());
    await send('{}');
    await eventually(() => done === 1);
  });

  it('does the work again of messages that the consumer has passed and the stream still has, under the same id', async () => {
    const manager = await jetstreamManager(connection);
    // A stream that does not remove what was acknowledged looks like one whose server was killed before it had.
    await manager.streams.add({
      name: 'DRIFTLEDGER_INTAKE',
      subjects: ['driftledger.predictions.>', 'driftledger.labels.>'],
      retention: RetentionPolicy.Limits,
      allow_direct: true,
    });
    const seen: string[] = [];
    await start(
      async ({ key }) => {
        seen.push(key);
        return DONE;
      },
      { ackWaitMs: 300 },
    );
    await send('{}', { 'Nats-Msg-Id': 'order-1' });
    await send('{}');
    await send('{}', {}, 'driftledger.labels.churn');
    await eventually(async () => (await waiting('DRIFTLEDGER_INTAKE')) === 0);
    expect(seen.length).toBeGreaterThanOrEqual(6);
    expect(new Set(seen).size).toBe(3);
    expect(troubles).toEqual([]);
  });

  it('finishes what is under way when it is stopped, and takes nothing afterwards', async () => {
    let [begun, done] = [0, 0];
    const running = await start(async () => {
      begun += 1;
      await new Promise((resolve) => setTimeout(resolve, 300));
      done += 1;
      return DONE;
    });
    await send('{}');
    await eventually(() => begun === 1);
    expect(running.depth).toBe(1);
    await running.stop();
    expect(done).toBe(1);
    await send('{}');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([begun, await waiting('DRIFTLEDGER_INTAKE')]).toEqual([1, 1]);
  });

  it('tells of work that failed for a reason nobody foresaw, and gives the message again', async () => {
    await start(async ({ deliveries }) => {
      if (deliveries === 1) throw new Error('a mistake');
      return DONE;
    });
    await send('{}');
    await eventually(async () => (await unsettled()) === 0);
    expect(troubles).toEqual(['Error: a mistake']);
  });
});
