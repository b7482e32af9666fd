import { EventStoreDBClient } from '@eventstore/db-client';
import { randomId } from '#libs/kernel';
import { type FacadeOptions } from '../../../../test/support/eventstore-facade/protocol.js';
import { type Facade, startFacade } from '../../../../test/support/eventstore-facade/start-facade.js';
import { FacadeLedger, QUICK } from '../../../../test/support/facade-ledger.js';
import { checkpointStoreContract } from '../checkpoint-store.contract.js';
import { AccessDenied, Timeout, Unavailable } from '../errors.js';
import { anEvent } from '../event-store.contract.js';
import { type EventStore } from '../store.js';
import { type EventStoreDbEventStore } from './eventstoredb-event-store.js';
import { openEventStoreDb } from './open-eventstoredb.js';

/** Everything that a store can be asked for. */
const CALLS: readonly (readonly [string, (store: EventStore) => Promise<unknown>])[] = [
  ['append', (store) => store.append('thing-1', [anEvent('a')], { expected: 'no_stream' })],
  ['append to any', (store) => store.append('thing-1', [anEvent('a')], { expected: 'any' })],
  ['readStream', (store) => drained(store.readStream('thing-1'))],
  ['readAll', (store) => drained(store.readAll())],
  ['head', (store) => store.head()],
  ['softDelete', (store) => store.softDelete('thing-1', { expected: 0n })],
  ['tombstone', (store) => store.tombstone('thing-1', { expected: 'stream_exists' })],
  ['getMeta', (store) => store.getMeta('thing-1')],
  ['setMeta', (store) => store.setMeta('thing-1', { maxCount: 1 })],
];
const drained = async (events: AsyncIterable<unknown>): Promise<number> => {
  let count = 0;
  for await (const _ of events) count += 1;
  return count;
};

describe('a connection', () => {
  const facades: Facade[] = [];
  const stores: EventStoreDbEventStore[] = [];
  const start = async (options: FacadeOptions = {}): Promise<Facade> => {
    const facade = await startFacade(options);
    facades.push(facade);
    return facade;
  };
  const open = (url: string, timings: Partial<typeof QUICK> = {}): EventStoreDbEventStore => {
    const store = openEventStoreDb({ url, timings: { ...QUICK, appendMs: 600, ...timings } });
    stores.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    for (const facade of facades.splice(0)) await facade.stop();
  });

  it('with a wrong password is denied whatever it asks for', async () => {
    const facade = await start();
    const store = open(facade.urlFor('admin:wrong'));
    for (const [, call] of CALLS) await expect(call(store)).rejects.toBeInstanceOf(AccessDenied);
    await expect(drained(store.subscribeAll({ after: 'start', signal: new AbortController().signal }))).rejects.toBeInstanceOf(
      AccessDenied,
    );
    expect((await facade.control.entries()).filter(({ stream }) => stream === 'thing-1')).toEqual([]);
  });

  it.each([
    ['whose certificate is over', async () => (await start({ expiredCertificate: true })).url],
    [
      'whose certificate is of another authority',
      async () => (await start()).url.replace(/tlsCAFile=.*/, `tlsCAFile=${(await start()).caFile}`),
    ],
    [
      'that does not run',
      async () => {
        const facade = await start();
        await facade.kill();
        return facade.url;
      },
    ],
  ])('to a server %s is Unavailable, and nothing was written', async (_, url) => {
    const store = open(await url());
    for (const [, call] of CALLS) await expect(call(store)).rejects.toMatchObject({ name: 'Unavailable', outcome: 'not-written' });
    await expect(store.serverVersion()).rejects.toBeInstanceOf(Unavailable);
  });

  it('to a frozen server ends every call in the time it was given, and works when the server comes back', async () => {
    const facade = await start();
    const ledger = new FacadeLedger(facade);
    const store = open(facade.url, { readMs: 200 });
    await store.append('thing-1', [anEvent('x')], { expected: 'no_stream' });
    facade.freeze();
    const begun = performance.now();
    const event = anEvent('y');
    const told = ledger.tries('thing-1', [event]);
    await expect(store.append('thing-1', [event], { expected: 0n })).rejects.toMatchObject({ name: 'Unavailable', outcome: 'unknown' });
    await expect(store.append('thing-1', [event], { expected: 0n, timeoutMs: 100 })).rejects.toBeInstanceOf(Timeout);
    await expect(drained(store.readStream('thing-1'))).rejects.toBeInstanceOf(Unavailable);
    await expect(store.tombstone('thing-1', { expected: 5n, timeoutMs: 100 })).rejects.toBeInstanceOf(Unavailable);
    expect(performance.now() - begun).toBeLessThan(6_000);
    facade.thaw();
    await store.append('thing-1', [event], { expected: 0n });
    told.wrote();
    expect(await ledger.wrongs()).toEqual([]);
    expect(await drained(store.readStream('thing-1'))).toBe(2);
  });

  it('follows its server to another node that leads', async () => {
    const follower = await start();
    const leader = await start({ certificateDirectory: follower.certificateDirectory });
    await follower.control.inject({ kind: 'not-leader', host: 'localhost', port: leader.port, times: Infinity });
    const ledger = new FacadeLedger(leader);
    const store = open(follower.url, { appendMs: 3_000 });
    const events = [anEvent('a'), anEvent('b')];
    const told = ledger.tries('thing-1', events);
    expect(await store.append('thing-1', events, { expected: 'no_stream' })).toMatchObject({ revision: 1n });
    told.wrote();
    expect(await ledger.wrongs()).toEqual([]);
    expect(await drained(store.readStream('thing-1'))).toBe(2);
    expect((await follower.control.entries()).filter(({ stream }) => stream === 'thing-1')).toEqual([]);
  });

  it('to a cluster finds the node that leads, and the next one when that is gone', async () => {
    const first = await start();
    const second = await start({ certificateDirectory: first.certificateDirectory });
    const member = (facade: Facade, state: 'leader' | 'follower', alive = true) => ({ host: 'localhost', port: facade.port, state, alive });
    await first.control.setMembers([member(first, 'follower'), member(second, 'leader')]);
    await second.control.setMembers([member(first, 'follower'), member(second, 'leader')]);
    const store = open(first.url.replace(/localhost:\d+/, `localhost:${first.port},localhost:${second.port}`), { appendMs: 10_000 });
    await store.append('thing-1', [anEvent('a')], { expected: 'no_stream' });
    const own = async (facade: Facade): Promise<number> =>
      (await facade.control.entries()).filter(({ stream }) => stream === 'thing-1').length;
    expect([await own(first), await own(second)]).toEqual([0, 1]);
    await second.kill();
    await first.control.setMembers([member(first, 'leader'), member(second, 'follower', false)]);
    await store.append('thing-2', [anEvent('b')], { expected: 'no_stream' });
    expect((await first.control.entries()).filter(({ stream }) => stream === 'thing-2')).toHaveLength(1);
  });

  it('without TLS to this machine needs no user, and none is asked for', async () => {
    const facade = await start({ tls: false });
    const store = open(facade.url);
    await store.append('thing-1', [anEvent('a')], { expected: 'no_stream' });
    expect(await drained(store.readAll())).toBe(1);
  });

  it.each(['20.10.0', '22.10.5', '23.10.0', '24.10.5', '26.0.0'])('works with a server that calls itself %s', async (version) => {
    const facade = await start({ version });
    for (const appendMode of ['plain', 'batch'] as const) {
      const store = openEventStoreDb({ url: facade.url, appendMode });
      stores.push(store);
      await store.append(`thing-${appendMode}`, [anEvent('a')], { expected: 'no_stream' });
      await expect(store.append(`thing-${appendMode}`, [anEvent('b')], { expected: 5n })).rejects.toMatchObject({ actual: 0n });
      expect(await store.serverVersion()).toBe(version === '20.10.0' ? 'unknown' : version);
    }
  });
});

