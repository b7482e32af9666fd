import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type CommandMeta, type Recorded, derivedId, idOfName } from '#libs/kernel';
import { type Facade, startFacade } from '../../../../test/support/eventstore-facade/start-facade.js';
import { QUICK } from '../../../../test/support/facade-ledger.js';
import { behind } from '../behind.js';
import { EventCodec } from '../codec.js';
import { defineEvent } from '../define-event.js';
import { EventParked } from '../parking.js';
import { type Subscription } from '../subscription.js';
import { SubscriptionRunner } from '../subscription-runner.js';
import { type EventStoreDbEventStore } from './eventstoredb-event-store.js';
import { openEventStoreDb } from './open-eventstoredb.js';

const Sold = defineEvent('TicketSold', { version: 1, schema: z.object({ number: z.number() }) });
const Used = defineEvent('TicketUsed', { version: 1, schema: z.object({ number: z.number() }) });
const codec = new EventCodec([Sold, Used, EventParked]);
const id = (name: string) => idOfName('runners', name);
const meta: CommandMeta = {
  commandId: id('command'),
  correlationId: id('correlation'),
  causationId: id('cause'),
  actor: { principalId: id('actor'), kind: 'person', via: 'login' },
  source: { surface: 'cli', addressClass: 'process' },
};
const numberIn = ({ data }: Recorded): number => z.object({ number: z.number() }).parse(data).number;

describe('subscription runners on a server', () => {
  let facade: Facade;
  let store: EventStoreDbEventStore;
  let written: number;
  beforeEach(async () => {
    facade = await startFacade({ keepOverRestart: true });
    store = openEventStoreDb({ url: facade.url, timings: { ...QUICK, appendMs: 20_000 } });
    written = 0;
  });
  afterEach(async () => {
    await store.close();
    await facade.stop();
  });
  const runnerOf = (subscription: Subscription): SubscriptionRunner =>
    new SubscriptionRunner({ store, codec, checkpoints: store.checkpoints, subscription, pauseMs: 10 });
  const write = async (kind: typeof Sold | typeof Used, count: number): Promise<void> => {
    const events = Array.from({ length: count }, () => {
      written += 1;
      return codec.encode(kind.make({ number: written }), { ...meta, commandId: id(`${written}`) }, derivedId(id('event'), written));
    });
    await store.append(`ticket-${written % 5}`, events, { expected: 'any' });
  };
  const checkpointsWritten = async (): Promise<number> =>
    (await facade.control.entries()).filter(({ stream }) => stream.startsWith('checkpoint-')).length;

  it('all reach the head, whatever they handle, and write nothing while nothing happens', async () => {
    const seen = new Map<string, number[]>();
    const runners = Array.from({ length: 30 }, (_, index) => {
      const name = `reader-${index}`;
      const numbers: number[] = [];
      seen.set(name, numbers);
      const handles = index % 3 === 0 ? ('all' as const) : index % 3 === 1 ? ['TicketSold'] : ['TicketReturned'];
      return runnerOf({ name, handles, onPoison: 'stop', handle: async (batch) => void numbers.push(...batch.map(numberIn)) });
    });
    await write(Sold, 40);
    for (const runner of runners) await runner.start();
    await write(Used, 40);
    const head = await store.head();
    for (const runner of runners) expect(await runner.caughtUpTo(head!, 10_000)).toBe(true);
    for (const runner of runners) expect((await behind(store, runner.position())).events).toBe(0);
    const before = await checkpointsWritten();
    await delay(1_500);
    expect(await checkpointsWritten()).toBe(before);
    for (const runner of runners) await runner.stop();
    expect(seen.get('reader-0')).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
    expect(seen.get('reader-1')).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(seen.get('reader-2')).toEqual([]);
  });

  it('handle each event once over stops and restarts of the server, from their checkpoints', async () => {
    const numbers: number[] = [];
    const subscription: Subscription = {
      name: 'reader',
      handles: ['TicketSold'],
      onPoison: 'stop',
      handle: async (batch) => void numbers.push(...batch.map(numberIn)),
    };
    for (let round = 0; round < 3; round += 1) {
      const runner = runnerOf(subscription);
      await runner.start();
      await write(Sold, 10);
      const head = await store.head();
      await runner.caughtUpTo(head!, 10_000);
      await runner.stop();
      await write(Used, 3);
      await facade.restart();
    }
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((n) => [n, n + 13, n + 26]).sort((a, b) => a - b));
  });

  it('park what cannot be handled once, and see neither parked events nor checkpoints', async () => {
    const types = new Set<string>();
    const handle = async (batch: readonly Recorded[]): Promise<void> => {
      for (const event of batch) {
        types.add(event.type);
        if (numberIn(event) === 3) throw new Error('no');
      }
    };
    for (let round = 0; round < 2; round += 1) {
      const runner = runnerOf({ name: `caller`, handles: 'all', onPoison: 'park', handle });
      if (round === 0) await write(Sold, 5);
      // As after a lost checkpoint: everything comes again.
      else await store.checkpoints.save('caller', { commit: 0n, prepare: 0n });
      await runner.start();
      const head = await store.head();
      await runner.caughtUpTo(head!, 10_000);
      await runner.stop();
    }
    const parked = [];
    for await (const { type } of store.readStream('parked-caller')) parked.push(type);
    expect(parked).toEqual(['EventParked']);
    expect([...types]).toEqual(['TicketSold']);
  });
});
