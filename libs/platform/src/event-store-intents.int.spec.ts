import { type Intent } from '#libs/clickhouse';
import { Corrupt, type EventStore } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { openEventStoreDb } from '#libs/event-store/eventstoredb';
import { type Facade, startFacade } from '../../../test/support/eventstore-facade/start-facade.js';
import { QUICK } from '../../../test/support/facade-ledger.js';
import { readGoldenEvents } from '../../../test/support/golden-events.js';
import { intentStoreContract } from '../../clickhouse/src/intent-store.contract.js';
import { EventStoreIntentStore, IntentOvertaken, IntentRecorded } from './event-store-intents.js';

const INTENT: Intent = { from: '1', to: '5', after: null, attempt: 1, before: {}, planned: { a: '5' }, replayUntil: '0' };
const STREAM = 'intent-sales.v1';

intentStoreContract('a log in memory', async () => {
  const store = new InMemoryEventStore();
  const reopen = () => new EventStoreIntentStore(store);
  return { store: reopen(), reopen, close: () => store.close() };
});

intentStoreContract('a log on a server', async () => {
  const facade = await startFacade();
  const store = openEventStoreDb({ url: facade.url, timings: QUICK });
  const reopen = () => new EventStoreIntentStore(store);
  const close = async (): Promise<void> => {
    await store.close();
    await facade.stop();
  };
  return { store: reopen(), reopen, close };
});

it('reads every version of an intent that was ever written', () => {
  expect(readGoldenEvents('platform', [IntentRecorded])).toHaveLength(1);
});

describe('intents of several processes', () => {
  let facade: Facade;
  let log: EventStore;
  beforeAll(async () => {
    facade = await startFacade();
  });
  afterAll(() => facade.stop());
  beforeEach(() => {
    log = openEventStoreDb({ url: facade.url, timings: QUICK });
  });
  afterEach(() => log.close());
  const stored = async (name: string): Promise<number> => {
    let count = 0;
    for await (const _ of log.readStream(`intent-${name}`)) count += 1;
    return count;
  };

  it('are refused from a process that another has replaced, until it looks again', async () => {
    const [first, second] = [new EventStoreIntentStore(log), new EventStoreIntentStore(log)];
    for (const one of [first, second]) await one.load('sales.v1');
    await first.save('sales.v1', INTENT);
    await expect(second.save('sales.v1', { ...INTENT, attempt: 2 })).rejects.toMatchObject({ name: 'IntentOvertaken', transient: true });
    await expect(second.save('sales.v1', INTENT)).rejects.toThrow('has to be loaded');
    expect(await second.load('sales.v1')).toEqual(INTENT);
    await second.save('sales.v1', { ...INTENT, attempt: 2 });
    await expect(first.save('sales.v1', INTENT)).rejects.toBeInstanceOf(IntentOvertaken);
    expect(await new EventStoreIntentStore(log).load('sales.v1')).toEqual({ ...INTENT, attempt: 2 });
  });

  it('stand once when the answer of the server was lost', async () => {
    const store = new EventStoreIntentStore(log);
    await store.load('lost.v1');
    await store.save('lost.v1', INTENT);
    await facade.control.inject({ kind: 'hold-append', written: true }, { kind: 'append-unavailable', written: true });
    await store.save('lost.v1', { ...INTENT, attempt: 7 });
    await store.save('lost.v1', { ...INTENT, attempt: 8 });
    expect((await store.load('lost.v1'))?.attempt).toBe(8);
  });

  it('take up one event a projection, are delivered to nobody and are not the head of the log', async () => {
    const store = new EventStoreIntentStore(log);
    await store.load('many.v1');
    const head = await log.head();
    for (let attempt = 1; attempt < 5; attempt += 1) await store.save('many.v1', { ...INTENT, attempt });
    expect([await stored('many.v1'), await log.head()]).toEqual([1, head]);
    const seen: string[] = [];
    for await (const message of log.subscribeAll({ after: 'start', signal: AbortSignal.timeout(5_000) })) {
      if (message.kind === 'event') seen.push(message.event.stream);
      if (message.kind === 'caughtUp') break;
    }
    expect(seen).toEqual([]);
  });

  it('are not guessed when the stream holds something else', async () => {
    const broken = new InMemoryEventStore();
    const store = new EventStoreIntentStore(broken);
    await store.load('sales.v1');
    await store.save('sales.v1', INTENT);
    for await (const event of broken.readStream(STREAM))
      await broken.append(STREAM, [{ ...event, id: event.metadata.commandId as typeof event.id, body: Buffer.from('{}') }], {
        expected: 'any',
      });
    await expect(new EventStoreIntentStore(broken).load('sales.v1')).rejects.toBeInstanceOf(Corrupt);
  });
});
