import { type Clock, type Instant, type Uuid, idOfName, instant, positionOf } from '#libs/kernel';
import { AccessDenied, AppendTooLarge, StreamDeleted, Unavailable, WrongExpectedRevision } from './errors.js';
import { type EventStore, type ExpectedRevision, type NewEvent, type StoredEvent, type SubscriptionMessage } from './store.js';

/** A clock that a spec moves. */
export class SetClock implements Clock {
  constructor(public time = 1_000_000) {}

  now(): Instant {
    return instant(this.time);
  }
}

const id = (label: string | number): Uuid => idOfName('contract', String(label));

/** An event as a store sees it; the same label has the same id. */
export const anEvent = (label: string | number, overrides: Partial<NewEvent> = {}): NewEvent => ({
  id: id(label),
  type: 'ThingHappened',
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify({ label })),
  metadata: {
    $correlationId: id('correlation'),
    $causationId: id('causation'),
    commandId: id(`command ${label}`),
    actor: { principalId: id('actor'), kind: 'service', via: 'key:1' },
    source: { surface: 'internal', addressClass: 'process' },
    schemaVersion: 1,
    sha256: 'a'.repeat(64),
  },
  ...overrides,
});

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};
const labels = (events: readonly StoredEvent[]): unknown[] =>
  events.map((event): unknown => JSON.parse(Buffer.from(event.body).toString()).label);

/** `given`: events are stamped by a clock that a spec gives and moves. `server`: by the server's own, and its rules on repeated ids hold. */
export type ContractOptions = { readonly clock: 'given' | 'server' };

