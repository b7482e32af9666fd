import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  type AllStreamRecordedEvent,
  type AllStreamSubscription,
  type Position,
  jsonEvent,
  START,
  eventTypeFilter,
  streamNameFilter,
} from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { facadeSetup, plain, streamPerTest } from './facade-setup.js';
import { type Facade } from './start-facade.js';

const thing = (label: string, id: string = randomUUID()) => jsonEvent({ id, type: 'ThingHappened', data: { label } });
const labelOf = (event: { data?: unknown } | undefined): unknown => (event?.data as { label?: unknown } | undefined)?.label;
const isOfClients = ({ type, streamId }: { type: string; streamId: string }): boolean => !type.startsWith('$') && !streamId.startsWith('$');

describe('the protocol facade, through the real client', () => {
  let facade: Facade;
  let client: EventStoreDBClient;
  const { open, close, sharing } = facadeSetup((opened) => ({ facade, client } = opened));
  let stream = '';
  streamPerTest((name) => (stream = name));
  const labels = async (stream: string): Promise<unknown[]> => {
    const found: unknown[] = [];
    for await (const { event } of client.readStream(stream)) found.push(labelOf(event));
    return found;
  };
  const wholeLog = async (options: Parameters<EventStoreDBClient['readAll']>[0] = {}): Promise<AllStreamRecordedEvent[]> => {
    const found: AllStreamRecordedEvent[] = [];
    for await (const { event } of client.readAll(options)) if (event) found.push(event);
    return found;
  };
  const nextEvents = async (subscription: AllStreamSubscription, count: number): Promise<AllStreamRecordedEvent[]> => {
    const found: AllStreamRecordedEvent[] = [];
    for await (const { event } of subscription) {
      if (event && isOfClients(event)) found.push(event);
      if (found.length >= count) break;
    }
    return found;
  };

  describe.each([
    ['batch', {}],
    ['plain', plain],
  ])('%s appends over TLS', (mode, credentials) => {
    sharing();

    it('are written, counted from 0, and read back as they were', async () => {
      const first = await client.appendToStream(stream, [thing('a'), thing('b')], { expectedRevision: 'no_stream', ...credentials });
      expect(first).toMatchObject({ success: true, nextExpectedRevision: 1n });
      expect(first.position?.commit).toBe(first.position?.prepare);
      const second = await client.appendToStream(stream, thing('c'), { expectedRevision: 1n, ...credentials });
      expect(second.position!.commit).toBeGreaterThan(first.position!.commit + 1n);
      expect(await labels(stream)).toEqual(['a', 'b', 'c']);
      const { appends } = await facade.control.stats();
      expect(appends).toMatchObject(mode === 'batch' ? { plain: 0 } : { batch: 0 });
    });

    it('are refused at another revision, with the words of the client', async () => {
      await client.appendToStream(stream, thing('a'), credentials);
      await expect(client.appendToStream(stream, thing('b'), { expectedRevision: 'no_stream', ...credentials })).rejects.toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: 'no_stream',
        actualVersion: 0n,
      });
      await expect(client.appendToStream(`${stream}-other`, thing('b'), { expectedRevision: 4n, ...credentials })).rejects.toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: 4n,
        actualVersion: 'no_stream',
      });
    });

    it('are recognised when they come again, without a position', async () => {
      const id = randomUUID();
      await client.appendToStream(stream, thing('a', id), { expectedRevision: 'no_stream', ...credentials });
      await client.appendToStream(stream, thing('b'), { expectedRevision: 0n, ...credentials });
      for (const expectedRevision of ['no_stream', 'any'] as const) {
        const again = await client.appendToStream(stream, thing('a', id), { expectedRevision, ...credentials });
        expect(again).toEqual({ success: true, nextExpectedRevision: 0n, position: undefined });
      }
      await facade.control.forgetEventIds();
      expect(await client.appendToStream(stream, thing('a', id), { expectedRevision: 'no_stream', ...credentials })).toMatchObject({
        nextExpectedRevision: 0n,
      });
      expect(await client.appendToStream(stream, thing('a', id), { expectedRevision: 'any', ...credentials })).toMatchObject({
        nextExpectedRevision: 2n,
      });
    });

    it('are refused above one MiB', async () => {
      const large = Array.from({ length: 3 }, () => jsonEvent({ type: 'Large', data: { filler: 'x'.repeat(400_000) } }));
      await expect(client.appendToStream(stream, large, credentials)).rejects.toMatchObject({
        type: 'maximum-append-size-exceeded',
        maxAppendSize: 1_048_576,
      });
    });

    it('to a deleted stream are refused for good, to a hidden one continue it', async () => {
      await client.appendToStream(stream, [thing('a'), thing('b')], credentials);
      await client.deleteStream(stream, { expectedRevision: 1n });
      await expect(labels(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
      expect(await client.appendToStream(stream, thing('c'), { expectedRevision: 'no_stream', ...credentials })).toMatchObject({
        nextExpectedRevision: 2n,
      });
      expect(await labels(stream)).toEqual(['c']);
      await client.tombstoneStream(stream);
      await expect(client.appendToStream(stream, thing('d'), credentials)).rejects.toMatchObject({ type: 'stream-deleted' });
      await expect(labels(stream)).rejects.toMatchObject({ type: 'stream-deleted', streamName: stream });
    });
  });

  describe('reads', () => {
    beforeEach(() => open());
    afterEach(close);

    it('show what metadata leave of a stream, in both directions', async () => {
      await client.appendToStream('thing-1', [thing('a'), thing('b'), thing('c')]);
      await client.setStreamMetadata('thing-1', { maxCount: 2 });
      expect(await client.getStreamMetadata('thing-1')).toMatchObject({ metadata: { maxCount: 2 } });
      expect(await labels('thing-1')).toEqual(['b', 'c']);
      const backwards: unknown[] = [];
      for await (const { event } of client.readStream('thing-1', { direction: BACKWARDS, fromRevision: END }))
        backwards.push(labelOf(event));
      expect(backwards).toEqual(['c', 'b']);
      await facade.control.setTime(Date.now() + 61_000);
      await client.setStreamMetadata('thing-1', { maxAge: 60 });
      expect(await labels('thing-1')).toEqual([]);
    });

    it('of the whole log include a position forwards, exclude it backwards, and meet events of the system', async () => {
      await client.appendToStream('thing-1', [thing('a'), thing('b')]);
      await client.appendToStream('thing-2', thing('c'));
      const all = await wholeLog();
      expect(all.filter(isOfClients).map(labelOf)).toEqual(['a', 'b', 'c']);
      expect(all.map(({ type }) => type)).toEqual(expect.arrayContaining(['$settings', '$>']));
      const { position } = all.filter(isOfClients)[1]!;
      expect((await wholeLog({ fromPosition: position })).filter(isOfClients).map(labelOf)).toEqual(['b', 'c']);
      const before = await wholeLog({ fromPosition: position, direction: BACKWARDS });
      expect(before.filter(isOfClients).map(labelOf)).toEqual(['a']);
      expect(before.map((event) => event.position.commit)).toEqual(
        all
          .filter((event) => event.position.commit < position.commit)
          .map((event) => event.position.commit)
          .reverse(),
      );
      expect(await wholeLog({ fromPosition: END })).toEqual([]);
    });

    it('of the whole log are for administrators, and nothing is for wrong passwords', async () => {
      const user = EventStoreDBClient.connectionString(facade.urlFor('ops:changeit'));
      const stranger = EventStoreDBClient.connectionString(facade.urlFor('admin:wrong'));
      const read = async (as: EventStoreDBClient): Promise<void> => {
        for await (const { event } of as.readAll({ maxCount: 1 })) expect(event).toBeDefined();
      };
      await user.appendToStream('thing-1', thing('a'));
      await expect(read(user)).rejects.toMatchObject({ type: 'access-denied', code: 7 });
      await expect(read(stranger)).rejects.toMatchObject({ code: 16 });
      await expect(stranger.appendToStream('thing-1', thing('a'))).rejects.toMatchObject({ code: 16 });
      await Promise.all([user.dispose(), stranger.dispose()]);
    });
  });

  describe('subscriptions', () => {
    afterEach(close);

    it('deliver what is behind a position, then what comes, and say when they have caught up', async () => {
      await open();
      const { position } = await client.appendToStream('thing-1', thing('a'));
      await client.appendToStream('thing-1', thing('b'));
      const subscription = client.subscribeToAll({ fromPosition: position! });
      let caughtUp = 0;
      subscription.on('caughtUp', () => {
        caughtUp += 1;
        if (caughtUp === 1) void client.appendToStream('thing-1', thing('c'));
      });
      expect((await nextEvents(subscription, 2)).map(labelOf)).toEqual(['b', 'c']);
      expect(caughtUp).toBe(1);
    });

    it('are counted while they are open', async () => {
      await open();
      const subscription = client.subscribeToAll({ fromPosition: END });
      subscription.resume();
      await once(subscription, 'caughtUp');
      const opened = await facade.control.stats();
      expect(opened).toMatchObject({ connections: 1, openReads: 1, openSubscriptions: 1, subscriptionsStarted: 1, calls: { Read: 1 } });
      expect(opened.bytesToClients).toBeGreaterThan(0);
      await subscription.unsubscribe();
      let now = opened;
      while (now.openSubscriptions > 0) now = await facade.control.stats();
      expect(now).toMatchObject({ openReads: 0, subscriptionsStarted: 1 });
    });

    it('say again that they have caught up', async () => {
      await open();
      const subscription = client.subscribeToAll({ fromPosition: END });
      subscription.resume();
      await once(subscription, 'caughtUp');
      const again = once(subscription, 'caughtUp');
      await facade.control.repeatCaughtUp();
      await again;
      await subscription.unsubscribe();
    });

    /** Follows until the server has said it has caught up, and returns what a filtered subscription is told. */
    const follow = async (from: Position | 'start' | 'end'): Promise<unknown[]> => {
      const told: unknown[] = [];
      const checkpointReached = (_: unknown, position: Position): Promise<void> => Promise.resolve(void told.push(position));
      const subscription = client.subscribeToAll({
        fromPosition: from,
        filter: streamNameFilter({ prefixes: ['alert-', 'model-'], checkpointReached }),
      });
      subscription.on('data', ({ event }: { event?: AllStreamRecordedEvent }) => told.push(labelOf(event)));
      await once(subscription, 'caughtUp');
      await subscription.unsubscribe();
      return told;
    };

    it('with a filter deliver matches, and tell every 32 events and at the end how far the server looked', async () => {
      await open();
      await facade.control.seed({ stream: 'noise-1', count: 70 });
      const quiet = await follow('start');
      const entries = await facade.control.entries();
      // The first page began nowhere; the second began at the 33rd event, the third at the 65th.
      expect(quiet).toEqual([
        { commit: entries[32]!.commit, prepare: 0n },
        { commit: entries[64]!.commit, prepare: 0n },
      ]);
      const { position } = await client.appendToStream('alert-1', thing('a'));
      expect(await follow('start')).toEqual([quiet[0], 'a', position]);
      // Such a place is before the event that begins there.
      expect(await follow({ commit: position!.commit, prepare: 0n })).toEqual(['a', position]);
      // Behind it is an event of the system: the place asked for is all that can be told.
      expect(await follow(position!)).toEqual([position]);
      expect(await follow('end')).toEqual([]);
    });

    it.each([
      ['23.10.1', []],
      ['24.10.4', [{ commit: expect.any(BigInt), prepare: 0n }]],
      ['24.10.5', [{ commit: 0n, prepare: 0n }]],
      ['25.0.0', [{ commit: expect.any(BigInt), prepare: 0n }]],
    ])('of %s tell a client that finds nothing what servers of that version do', async (version, expected) => {
      await open({ version });
      const told = await follow('start');
      expect(told).toEqual(expected);
      const [place] = told as { commit: bigint }[];
      const end = (await facade.control.entries()).at(-1)!.commit;
      if (place && place.commit > 0n) expect(place.commit).toBeGreaterThan(end);
    });

    it('tell a live client every 32 events which one was looked at', async () => {
      await open();
      const told: unknown[] = [];
      const subscription = client.subscribeToAll({
        fromPosition: END,
        filter: eventTypeFilter({ regex: '^Alert', checkpointReached: (_, place) => Promise.resolve(void told.push(place)) }),
      });
      subscription.resume();
      await once(subscription, 'caughtUp');
      expect(told).toEqual([]);
      const alert = once(subscription, 'data');
      const before = (await facade.control.entries()).length;
      await facade.control.seed({ stream: 'noise-1', count: 33 });
      await client.appendToStream('thing-1', jsonEvent({ type: 'AlertRaised', data: {} }));
      await alert;
      const { commit } = (await facade.control.entries())[before + 31]!;
      expect(told).toEqual([{ commit, prepare: commit }]);
      await subscription.unsubscribe();
    });

    it('to a client that takes nothing stop being written', async () => {
      await open();
      await facade.control.seed({ stream: 'thing-1', count: 5_000, bodyBytes: 2_000 });
      const subscription = client.subscribeToAll({ fromPosition: START });
      await once(subscription, 'confirmation');
      let [before, now] = [-1, (await facade.control.stats()).messagesWritten];
      while (now !== before) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        [before, now] = [now, (await facade.control.stats()).messagesWritten];
      }
      expect(now).toBeLessThan(500);
      expect((await nextEvents(subscription, 5_000)).length).toBe(5_000);
    });
  });
});
