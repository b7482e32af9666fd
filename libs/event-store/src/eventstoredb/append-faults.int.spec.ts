import { type FacadeOptions, type Fault } from '../../../../test/support/eventstore-facade/protocol.js';
import { type Facade, startFacade } from '../../../../test/support/eventstore-facade/start-facade.js';
import { FacadeLedger, QUICK } from '../../../../test/support/facade-ledger.js';
import { AppendTooLarge, Timeout, Unavailable, WrongExpectedRevision } from '../errors.js';
import { anEvent } from '../event-store.contract.js';
import { type AppendResult, type ExpectedRevision } from '../store.js';
import { type AppendMode } from './connection.js';
import { type EventStoreDbEventStore } from './eventstoredb-event-store.js';
import { openEventStoreDb } from './open-eventstoredb.js';

/** What goes wrong with one append whose events are in the log, or are not. */
const UNKNOWN_OUTCOMES: readonly (readonly [string, AppendMode, Fault])[] = [
  ['never answered, not written (plain)', 'plain', { kind: 'hold-append', written: false }],
  ['never answered, but written (plain)', 'plain', { kind: 'hold-append', written: true }],
  ['never answered, not written (batch)', 'batch', { kind: 'hold-append', written: false }],
  ['never answered, but written (batch)', 'batch', { kind: 'hold-append', written: true }],
  ['ended with OK instead of an answer, not written', 'batch', { kind: 'end-batch', written: false }],
  ['ended with OK instead of an answer, but written', 'batch', { kind: 'end-batch', written: true }],
  ['answered UNAVAILABLE, not written (plain)', 'plain', { kind: 'append-unavailable', written: false }],
  ['answered UNAVAILABLE, but written (plain)', 'plain', { kind: 'append-unavailable', written: true }],
  ['answered UNAVAILABLE, not written (batch)', 'batch', { kind: 'append-unavailable', written: false }],
  ['answered UNAVAILABLE, but written (batch)', 'batch', { kind: 'append-unavailable', written: true }],
  ['answered Timeout and then success', 'batch', { kind: 'answer-late', delayMs: 50 }],
  ['answered twice', 'batch', { kind: 'answer-twice' }],
  ['answered after an answer that nobody asked for', 'batch', { kind: 'answer-unknown-id' }],
];
/** The two modes differ in how a call fails, not in what is done about it: one of each kind is enough for the second. */
const EXPECTATIONS: Readonly<Record<AppendMode, readonly ExpectedRevision[]>> = {
  plain: ['no_stream', 1n, 'any', 'stream_exists'],
  batch: [1n, 'any'],
};