/** What every adapter of the port guarantees. `open` gives an empty store on each call. */
export const eventStoreContract = (
  adapter: string,
  open: (clock: Clock) => Promise<EventStore>,
  { clock: whose }: ContractOptions = { clock: 'given' },
): void => {
  describe(`${adapter} keeps the contract of the event store`, () => {
    let store: EventStore;
    let clock: SetClock;
    const withGivenClock = whose === 'given' ? it : (): void => undefined;
    beforeEach(async () => {
      clock = new SetClock();
      store = await open(clock);
    });
    afterEach(() => store.close());

    const append = (stream: string, expected: ExpectedRevision, ...names: (string | number)[]): ReturnType<EventStore['append']> =>
      store.append(
        stream,
        names.map((name) => anEvent(name)),
        { expected },
      );
    const streamLabels = async (stream: string): Promise<unknown[]> => labels(await all(store.readStream(stream)));

    describe('appending', () => {
      it('numbers the events of a stream from 0 without gaps and gives rising positions', async () => {
        const first = await append('thing-1', 'no_stream', 'a', 'b');
        const second = await append('thing-2', 'no_stream', 'c');
        const third = await append('thing-1', 1n, 'd');
        expect([first.revision, second.revision, third.revision]).toEqual([1n, 0n, 2n]);
        const events = await all(store.readAll());
        expect(labels(events)).toEqual(['a', 'b', 'c', 'd']);
        expect(events.at(1)?.position).toEqual(first.position);
        expect(await store.head()).toEqual(third.position);
      });

      it('returns every part of an event as it was given', async () => {
        const given = [
          anEvent('plain'),
          anEvent('octets', { contentType: 'application/octet-stream', body: Uint8Array.from([0, 255, 1]) }),
          anEvent('deflated', {
            contentType: 'application/octet-stream',
            metadata: { ...anEvent('x').metadata, encoding: 'deflate', reason: 'ü', claimedAt: 5, traceparent: '00-a' },
          }),
          anEvent('odd', {
            metadata: { ...anEvent('x').metadata, commandId: 'not a uuid', sha256: 'short', onBehalfOf: 'somebody', schemaVersion: 7 },
          }),
        ];
        await store.append('thing-1', given, { expected: 'any' });
        const found = await all(store.readStream('thing-1'));
        found.forEach((event, index) => {
          const { id: foundId, type, contentType, body, metadata } = event;
          expect({ id: foundId, type, contentType, body: Buffer.from(body), metadata }).toEqual({
            ...given[index]!,
            body: Buffer.from(given[index]!.body),
          });
        });
        expect(found.map(({ stream, revision }) => ({ stream, revision }))).toEqual(
          [0n, 1n, 2n, 3n].map((revision) => ({ stream: 'thing-1', revision })),
        );
      });

      it('records when an event was written', async () => {
        await append('thing-1', 'any', 'a', 'b');
        const now = whose === 'given' ? clock.time : Date.now();
        const apart = (await all(store.readStream('thing-1'))).map(({ recordedAt }) => Math.abs(recordedAt - now));
        expect(apart).toHaveLength(2);
        expect(Math.max(...apart)).toBeLessThanOrEqual(whose === 'given' ? 0 : 60_000);
      });

      withGivenClock('never lets the time of record run backwards', async () => {
        await append('thing-1', 'any', 'a');
        clock.time -= 5_000;
        await append('thing-1', 'any', 'b');
        clock.time += 5_001;
        await append('thing-2', 'any', 'c');
        expect((await all(store.readAll())).map((event) => event.recordedAt)).toEqual([1_000_000, 1_000_000, 1_000_001]);
      });

      it('gives gapless revisions to fifty callers at once, one stream, each event once', async () => {
        const results = await Promise.all(Array.from({ length: 50 }, (_, index) => append('thing-1', 'any', index)));
        expect(results.map((result) => Number(result.revision)).sort((a, b) => a - b)).toEqual(
          Array.from({ length: 50 }, (_, index) => index),
        );
        const events = await all(store.readStream('thing-1'));
        expect(events.map((event) => event.revision)).toEqual(Array.from({ length: 50 }, (_, index) => BigInt(index)));
        expect(new Set(labels(events)).size).toBe(50);
      });

      it('lets exactly one of fifty callers win who expect the same revision, and harms nobody else', async () => {
        await append('thing-1', 'no_stream', 'first');
        const racers = Array.from({ length: 50 }, (_, index) => append('thing-1', 0n, `racer ${index}`));
        const neighbours = Array.from({ length: 50 }, (_, index) => append(`thing-${index + 2}`, 'no_stream', 'neighbour'));
        const settled = await Promise.allSettled(racers);
        expect(settled.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
        for (const result of settled) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(WrongExpectedRevision);
        await expect(Promise.all(neighbours)).resolves.toHaveLength(50);
        expect(await streamLabels('thing-1')).toHaveLength(2);
      });
    });

    describe('the decision table', () => {
      const wrong = (expected: ExpectedRevision, actual: bigint | 'no_stream'): WrongExpectedRevision =>
        new WrongExpectedRevision('thing-1', expected, actual);

      it('any: writes to a new and to an existing stream', async () => {
        await append('thing-1', 'any', 'a');
        await append('thing-1', 'any', 'b');
        expect(await streamLabels('thing-1')).toEqual(['a', 'b']);
      });

      it('any: the same events again are answered with the first result', async () => {
        const first = await append('thing-1', 'any', 'a', 'b');
        await append('thing-1', 'any', 'c');
        const again = await append('thing-1', 'any', 'a', 'b');
        expect(again).toMatchObject({ revision: first.revision, idempotent: true });
        if (again.position) expect(again.position).toEqual(first.position);
        expect(await streamLabels('thing-1')).toEqual(['a', 'b', 'c']);
      });

      it('any: a batch that is known in part is refused whole', async () => {
        await append('thing-1', 'any', 'a');
        await expect(append('thing-1', 'any', 'a', 'b')).rejects.toMatchObject(wrong('any', 0n));
        expect(await streamLabels('thing-1')).toEqual(['a']);
      });

      it('the same event id may stand in two streams', async () => {
        await append('thing-1', 'any', 'a');
        expect(await append('thing-2', 'any', 'a')).not.toHaveProperty('idempotent');
      });

      it('no_stream: refused when the stream exists with other events', async () => {
        await append('thing-1', 'no_stream', 'a');
        await expect(append('thing-1', 'no_stream', 'b')).rejects.toMatchObject(wrong('no_stream', 0n));
      });

      it('no_stream: the first append again is idempotent, also after more was written', async () => {
        const first = await append('thing-1', 'no_stream', 'a', 'b');
        await append('thing-1', 1n, 'c');
        expect(await append('thing-1', 'no_stream', 'a', 'b')).toMatchObject({ revision: first.revision, idempotent: true });
      });

      it('no_stream: the first events and one more are refused', async () => {
        await append('thing-1', 'no_stream', 'a');
        await expect(append('thing-1', 'no_stream', 'a', 'b')).rejects.toBeInstanceOf(WrongExpectedRevision);
      });

      it('stream_exists: refused when there is none, written when there is one', async () => {
        await expect(append('thing-1', 'stream_exists', 'a')).rejects.toMatchObject(wrong('stream_exists', 'no_stream'));
        await append('thing-1', 'any', 'a');
        expect(await append('thing-1', 'stream_exists', 'b')).toMatchObject({ revision: 1n });
        expect(await append('thing-1', 'stream_exists', 'b')).toMatchObject({ revision: 1n, idempotent: true });
      });

      it('stream_exists: metadata alone make a stream exist', async () => {
        await store.setMeta('thing-1', { maxCount: 5 });
        expect(await append('thing-1', 'stream_exists', 'a')).toMatchObject({ revision: 0n });
      });

      it('exact: written at that revision, refused before and after it', async () => {
        await append('thing-1', 'no_stream', 'a', 'b');
        await expect(append('thing-1', 0n, 'x')).rejects.toMatchObject(wrong(0n, 1n));
        await expect(append('thing-1', 2n, 'x')).rejects.toMatchObject(wrong(2n, 1n));
        await expect(append('thing-2', 0n, 'x')).rejects.toMatchObject({ expected: 0n, actual: 'no_stream' });
        expect(await append('thing-1', 1n, 'c')).toMatchObject({ revision: 2n });
      });

      it('exact: the same append again is idempotent, the same events at another place are not', async () => {
        await append('thing-1', 'no_stream', 'a', 'b', 'c', 'd');
        expect(await append('thing-1', 0n, 'b', 'c')).toMatchObject({ revision: 2n, idempotent: true });
        await expect(append('thing-1', 0n, 'c', 'd')).rejects.toBeInstanceOf(WrongExpectedRevision);
        await expect(append('thing-1', 2n, 'd', 'e')).rejects.toBeInstanceOf(WrongExpectedRevision);
        expect(await streamLabels('thing-1')).toEqual(['a', 'b', 'c', 'd']);
      });
    });

    describe('an event id that stands in its stream already', () => {
      beforeEach(() => append('thing-1', 'no_stream', 'a', 'b'));

      if (whose === 'given') {
        it('is never written again: embedded, ids are unique in their stream', async () => {
          expect(await append('thing-1', 1n, 'a')).toMatchObject({ revision: 0n, idempotent: true });
          await expect(append('thing-1', 1n, 'c', 'a')).rejects.toBeInstanceOf(WrongExpectedRevision);
          await expect(append('thing-1', 'any', 'c', 'a')).rejects.toBeInstanceOf(WrongExpectedRevision);
          expect(await streamLabels('thing-1')).toEqual(['a', 'b']);
        });
      } else {
        it('is written again at the present revision, and by any behind an unknown one: servers look no further', async () => {
          expect(await append('thing-1', 1n, 'a')).toMatchObject({ revision: 2n });
          expect(await append('thing-1', 'any', 'c', 'b')).toMatchObject({ revision: 4n });
          expect(await streamLabels('thing-1')).toEqual(['a', 'b', 'a', 'c', 'b']);
        });
      }
    });

    describe('deleting', () => {
      beforeEach(() => append('thing-1', 'no_stream', 'a', 'b'));

      it('hides a soft-deleted stream from its readers, keeps the log, and goes on counting', async () => {
        await store.softDelete('thing-1', { expected: 1n });
        expect(await streamLabels('thing-1')).toEqual([]);
        expect(labels(await all(store.readAll()))).toEqual(['a', 'b']);
        await expect(append('thing-1', 'stream_exists', 'c')).rejects.toBeInstanceOf(StreamDeleted);
        expect(await append('thing-1', 'no_stream', 'c')).toMatchObject({ revision: 2n });
        expect(await streamLabels('thing-1')).toEqual(['c']);
        expect(await append('thing-1', 2n, 'd')).toMatchObject({ revision: 3n });
      });

      it('writes to a soft-deleted stream by any and by its exact revision', async () => {
        await store.softDelete('thing-1', { expected: 'any' });
        expect(await append('thing-1', 'any', 'c')).toMatchObject({ revision: 2n });
        await store.softDelete('thing-1', { expected: 'stream_exists' });
        expect(await append('thing-1', 2n, 'd')).toMatchObject({ revision: 3n });
        expect(await streamLabels('thing-1')).toEqual(['d']);
      });

      it('deletes only what is as the caller expects it', async () => {
        for (const expected of ['no_stream', 0n, 5n] as const) {
          await expect(store.softDelete('thing-1', { expected })).rejects.toBeInstanceOf(WrongExpectedRevision);
          await expect(store.tombstone('thing-1', { expected })).rejects.toBeInstanceOf(WrongExpectedRevision);
        }
        await expect(store.softDelete('thing-2', { expected: 'no_stream' })).rejects.toBeInstanceOf(WrongExpectedRevision);
        await expect(store.softDelete('thing-2', { expected: 'any' })).rejects.toBeInstanceOf(WrongExpectedRevision);
        expect(await streamLabels('thing-1')).toEqual(['a', 'b']);
      });

      it('takes every limit along: what is written again has none', async () => {
        await store.setMeta('thing-1', { maxCount: 1, maxAgeSeconds: 60 });
        await store.softDelete('thing-1', { expected: 1n });
        await append('thing-1', 'any', 'c', 'd');
        expect(await store.getMeta('thing-1')).toEqual({ truncateBefore: 2n });
        expect(await streamLabels('thing-1')).toEqual(['c', 'd']);
      });

      it('is over when limits are set, and what was hidden stays hidden', async () => {
        await store.softDelete('thing-1', { expected: 1n });
        await store.setMeta('thing-1', { maxCount: 5 });
        expect(await store.getMeta('thing-1')).toEqual({ maxCount: 5, truncateBefore: 2n });
        expect(await streamLabels('thing-1')).toEqual([]);
        expect(await append('thing-1', 'stream_exists', 'c')).toMatchObject({ revision: 2n });
        expect(await streamLabels('thing-1')).toEqual(['c']);
      });

      it('may be done again to a hidden stream, except by who expects it to exist', async () => {
        for (const expected of ['any', 'any', 'no_stream', 1n] as const) await store.softDelete('thing-1', { expected });
        await expect(store.softDelete('thing-1', { expected: 'stream_exists' })).rejects.toBeInstanceOf(StreamDeleted);
        await expect(store.tombstone('thing-1', { expected: 'stream_exists' })).rejects.toBeInstanceOf(StreamDeleted);
        await store.tombstone('thing-1', { expected: 'no_stream' });
        await expect(append('thing-1', 'any', 'c')).rejects.toBeInstanceOf(StreamDeleted);
      });

      it('needs nothing but limits to hide, and nothing at all to end a stream', async () => {
        await expect(store.softDelete('thing-2', { expected: 'stream_exists' })).rejects.toBeInstanceOf(WrongExpectedRevision);
        await store.setMeta('thing-2', { maxCount: 1 });
        await store.softDelete('thing-2', { expected: 'stream_exists' });
        await store.setMeta('thing-3', { maxCount: 1 });
        await store.softDelete('thing-3', { expected: 'no_stream' });
        for (const [stream, expected] of [
          ['thing-4', 'any'],
          ['thing-5', 'no_stream'],
        ] as const) {
          await store.tombstone(stream, { expected });
          await expect(append(stream, 'no_stream', 'a')).rejects.toBeInstanceOf(StreamDeleted);
        }
      });

      it('never lets a tombstoned stream be written, read or deleted again', async () => {
        await store.tombstone('thing-1', { expected: 1n });
        for (const expected of ['any', 'no_stream', 'stream_exists', 1n] as const) {
          await expect(append('thing-1', expected, 'a', 'b')).rejects.toBeInstanceOf(StreamDeleted);
          await expect(store.softDelete('thing-1', { expected })).rejects.toBeInstanceOf(StreamDeleted);
          await expect(store.tombstone('thing-1', { expected })).rejects.toBeInstanceOf(StreamDeleted);
        }
        await expect(all(store.readStream('thing-1'))).rejects.toBeInstanceOf(StreamDeleted);
        await expect(store.setMeta('thing-1', {})).rejects.toBeInstanceOf(StreamDeleted);
        await expect(store.getMeta('thing-1')).rejects.toBeInstanceOf(StreamDeleted);
      });
    });

    describe('stream metadata', () => {
      beforeEach(() => append('thing-1', 'no_stream', 'a', 'b', 'c', 'd'));

      it('is empty at first, returned as set, and replaced whole', async () => {
        expect(await store.getMeta('thing-1')).toEqual({});
        await store.setMeta('thing-1', { maxCount: 2, maxAgeSeconds: 60, truncateBefore: 1n });
        expect(await store.getMeta('thing-1')).toEqual({ maxCount: 2, maxAgeSeconds: 60, truncateBefore: 1n });
        await store.setMeta('thing-1', { maxCount: 3 });
        expect(await store.getMeta('thing-1')).toEqual({ maxCount: 3 });
      });

      it.each([
        [{ maxCount: 2 }, ['c', 'd']],
        [{ truncateBefore: 3n }, ['d']],
        [{ truncateBefore: 1n, maxCount: 2 }, ['c', 'd']],
        [{ truncateBefore: 9n }, []],
        [{ maxCount: 9 }, ['a', 'b', 'c', 'd']],
      ])('%p hides what it should, in both directions', async (meta, visible) => {
        await store.setMeta('thing-1', meta);
        expect(await streamLabels('thing-1')).toEqual(visible);
        expect(labels(await all(store.readStream('thing-1', { direction: 'backwards' })))).toEqual([...visible].reverse());
        expect(labels(await all(store.readStream('thing-1', { from: 0n, limit: 1 })))).toEqual(visible.slice(0, 1));
      });

      withGivenClock('hides events older than maxAge', async () => {
        clock.time += 61_000;
        await append('thing-1', 3n, 'e');
        await store.setMeta('thing-1', { maxAgeSeconds: 60 });
        expect(await streamLabels('thing-1')).toEqual(['e']);
      });

      it('hides events when they become older than maxAge', async () => {
        await store.setMeta('thing-1', { maxAgeSeconds: 1 });
        clock.time += 2_000;
        while ((await streamLabels('thing-1')).length > 0);
        expect(labels(await all(store.readAll()))).toEqual(['a', 'b', 'c', 'd']);
      });

      it('refuses limits that are none', async () => {
        for (const meta of [
          { maxCount: 0 },
          { maxAgeSeconds: -1 },
          { maxCount: 1.5 },
          { truncateBefore: -1n },
          { truncateBefore: 2n ** 53n },
        ])
          await expect(store.setMeta('thing-1', meta)).rejects.toThrow(TypeError);
      });
    });

    describe('reading', () => {
      beforeEach(async () => {
        await append('thing-1', 'no_stream', 'a', 'b', 'c');
        await append('thing-2', 'no_stream', 'd');
      });

      it.each([
        [{}, ['a', 'b', 'c']],
        [{ from: 1n }, ['b', 'c']],
        [{ from: 1n, limit: 1 }, ['b']],
        [{ from: 9n }, []],
        [{ from: 'end' as const }, []],
        [{ limit: 0 }, []],
        [{ direction: 'backwards' as const }, ['c', 'b', 'a']],
        [{ direction: 'backwards' as const, from: 1n }, ['b', 'a']],
        [{ direction: 'backwards' as const, from: 9n, limit: 2 }, ['c', 'b']],
        [{ direction: 'backwards' as const, from: 'start' as const }, []],
      ])('a stream %p', async (options, expected) => {
        expect(labels(await all(store.readStream('thing-1', options)))).toEqual(expected);
      });

      it('reads a missing stream as empty', async () => {
        expect(await streamLabels('thing-9')).toEqual([]);
      });

      it('the whole log from a position, inclusive, both ways', async () => {
        const positions = (await all(store.readAll())).map((event) => event.position);
        expect(labels(await all(store.readAll({ from: positions[1]! })))).toEqual(['b', 'c', 'd']);
        expect(labels(await all(store.readAll({ from: positions[1]!, direction: 'backwards' })))).toEqual(['b', 'a']);
        expect(labels(await all(store.readAll({ direction: 'backwards', limit: 2 })))).toEqual(['d', 'c']);
        expect(await all(store.readAll({ from: 'end' }))).toEqual([]);
      });

      it('stops with an error when the signal aborts', async () => {
        const aborter = new AbortController();
        const seen: unknown[] = [];
        const read = async (): Promise<void> => {
          for await (const event of store.readAll({ signal: aborter.signal })) {
            seen.push(event);
            aborter.abort();
          }
        };
        await expect(read()).rejects.toThrow(/abort/i);
        expect(seen).toHaveLength(1);
      });

      it('reads more than any page holds, while others write', async () => {
        for (let index = 0; index < 30; index += 1) {
          await store.append(
            'thing-3',
            Array.from({ length: 40 }, (_, item) => anEvent(`${index}.${item}`)),
            { expected: 'any' },
          );
        }
        let writer: Promise<unknown> | undefined;
        const revisions: bigint[] = [];
        for await (const event of store.readStream('thing-3')) {
          writer ??= append('thing-4', 'any', 'other');
          revisions.push(event.revision);
        }
        await writer;
        expect(revisions).toEqual(Array.from({ length: 1_200 }, (_, index) => BigInt(index)));
        const backwards = await all(store.readStream('thing-3', { direction: 'backwards' }));
        expect(backwards.map((event) => event.revision)).toEqual([...revisions].reverse());
      });
    });

    describe('subscribing', () => {
      /** Collects messages until `enough` says so, then aborts. */
      const follow = async (
        options: Omit<Parameters<EventStore['subscribeAll']>[0], 'signal'>,
        enough: (messages: readonly SubscriptionMessage[]) => boolean | Promise<boolean>,
      ): Promise<SubscriptionMessage[]> => {
        const aborter = new AbortController();
        const messages: SubscriptionMessage[] = [];
        for await (const message of store.subscribeAll({ ...options, signal: aborter.signal })) {
          messages.push(message);
          if (await enough(messages)) aborter.abort();
        }
        return messages;
      };
      const eventsOf = (messages: readonly SubscriptionMessage[]): StoredEvent[] =>
        messages.flatMap((message) => (message.kind === 'event' ? [message.event] : []));
      const caughtUp = (messages: readonly SubscriptionMessage[]): number =>
        messages.filter((message) => message.kind === 'caughtUp').length;

      it('delivers what is there, says caughtUp, delivers what comes, and says caughtUp again', async () => {
        await append('thing-1', 'any', 'a', 'b');
        const messages = await follow({ after: 'start' }, async (seen) => {
          if (seen.at(-1)?.kind === 'caughtUp' && caughtUp(seen) === 1) await append('thing-2', 'any', 'c');
          return caughtUp(seen) === 2;
        });
        expect(labels(eventsOf(messages))).toEqual(['a', 'b', 'c']);
        expect(messages.filter((message) => message.kind !== 'checkpoint').map((message) => message.kind)).toEqual([
          'event',
          'event',
          'caughtUp',
          'event',
          'caughtUp',
        ]);
      });

      it('is exclusive of the position it starts after, and delivers nothing old from the end', async () => {
        const { position } = await append('thing-1', 'any', 'a');
        await append('thing-1', 'any', 'b');
        expect(labels(eventsOf(await follow({ after: position! }, (seen) => caughtUp(seen) === 1)))).toEqual(['b']);
        expect(eventsOf(await follow({ after: 'end' }, (seen) => caughtUp(seen) === 1))).toEqual([]);
      });

      it('says caughtUp on an empty log', async () => {
        expect(await follow({ after: 'start' }, (seen) => caughtUp(seen) === 1)).toEqual([{ kind: 'caughtUp' }]);
      });

      it('filters by prefixes of stream or type, and says how far it looked in vain', async () => {
        await store.append('alert-1', [anEvent('a', { type: 'AlertRaised' })], { expected: 'any' });
        await store.append('model-1', [anEvent('b', { type: 'ModelMade' })], { expected: 'any' });
        await store.append('alerting-1', [anEvent('c', { type: 'AlertCleared' })], { expected: 'any' });
        const { position } = await store.append('run-1', [anEvent('d', { type: 'RunStarted' })], { expected: 'any' });
        const byStream = await follow({ after: 'start', filter: { streamPrefixes: ['alert-', 'model-'] } }, (seen) => caughtUp(seen) === 1);
        expect(labels(eventsOf(byStream))).toEqual(['a', 'b']);
        const byType = await follow({ after: 'start', filter: { typePrefixes: ['Alert'] } }, (seen) => caughtUp(seen) === 1);
        expect(labels(eventsOf(byType))).toEqual(['a', 'c']);
        expect(byType).toContainEqual({ kind: 'checkpoint', position });
      });

      it('misses and repeats nothing while fifty callers write', async () => {
        const writing = Promise.all(Array.from({ length: 50 }, (_, index) => append(`thing-${index % 7}`, 'any', index)));
        const messages = await follow({ after: 'start' }, (seen) => eventsOf(seen).length === 50);
        await writing;
        expect(new Set(labels(eventsOf(messages))).size).toBe(50);
        const positions = eventsOf(messages).map((event) => event.position.commit);
        expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
      });

      it('ends without an error when the signal aborts while it waits', async () => {
        const aborter = new AbortController();
        const seen: string[] = [];
        for await (const message of store.subscribeAll({ after: 'start', signal: aborter.signal })) {
          seen.push(message.kind);
          setImmediate(() => aborter.abort());
        }
        expect(seen).toEqual(['caughtUp']);
      });

      it('goes on from a position that is not in the log', async () => {
        await append('thing-1', 'any', 'a');
        const messages = await follow({ after: positionOf(0n) }, (seen) => caughtUp(seen) === 1);
        expect(labels(eventsOf(messages))).toEqual(['a']);
      });
    });

    describe('refusing before any I/O', () => {
      it('an event or an append above its size', async () => {
        const tooLarge = anEvent('large', { body: Buffer.alloc(512 * 1024) });
        await expect(store.append('thing-1', [tooLarge], { expected: 'any' })).rejects.toBeInstanceOf(AppendTooLarge);
        const three = ['x', 'y', 'z'].map((name) => anEvent(name, { body: Buffer.alloc(400 * 1024) }));
        await expect(store.append('thing-1', three, { expected: 'any' })).rejects.toBeInstanceOf(AppendTooLarge);
        await store.append('thing-1', three.slice(0, 2), { expected: 'no_stream' });
        expect((await all(store.readStream('thing-1'))).map((event) => event.body.length)).toEqual([409_600, 409_600]);
      });

      it('nothing to append, and one event id twice', async () => {
        await expect(store.append('thing-1', [], { expected: 'any' })).rejects.toThrow(TypeError);
        await expect(append('thing-1', 'any', 'a', 'a')).rejects.toThrow(TypeError);
      });

      it.each(['', 'thing ü', 'a b', 'x'.repeat(201)])('the stream name %p', async (name) => {
        await expect(append(name, 'any', 'a')).rejects.toThrow(TypeError);
        await expect(all(store.readStream(name))).rejects.toThrow(TypeError);
      });

      it('streams that belong to the store', async () => {
        await expect(append('$settings', 'any', 'a')).rejects.toBeInstanceOf(AccessDenied);
        await expect(store.softDelete('$settings', { expected: 'any' })).rejects.toBeInstanceOf(AccessDenied);
      });
    });

    it('answers everything after close with Unavailable and finishes what was waiting', async () => {
      const waiting = append('thing-1', 'any', 'a');
      await store.close();
      await expect(waiting).resolves.toMatchObject({ revision: 0n });
      await expect(append('thing-1', 'any', 'b')).rejects.toEqual(expect.objectContaining({ name: 'Unavailable', outcome: 'not-written' }));
      await expect(all(store.readAll())).rejects.toBeInstanceOf(Unavailable);
      await expect(store.head()).rejects.toBeInstanceOf(Unavailable);
      await store.close();
    });
  });
};
