import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { positionOf } from '#libs/kernel';
import { type FacadeOptions } from '../../../../test/support/eventstore-facade/protocol.js';
import { type Facade, startFacade } from '../../../../test/support/eventstore-facade/start-facade.js';
import { QUICK } from '../../../../test/support/facade-ledger.js';
import { AccessDenied, Corrupt, Unavailable } from '../errors.js';
import { anEvent } from '../event-store.contract.js';
import { type EventFilter, type SubscriptionMessage } from '../store.js';
import { type EventStoreDbEventStore } from './eventstoredb-event-store.js';
import { openEventStoreDb } from './open-eventstoredb.js';

const EVENTS_OF_AN_APPEND = 50;

const drained = async (items: AsyncIterable<unknown>): Promise<number> => {
  let count = 0;
  for await (const _ of items) count += 1;
  return count;
};

describe('a subscription to a server with faults', () => {
  let facade: Facade;
  let store: EventStoreDbEventStore;
  const start = async (options: FacadeOptions = {}): Promise<void> => {
    facade = await startFacade(options);
    // Keep-alive far below what the vendor recommends: a frozen server is to be noticed within a test.
    store = openEventStoreDb({ url: facade.url, timings: { ...QUICK, appendMs: 20_000, keepAliveMs: 500, keepAliveAnswerMs: 500 } });
  };
  beforeAll(() => {
    // The client warns of it.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterAll(() => jest.restoreAllMocks());
  afterEach(async () => {
    await store.close();
    await facade.stop();
  });

  let written = 0;
  beforeEach(() => {
    written = 0;
  });
  /** Writes numbered events, and returns when they are acknowledged. */
  const write = async (count: number, overrides: Parameters<typeof anEvent>[1] = {}): Promise<void> => {
    for (let left = count; left > 0; left -= EVENTS_OF_AN_APPEND) {
      const events = Array.from({ length: Math.min(left, EVENTS_OF_AN_APPEND) }, () => anEvent((written += 1) - 1, overrides));
      await store.append(`thing-${written % 7}`, events, { expected: 'any' });
    }
  };
  const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

  /** Follows the log in the background. `until` resolves when so many events have come. */
  const follow = (
    options: { filter?: EventFilter; paused?: (seen: number) => Promise<void>; onMessage?: (message: SubscriptionMessage) => void } = {},
  ): { seen: number[]; until: (count: number) => Promise<void>; stop: () => Promise<void>; ended: Promise<void> } => {
    const aborter = new AbortController();
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      const { filter, paused, onMessage } = options;
      for await (const message of store.subscribeAll({ after: 'start', signal: aborter.signal, ...(filter ? { filter } : {}) })) {
        onMessage?.(message);
        if (message.kind !== 'event') continue;
        seen.push(Number(JSON.parse(Buffer.from(message.event.body).toString()).label));
        await paused?.(seen.length);
      }
    };
    const ended = run();
    ended.catch(() => undefined);
    const until = async (count: number): Promise<void> => {
      while (seen.length < count) await Promise.race([delay(5), ended]);
    };
    const stop = async (): Promise<void> => {
      aborter.abort();
      await ended;
    };
    return { seen, until, stop, ended };
  };
  const openSubscriptions = async (): Promise<number> => (await facade.control.stats()).openSubscriptions;
  const untilOpen = async (count: number): Promise<void> => {
    while ((await openSubscriptions()) !== count) await delay(5);
  };

  it.each([
    ['whose connection is reset while it catches up', { kind: 'drop-subscription', afterEvents: 20, times: 3 }],
    ['whose look at the log is reset', { kind: 'drop-read', afterEvents: 20, times: 3 }],
    ['that is ended with OK while it catches up', { kind: 'end-subscription', afterEvents: 20, times: 3 }],
    ['that is never confirmed at first', { kind: 'hold-subscription', times: 1 }],
    ['whose look at the log is never answered at first', { kind: 'hold-read', times: 1 }],
  ] as const)('%s delivers everything once and in order', async (_, fault) => {
    await start();
    await write(300);
    await facade.control.inject(fault);
    const following = follow();
    await following.until(300);
    await following.stop();
    expect(following.seen).toEqual(numbers(0, 300));
    await untilOpen(0);
  });

  it.each(['dropConnections', 'endSubscriptions'] as const)(
    'goes on after %s while it is live, and leaves no other open',
    async (order) => {
      await start();
      await write(10);
      const following = follow();
      await following.until(10);
      for (let round = 1; round <= 3; round += 1) {
        await facade.control[order]();
        await write(10);
        await following.until(10 + 10 * round);
        await untilOpen(1);
      }
      await following.stop();
      expect(following.seen).toEqual(numbers(0, 40));
      await untilOpen(0);
    },
  );

  it('goes on after its server was killed in the middle of catching up, again and again', async () => {
    await start({ keepOverRestart: true });
    await write(800);
    const following = follow({ paused: (seen) => delay(seen % 10 === 0 ? 2 : 0) });
    for (const seen of [100, 300, 600]) {
      await following.until(seen);
      await facade.restart();
    }
    await write(100);
    await following.until(900);
    await following.stop();
    expect(following.seen).toEqual(numbers(0, 900));
  });

  it('goes on after its server refused connections for a while', async () => {
    await start();
    await write(5);
    const following = follow();
    await following.until(5);
    await facade.control.refuseConnections(true);
    await delay(500);
    await facade.control.refuseConnections(false);
    await write(5);
    await following.until(10);
    await following.stop();
    expect(following.seen).toEqual(numbers(0, 10));
  });

  it('goes on after its server froze and came back', async () => {
    await start();
    await write(5);
    const following = follow();
    await following.until(5);
    facade.freeze();
    await delay(3_000);
    facade.thaw();
    await write(5);
    await following.until(10);
    await following.stop();
    expect(following.seen).toEqual(numbers(0, 10));
  });

  it('says caughtUp only when it delivered all, also where the server says it often, or never', async () => {
    for (const version of ['24.10.5', '22.10.0']) {
      await start({ version });
      await write(120, { body: Buffer.from('{"label":1}') });
      const kinds: string[] = [];
      const following = follow({ onMessage: ({ kind }) => kinds.push(kind) });
      await following.until(120);
      while (!kinds.includes('caughtUp')) await delay(5);
      expect(kinds.indexOf('caughtUp')).toBeGreaterThan(kinds.lastIndexOf('event'));
      await facade.control.repeatCaughtUp();
      await facade.control.repeatCaughtUp();
      await write(1);
      await following.until(121);
      await following.stop();
      if (version !== '22.10.0') {
        await store.close();
        await facade.stop();
      }
    }
  });

  describe('with a filter', () => {
    const filter = { typePrefixes: ['Wanted'] };

    it('passes over what it does not want, though its server tells checkpoints rarely, and tells so', async () => {
      await start();
      await write(10, { type: 'WantedFirst' });
      const positions: bigint[] = [];
      const following = follow({
        filter,
        onMessage: (message) => {
          if (message.kind === 'checkpoint') positions.push(message.position.commit);
        },
      });
      await following.until(10);
      await write(3);
      const head = (await store.head())?.commit ?? 0n;
      while ((positions.at(-1) ?? 0n) < head) await delay(5);
      expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
      await following.stop();
    });

    // 24.10.4 and 25.0.0 name the end of the log; all servers name places between events while they catch up, with 0 for prepare.
    it.each(['24.10.4', '24.10.5', '25.0.0', '26.0.0'])(
      'misses nothing where checkpoints name places between events, and tells none of them (%s)',
      async (version) => {
        await start({ version });
        for (let round = 0; round < 4; round += 1) {
          await write(40);
          await write(2, { type: 'WantedNext' });
        }
        const odd: SubscriptionMessage[] = [];
        const following = follow({
          filter,
          onMessage: (message) => {
            if (message.kind === 'checkpoint' && message.position.commit !== message.position.prepare) odd.push(message);
          },
        });
        await following.until(8);
        for (let round = 0; round < 5; round += 1) {
          await facade.control.dropConnections();
          await write(40);
          await write(1, { type: 'WantedLater' });
        }
        await following.until(13);
        await following.stop();
        expect(following.seen).toHaveLength(13);
        expect(odd).toEqual([]);
        expect(following.seen).toEqual([...following.seen].sort((a, b) => a - b));
      },
    );
  });

  it('ends with the error of a consumer that fails at a checkpoint, and leaves nothing open', async () => {
    await start();
    await write(100);
    const following = follow({
      filter: { typePrefixes: ['Wanted'] },
      onMessage: ({ kind }) => {
        if (kind === 'checkpoint') throw new Error('the disk is gone');
      },
    });
    await expect(following.ended).rejects.toThrow('the disk is gone');
    await untilOpen(0);
  });

  it('leaves on the server what a slow consumer does not take', async () => {
    await start();
    await write(1_000, { body: Buffer.from(JSON.stringify({ label: 0, padding: 'x'.repeat(2_000) })) });
    const before = (await facade.control.stats()).messagesWritten;
    const following = follow({ paused: async (seen) => void (seen === 20 && (await delay(1_000))) });
    await following.until(20);
    await delay(700);
    expect((await facade.control.stats()).messagesWritten - before).toBeLessThan(400);
    await following.until(1_000);
    // A busy consumer is not taken for a silent server: nothing was read a second time to make sure. What is sent beside the events of
    // the log are the confirmation, caughtUp, and what a look behind the last event finds.
    const sent = (await facade.control.stats()).messagesWritten - before;
    expect(sent).toBeLessThan((await facade.control.entries()).length + 10);
    await following.stop();
  });

  it('is refused at once when the user may not read the log', async () => {
    await start();
    await write(1);
    await facade.control.inject({ kind: 'deny-all', times: Infinity });
    await expect(follow().ended).rejects.toBeInstanceOf(AccessDenied);
  });

  it('ends as Corrupt when the position it is to go on from is none of this log', async () => {
    await start();
    await write(2);
    const { position } = await store.append('thing-9', [anEvent('z')], { expected: 'any' });
    const between = positionOf((position?.commit ?? 0n) - 1n);
    const { signal } = new AbortController();
    for (const filter of [{}, { filter: { typePrefixes: ['Thing'] } }])
      await expect(drained(store.subscribeAll({ after: between, signal, ...filter }))).rejects.toBeInstanceOf(Corrupt);
    await expect(drained(store.readAll({ from: between }))).rejects.toBeInstanceOf(Corrupt);
    await untilOpen(0);
  });

  it('from the end of an empty log misses nothing that is written while its connection is lost', async () => {
    await start();
    const slow = openEventStoreDb({ url: facade.url, timings: { ...QUICK, pauseMs: 500, pauseMsMax: 500 } });
    const aborter = new AbortController();
    const following = (async () => {
      for await (const message of slow.subscribeAll({ after: 'end', signal: aborter.signal }))
        if (message.kind === 'event') return message.event.revision;
      return undefined;
    })();
    await untilOpen(1);
    await facade.control.endSubscriptions();
    await write(1);
    expect(await following).toBe(0n);
    await slow.close();
  });

  it('tells how long the server has been silent', async () => {
    await start();
    await write(1);
    expect(store.silentMs).toBeUndefined();
    const following = follow();
    await following.until(1);
    await delay(300);
    expect(store.silentMs).toBeGreaterThan(100);
    await following.stop();
    expect(store.silentMs).toBeUndefined();
  });

  it('ends as Unavailable when the store is closed under it', async () => {
    await start();
    await write(1);
    const following = follow();
    await following.until(1);
    await store.close();
    await expect(following.ended).rejects.toBeInstanceOf(Unavailable);
  });
});
