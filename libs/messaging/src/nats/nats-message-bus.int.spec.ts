import { type NatsConnection } from '@nats-io/transport-node';
import { instant, randomId } from '#libs/kernel';
import { describeWithNats, NatsServer } from '../../../../test/support/nats-server.js';
import { cloudEvent } from '../cloud-event.js';
import { messageBusContract } from '../message-bus.contract.js';
import { BusUnavailable, type MessageBus } from '../message-bus.js';
import { connectToNats } from './connect.js';
import { LazyNatsMessageBus } from './lazy-nats-message-bus.js';
import { NatsMessageBus } from './nats-message-bus.js';

describeWithNats('the bus on NATS', () => {
  let server: NatsServer;
  const opened: NatsConnection[] = [];
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(async () => {
    for (const connection of opened) await connection.close();
    await server.stop();
  });

  const open = async (): Promise<MessageBus> => {
    const connection = await connectToNats({ servers: [server.url], name: 'spec' });
    opened.push(connection);
    return new NatsMessageBus({ connection, timeoutMs: 1_000 });
  };

  messageBusContract('NATS', open);
  messageBusContract('NATS, connected when needed', async () => new LazyNatsMessageBus({ servers: [server.url], name: 'spec' }));

  const about = (data: unknown, id = randomId()) => cloudEvent({ id, type: 'io.driftledger.spec', at: instant(0), data });

  /** What arrived under a pattern, and a way to wait for it. */
  const listening = async (bus: MessageBus, pattern: string) => {
    const heard: unknown[] = [];
    const errors: string[] = [];
    await bus.subscribe(pattern, ({ event }) => void heard.push(event.data), {
      name: 'spec',
      onError: (error, subject) => errors.push(`${subject}: ${error instanceof Error ? error.name : String(error)}`),
      onDropped: (error) => errors.push(String(error)),
    });
    return { heard, errors };
  };

  const eventually = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    const until = performance.now() + 20_000;
    while (!(await holds())) {
      if (performance.now() > until) throw new Error('it did not happen');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  /** Publishes again and again until the server confirms it. */
  const surely = (bus: MessageBus, subject: string, data: unknown): Promise<void> =>
    eventually(() =>
      bus.publish(subject, about(data)).then(
        () => true,
        () => false,
      ),
    );

  describe('the bus on a server', () => {
    it('reaches other processes', async () => {
      const [one, other] = [await open(), await open()];
      const { heard } = await listening(other, 'spec.reached');
      await one.publish('spec.reached', about('hello'));
      await eventually(() => heard.length === 1);
      expect(heard).toEqual(['hello']);
    });

    it('sends what was published before it closes', async () => {
      const [one, other] = [await open(), await open()];
      const { heard } = await listening(other, 'spec.drained');
      const published = Array.from({ length: 500 }, (_, at) => one.publish('spec.drained', about(at)));
      await Promise.all([...published, one.close()]);
      await opened.at(-2)?.close();
      await eventually(() => heard.length === 500);
    });

    it('tells a subscriber of a message that is no CloudEvent, and delivers the next', async () => {
      const bus = await open();
      const { heard, errors } = await listening(bus, 'spec.foreign');
      opened.at(-1)?.publish('spec.foreign', 'hello');
      opened.at(-1)?.publish('spec.foreign', '{"specversion":"1.0"}');
      await bus.publish('spec.foreign', about(3));
      await eventually(() => heard.length === 1);
      expect(errors).toEqual(['spec.foreign: SyntaxError', 'spec.foreign: ZodError']);
    });

    it('keeps what is published under the documented subjects, once for each subject and id', async () => {
      const bus = await open();
      const id = randomId();
      const subjects = ['driftledger.alerts.raised', 'driftledger.events.alert.AlertRaised'];
      // An alert is told as one and as an event of the domain: the same event under two subjects.
      for (const _ of [1, 2, 3]) for (const subject of subjects) await bus.publish(subject, about('once', id));
      const contentType = 'application/cloudevents+json; charset=utf-8';
      expect(await streamOf(opened.at(-1))).toEqual(subjects.map((subject) => ({ subject, id, contentType })));
    });

    it('hears again after its server was killed, and never says that a kept message was sent when it was not', async () => {
      const [one, other] = [await open(), await open()];
      const { heard } = await listening(other, 'driftledger.events.>');
      await server.kill();
      await expect(one.publish('driftledger.events.spec', about('lost'))).rejects.toBeInstanceOf(BusUnavailable);
      await expect(one.subscribe('spec.away', () => undefined, { name: 'x', onError: fail, onDropped: fail })).rejects.toBeInstanceOf(
        BusUnavailable,
      );
      await server.up();
      await surely(one, 'driftledger.events.spec', 'found');
      await eventually(async () => {
        if (!heard.includes('found')) await one.publish('driftledger.events.spec', about('found'));
        return heard.includes('found');
      });
    });

    it('refuses a message the server would not take, as no passing trouble', async () => {
      const bus = await open();
      await expect(bus.publish('driftledger.events.spec', about('x'.repeat(2 * 1024 * 1024)))).rejects.toBeInstanceOf(RangeError);
    });

    it('is had by a process that started before its server', async () => {
      await server.kill();
      const bus = new LazyNatsMessageBus({ servers: [server.url], name: 'spec' });
      await expect(bus.publish('driftledger.events.spec', about('lost'))).rejects.toBeInstanceOf(BusUnavailable);
      await server.up();
      await surely(bus, 'driftledger.events.spec', 'found');
      await bus.close();
    });

    it('says that no server was reached', async () => {
      await expect(connectToNats({ servers: ['nats://127.0.0.1:1'], name: 'spec', timeoutMs: 500 })).rejects.toBeInstanceOf(BusUnavailable);
    });
  });
});

const fail = (): never => {
  throw new Error('unexpected');
};

/** Everything the stream holds. */
const streamOf = async (connection: NatsConnection | undefined) => {
  if (!connection) throw new Error('no connection');
  const { jetstreamManager } = await import('@nats-io/jetstream');
  const manager = await jetstreamManager(connection);
  const info = await manager.streams.info('DRIFTLEDGER_NEWS');
  const found = [];
  for (let seq = info.state.first_seq; seq <= info.state.last_seq; seq += 1) {
    const message = await manager.streams.getMessage('DRIFTLEDGER_NEWS', { seq });
    if (message)
      found.push({ subject: message.subject, id: message.json<{ id: string }>().id, contentType: message.header.get('content-type') });
  }
  return found;
};