describe('checkpoints on a server', () => {
  let facade: Facade;
  beforeAll(async () => {
    facade = await startFacade();
  });
  afterAll(() => facade.stop());

  checkpointStoreContract('the EventStoreDB adapter', async () => {
    // The names of subscriptions are those of streams: each test gets its own.
    const run = randomId().slice(0, 8);
    const store = openEventStoreDb({ url: facade.url });
    const named = ({ checkpoints }: EventStoreDbEventStore) => ({
      positionsBeforeSaving: checkpoints.positionsBeforeSaving,
      load: (name: string) => checkpoints.load(`${run}-${name}`),
      save: (name: string, position: Parameters<typeof checkpoints.save>[1]) => checkpoints.save(`${run}-${name}`, position),
    });
    let again: EventStoreDbEventStore | undefined;
    return {
      checkpoints: named(store),
      close: async () => {
        await store.close();
        await again?.close();
      },
      reopen: async () => named((again = openEventStoreDb({ url: facade.url }))),
    };
  });

  it('are seen by no reader of the log, and one of each is kept', async () => {
    const store = openEventStoreDb({ url: facade.url });
    await store.append('thing-1', [anEvent('a')], { expected: 'any' });
    const head = await store.head();
    for (let position = 0n; position < 5n; position += 1n) await store.checkpoints.save('unseen', { commit: position, prepare: position });
    expect(await store.head()).toEqual(head);
    expect(await drained(store.readAll())).toBe(1);
    expect(await drained(store.readStream('checkpoint-unseen')).catch((error: unknown) => error)).toBeInstanceOf(Error);
    expect(await store.getMeta('checkpoint-unseen')).toEqual({ maxCount: 1 });
    await store.close();
  });
});

describe('limits of a stream on a server', () => {
  let facade: Facade;
  beforeAll(async () => {
    facade = await startFacade();
  });
  afterAll(() => facade.stop());

  it('leave alone what else an operator has set', async () => {
    const store = openEventStoreDb({ url: facade.url });
    const client = EventStoreDBClient.connectionString(facade.url);
    await client.setStreamMetadata('thing-7', { maxCount: 3, cacheControl: 5, owner: 'operator' });
    await store.setMeta('thing-7', { maxAgeSeconds: 9 });
    expect(await store.getMeta('thing-7')).toEqual({ maxAgeSeconds: 9 });
    expect((await client.getStreamMetadata('thing-7')).metadata).toEqual({ maxAge: 9, cacheControl: 5, owner: 'operator' });
    await client.dispose();
    await store.close();
  });

  it('are refused where the server would round them', async () => {
    const store = openEventStoreDb({ url: facade.url });
    await expect(store.setMeta('thing-7', { truncateBefore: 2n ** 60n })).rejects.toThrow(TypeError);
    await store.close();
  });

  it('show a soft-deleted stream as the embedded stores do', async () => {
    const store = openEventStoreDb({ url: facade.url });
    await store.append('thing-8', [anEvent('a')], { expected: 'no_stream' });
    await store.softDelete('thing-8', { expected: 0n });
    expect(await store.getMeta('thing-8')).toEqual({ truncateBefore: 2n ** 63n - 1n });
    await store.close();
  });
});
