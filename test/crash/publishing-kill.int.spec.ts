import { setTimeout as delay } from 'node:timers/promises';
import { type NatsConnection } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { eventPublisher } from '#libs/catalogue';
import { EventCodec, SubscriptionRunner } from '#libs/event-store';
import { InMemoryCheckpointStore, InMemoryEventStore } from '#libs/event-store/memory';
import { processMeta } from '#libs/identity';
import { randomId } from '#libs/kernel';
import { connectToNats, NatsMessageBus } from '#libs/messaging/nats';
import { MonitorPaused, monitorIdOf, monitorStream, MONITORING_EVENTS } from '#libs/monitoring';
import { describeWithNats, NatsServer } from '../support/nats-server.js';

const EVENTS = 200;
const KILLS = 3;

describeWithNats('what is told on NATS', () => {
  let server: NatsServer;
  let connection: NatsConnection;
  beforeAll(async () => {
    server = await NatsServer.start();
    connection = await connectToNats({ servers: [server.url], name: 'spec' });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  /** Ids of the events the stream holds, in its order. */
  const told = async (): Promise<readonly string[]> => {
    const manager = await jetstreamManager(connection, { timeout: 2_000 });
    const { state } = await manager.streams.info('DRIFTLEDGER_NEWS');
    const ids: string[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const message = await manager.streams.getMessage('DRIFTLEDGER_NEWS', { seq });
      if (message) ids.push(message.json<{ id: string }>().id);
    }
    return ids;
  };

  it('is every event, in the order of the log, although the server was killed meanwhile; none is set aside for that', async () => {
    const store = new InMemoryEventStore();
    const codec = new EventCodec(MONITORING_EVENTS);
    const monitorId = monitorIdOf('flights');
    const stream = monitorStream(monitorId);
    const ids: string[] = [];
    const append = async (): Promise<void> => {
      const id = randomId();
      ids.push(id);
      await store.append(stream, [codec.encode(MonitorPaused.make({ monitorId }), processMeta('spec'), id)], { expected: 'any' });
    };
    const bus = new NatsMessageBus({ connection, timeoutMs: 500 });
    const runner = new SubscriptionRunner({
      ...{ store, codec, checkpoints: new InMemoryCheckpointStore() },
      subscription: eventPublisher(bus),
    });
    await runner.start();
    for (let index = 0; index < EVENTS; index += 1) {
      await append();
      if (index % Math.floor(EVENTS / KILLS) === 10) {
        await server.kill();
        await append();
        // Once for longer than an event that cannot be handled is tried.
        if (index < EVENTS / KILLS) await delay(4_000);
        await server.up();
      }
    }
    const head = await store.head();
    if (!head) throw new Error('nothing was appended');
    expect(await runner.caughtUpTo(head, 45_000)).toBe(true);
    await runner.stop();
    await bus.close();
    const found = await told();
    // A server that was killed may have forgotten which ids it had: told at least once, and in order but for repetitions.
    expect([...new Set(found)]).toEqual(ids);
    const parked = [];
    for await (const event of store.readStream('parked-events-publisher')) parked.push(event);
    expect(parked).toEqual([]);
  });
});