describe('an append to a server with faults', () => {
  let facade: Facade;
  let store: EventStoreDbEventStore;
  let ledger: FacadeLedger;
  let streams = 0;
  const open = (appendMode: AppendMode, timings: Partial<typeof QUICK> = {}): void => {
    store = openEventStoreDb({ url: facade.url, appendMode, timings: { ...QUICK, ...timings } });
  };
  const start = async (options: FacadeOptions = {}): Promise<void> => {
    facade = await startFacade(options);
    ledger = new FacadeLedger(facade);
  };
  const append = async (stream: string, expected: ExpectedRevision, ...labels: string[]): Promise<AppendResult> => {
    const events = labels.map((label) => anEvent(`${stream} ${label}`));
    const told = ledger.tries(stream, events);
    const result = await store.append(stream, events, { expected });
    told.wrote();
    return result;
  };
  /** A stream with two events, unless it is to have none. */
  const aStream = async (expected: ExpectedRevision): Promise<string> => {
    const stream = `thing-${(streams += 1)}`;
    if (expected !== 'no_stream') await append(stream, 'no_stream', 'x', 'y');
    return stream;
  };

  describe('once', () => {
    beforeAll(() => start());
    afterAll(() => facade.stop());
    afterEach(() => store.close());

    it.each(UNKNOWN_OUTCOMES.flatMap(([name, mode, fault]) => EXPECTATIONS[mode].map((expected) => ({ name, mode, fault, expected }))))(
      '$name: writes once and is acknowledged as fresh (expected $expected)',
      async ({ mode, fault, expected }) => {
        open(mode);
        const stream = await aStream(expected);
        await facade.control.inject(fault);
        const result = await append(stream, expected, 'a', 'b');
        await facade.control.heal();
        // What was held arrives after all.
        await facade.control.releaseHeld();
        expect(result).toEqual({ revision: expected === 'no_stream' ? 1n : 3n, position: expect.anything() });
        expect(await ledger.wrongs()).toEqual([]);
      },
    );

    it.each(['any', 'stream_exists', 1n] as const)(
      'written but answered UNAVAILABLE by a server that has forgotten its ids: writes once (expected %p)',
      async (expected) => {
        open('plain', { pauseMs: 600, pauseMsMax: 600 });
        const stream = await aStream(expected);
        const before = await ledger.count();
        await facade.control.inject({ kind: 'append-unavailable', written: true });
        const appending = append(stream, expected, 'a');
        while ((await ledger.count()) === before);
        await facade.control.forgetEventIds();
        await expect(appending).resolves.toMatchObject({ revision: 2n });
        expect(await ledger.wrongs()).toEqual([]);
      },
    );

    it('that finds somebody else ahead after an unknown outcome writes behind them with any, and is refused with its revision', async () => {
      open('plain');
      const other = openEventStoreDb({ url: facade.url, timings: QUICK });
      const stream = await aStream('any');
      const overtaken = async (expected: ExpectedRevision, label: string): Promise<AppendResult> => {
        await facade.control.inject({ kind: 'hold-append', written: false });
        const appending = append(stream, expected, label);
        appending.catch(() => undefined);
        // The first try is held; what the other one writes comes before the second.
        while ((await facade.control.stats()).appends.plain === 0);
        await other.append(stream, [anEvent(`${stream} other ${label}`)], { expected: 'any' });
        return appending;
      };
      await expect(overtaken('any', 'a')).resolves.toMatchObject({ revision: 3n });
      await expect(overtaken(3n, 'b')).rejects.toMatchObject(new WrongExpectedRevision(stream, 3n, 4n));
      await other.close();
      expect(await ledger.wrongs()).toEqual([]);
    });

    it('is refused without reaching the server when it holds nothing', async () => {
      open('batch');
      await store.head();
      const before = (await facade.control.stats()).appends;
      await expect(store.append('thing-0', [], { expected: 'any' })).rejects.toThrow(TypeError);
      expect((await facade.control.stats()).appends).toEqual(before);
    });

    it.each(['plain', 'batch'] as const)('tells the revision that is really there when it is refused (%s)', async (mode) => {
      open(mode);
      const stream = await aStream('no_stream');
      await append(stream, 'no_stream', ...Array.from({ length: 10 }, (_, index) => `${index}`));
      await expect(append(stream, 'no_stream', 'z')).rejects.toMatchObject(new WrongExpectedRevision(stream, 'no_stream', 9n));
      await expect(append(stream, 4n, 'z')).rejects.toMatchObject(new WrongExpectedRevision(stream, 4n, 9n));
      await expect(append('thing-none', 4n, 'z')).rejects.toMatchObject(new WrongExpectedRevision('thing-none', 4n, 'no_stream'));
    });

    it.each([
      ['plain', 'append'],
      ['plain', 'event'],
      ['batch', 'append'],
      ['batch', 'event'],
    ] as const)('is AppendTooLarge when the server says so (%s, the whole %s)', async (mode, of) => {
      open(mode);
      await facade.control.inject({ kind: 'append-too-large', of });
      await expect(append(await aStream('no_stream'), 'no_stream', 'a')).rejects.toBeInstanceOf(AppendTooLarge);
    });
  });

  it.each(['plain', 'batch'] as const)(
    'that is larger than this server takes is AppendTooLarge, and not tried again (%s)',
    async (mode) => {
      await start({ maxAppendBytes: 10_000 });
      open(mode);
      const large = anEvent('large', { body: Buffer.alloc(20_000) });
      await expect(store.append('thing-1', [large], { expected: 'any' })).rejects.toMatchObject({ name: 'AppendTooLarge', limit: 10_000 });
      const { plain, batch } = (await facade.control.stats()).appends;
      expect(plain + batch).toBe(1);
      expect(await ledger.count()).toBe(0);
      await store.close();
      await facade.stop();
    },
  );

  describe('for long', () => {
    beforeEach(() => start());
    afterEach(async () => {
      await store.close();
      await facade.stop();
    });

    it.each(['plain', 'batch'] as const)('ends as Unavailable with an unknown outcome, and in the time it was given (%s)', async (mode) => {
      open(mode);
      await append('thing-1', 'no_stream', 'x');
      await facade.control.inject({ kind: 'hold-append', written: true, times: Infinity });
      const begun = performance.now();
      await expect(append('thing-1', 0n, 'a')).rejects.toMatchObject({ name: 'Unavailable', outcome: 'unknown' });
      expect(performance.now() - begun).toBeLessThan(QUICK.appendMs + 2_000);
      const event = anEvent('thing-1 a');
      await expect(store.append('thing-1', [event], { expected: 0n, timeoutMs: 300 })).rejects.toBeInstanceOf(Timeout);
      await facade.control.heal();
      // Whoever was told that the outcome is unknown asks again and learns it.
      await expect(append('thing-1', 0n, 'a')).resolves.toMatchObject({ revision: 1n });
      expect(await ledger.wrongs()).toEqual([]);
    });

    it('goes on while the server does not say what it can do', async () => {
      open('batch');
      await facade.control.inject({ kind: 'features-unavailable', times: 3 });
      await append('thing-1', 'any', 'a');
      expect(await ledger.wrongs()).toEqual([]);
    });

    it('ends as Unavailable when the server never says what it can do', async () => {
      open('batch', { appendMs: 500 });
      await facade.control.inject({ kind: 'features-unavailable', times: Infinity });
      await expect(append('thing-1', 'any', 'a')).rejects.toBeInstanceOf(Unavailable);
      expect(await ledger.count()).toBe(0);
    });

    it('of one client is not lost by what happens to another client in the same process', async () => {
      const neighbourFacade = await startFacade();
      const neighbour = openEventStoreDb({ url: neighbourFacade.url, appendMode: 'batch', timings: QUICK });
      await neighbour.append('thing-9', [anEvent('x')], { expected: 'any' });
      open('batch');
      await append('thing-1', 'no_stream', 'x');
      await facade.control.inject({ kind: 'slow-append', delayMs: 300 });
      const slow = append('thing-1', 0n, 'a');
      await neighbourFacade.control.inject({ kind: 'append-unavailable', written: true });
      await neighbour.append('thing-9', [anEvent('y')], { expected: 0n });
      await expect(slow).resolves.toEqual({ revision: 1n, position: expect.anything() });
      expect(await ledger.wrongs()).toEqual([]);
      await neighbour.close();
      await neighbourFacade.stop();
    });

    it('is written once by fifty callers whose server is killed again and again', async () => {
      await facade.stop();
      await start({ keepOverRestart: true });
      open('plain', { appendMs: 20_000 });
      const writers = Array.from({ length: 50 }, async (_, writer) => {
        let last: ExpectedRevision = writer % 2 === 0 ? 'no_stream' : 'any';
        for (let index = 0; index < 10; index += 1) {
          const { revision } = await append(`thing-${writer}`, last, `${index}`);
          if (last !== 'any') last = revision;
        }
      });
      const done = Promise.all(writers);
      for (let kills = 0; kills < 3; kills += 1) {
        await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 250))]);
        await facade.restart();
      }
      await done;
      expect(await ledger.count()).toBe(500);
      expect(await ledger.wrongs()).toEqual([]);
    });
  });
});
