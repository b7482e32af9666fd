import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { type CommandMeta, type Position, type Recorded, derivedId, idOfName, positionOf } from '#libs/kernel';
import { behind } from './behind.js';
import { EventCodec } from './codec.js';
import { defineEvent } from './define-event.js';
import { Unavailable } from './errors.js';
import { InMemoryCheckpointStore } from './memory/memory-checkpoint-store.js';
import { InMemoryEventStore } from './memory/memory-event-store.js';
import { EventParked } from './parking.js';
import { reactorSubscription } from './reactor.js';
import { type StoredEvent } from './store.js';
import { type DecodedSubscription, type Subscription } from './subscription.js';
import { SubscriptionRunner } from './subscription-runner.js';
import { type SubscriptionRunnerOptions } from './subscription-runner-options.js';

const Rang = defineEvent('BellRang', { version: 1, schema: z.object({ times: z.number() }) });
const Cracked = defineEvent('BellCracked', { version: 1, schema: z.object({}) });
const codec = new EventCodec([Rang, Cracked, EventParked]);
const meta = (name: string): CommandMeta => ({
  commandId: idOfName('bell', name),
  correlationId: idOfName('bell', 'correlation'),
  causationId: idOfName('bell', 'cause'),
  actor: { principalId: idOfName('bell', 'actor'), kind: 'person', via: 'login' },
  source: { surface: 'cli', addressClass: 'process' },
});

describe('SubscriptionRunner', () => {
  let store: InMemoryEventStore;
  let checkpoints: InMemoryCheckpointStore;
  let runner: SubscriptionRunner | undefined;
  let rings = 0;
  beforeEach(() => {
    store = new InMemoryEventStore();
    checkpoints = new InMemoryCheckpointStore();
    rings = 0;
  });
  afterEach(async () => {
    await runner?.stop();
    await store.close();
  });

  const append = async (data: { type: string; data: unknown }, stream = 'bell-1'): Promise<Position> => {
    rings += 1;
    const event = codec.encode(data, meta(`${rings}`), idOfName('bell event', `${rings}`));
    return (await store.append(stream, [event], { expected: 'any' })).position ?? positionOf(0n);
  };
  const ring = (times: number, stream?: string): Promise<Position> => append(Rang.make({ times }), stream);
  const start = async (subscription: Subscription, options: Partial<SubscriptionRunnerOptions> = {}): Promise<SubscriptionRunner> => {
    runner = new SubscriptionRunner({ store, codec, checkpoints, subscription, pauseMs: 1, ...options });
    await runner.start();
    return runner;
  };
  const timesOf = (batch: readonly Recorded[]): number[] => batch.map((event) => z.object({ times: z.number() }).parse(event.data).times);
  /** Collects batches; `handle` of a spec decides what fails. */
  const collector = (overrides: Partial<DecodedSubscription> = {}): DecodedSubscription & { batches: number[][] } => {
    const batches: number[][] = [];
    return {
      name: 'collector',
      handles: ['BellRang'],
      onPoison: 'stop',
      batches,
      handle: async (batch) => void batches.push(timesOf(batch)),
      ...overrides,
    };
  };
  const fails = (times: number, batches: number[][], until = Infinity): DecodedSubscription['handle'] => {
    let failures = 0;
    return async (batch) => {
      if (timesOf(batch).includes(times) && (failures += 1) <= until) throw new Error(`cannot ring ${times} times`);
      batches.push(timesOf(batch));
    };
  };

  it('hands over what was there and what comes, in order, and moves the checkpoint after the batch', async () => {
    await ring(1);
    await append(Cracked.make({}));
    const second = await ring(2);
    const collected = collector();
    const running = await start(collected);
    expect(await running.caughtUpTo(second, 1_000)).toBe(true);
    const third = await ring(3);
    expect(await running.caughtUpTo(third, 1_000)).toBe(true);
    expect(collected.batches).toEqual([[1, 2], [3]]);
    expect((await behind(store, running.position())).events).toBe(0);
    await running.stop();
    expect(await checkpoints.load('collector')).toEqual(third);
  });

  it('goes on after its checkpoint when it is started again', async () => {
    const first = await ring(1);
    const before = collector();
    await (await start(before)).caughtUpTo(first, 1_000);
    await runner?.stop();
    const second = await ring(2);
    const after = collector();
    await (await start(after)).caughtUpTo(second, 1_000);
    expect(after.batches).toEqual([[2]]);
  });

  it('cuts batches by number and by bytes', async () => {
    let last = positionOf(0n);
    for (let times = 1; times <= 5; times += 1) last = await ring(times);
    const byNumber = collector({ name: 'number' });
    await (await start(byNumber, { eventsMax: 2 })).caughtUpTo(last, 1_000);
    await runner?.stop();
    const byBytes = collector({ name: 'bytes' });
    await (await start(byBytes, { bytesMax: 22 })).caughtUpTo(last, 1_000);
    expect([byNumber.batches, byBytes.batches]).toEqual([
      [[1, 2], [3, 4], [5]],
      [[1, 2], [3, 4], [5]],
    ]);
  });

  it('lets events wait for company after a batch, and hands over the first one after a pause at once', async () => {
    const collected = collector({ lingerMs: 30 });
    const running = await start(collected);
    await running.caughtUpTo(await ring(1), 1_000);
    await ring(2);
    await nextTurn();
    await ring(3);
    while (collected.batches.flat().length < 3) await nextTurn();
    expect(collected.batches).toEqual([[1], [2, 3]]);
  });

  it('does not let anybody wait for company who waits for a position', async () => {
    const collected = collector({ lingerMs: 60_000 });
    const running = await start(collected);
    await running.caughtUpTo(await ring(1), 1_000);
    const second = await ring(2);
    await nextTurn();
    expect(await running.caughtUpTo(second, 1_000)).toBe(true);
    const third = running.caughtUpTo(positionOf(second.commit + 1n), 1_000);
    await ring(3);
    expect(await third).toBe(true);
    expect(collected.batches).toEqual([[1], [2], [3]]);
  });

  it('hands over a full batch without waiting, and stops while one waits', async () => {
    const collected = collector({ lingerMs: 60_000 });
    const running = await start(collected, { eventsMax: 2 });
    await running.caughtUpTo(await ring(1), 1_000);
    await Promise.all([ring(2), ring(3)]);
    const last = await ring(4);
    while (collected.batches.length < 2) await nextTurn();
    await running.stop();
    expect(collected.batches).toEqual([[1], [2, 3]]);
    expect((await checkpoints.load('collector'))?.commit).toBe(last.commit - 1n);
  });

  it('passes over events of other types, and over a type that only begins alike', async () => {
    const Rangs = defineEvent('BellRangTwice', { version: 1, schema: z.object({}) });
    const other = new EventCodec([Rangs]).encode(Rangs.make({}), meta('other'), idOfName('bell', 'other'));
    const { position } = await store.append('bell-1', [other], { expected: 'any' });
    const collected = collector();
    expect(await (await start(collected)).caughtUpTo(position ?? positionOf(9n), 1_000)).toBe(true);
    expect(collected.batches).toEqual([]);
  });

  it('never sees streams that describe subscriptions', async () => {
    await ring(1, 'checkpoint-collector');
    await ring(2, 'parked-collector');
    const last = await ring(3);
    for (const handles of [['BellRang'], 'all'] as const) {
      const collected = collector({ name: `of ${String(handles)}`, handles });
      await (await start(collected)).caughtUpTo(last, 1_000);
      await runner?.stop();
      expect(collected.batches).toEqual([[3]]);
    }
  });

  it('hands over stored bytes undecoded when asked to', async () => {
    const last = await ring(1);
    const seen: StoredEvent[] = [];
    const raw: Subscription = {
      name: 'raw',
      handles: ['BellRang'],
      onPoison: 'stop',
      raw: true,
      handle: async (batch) => void seen.push(...batch),
    };
    await (await start(raw)).caughtUpTo(last, 1_000);
    expect(seen.map((event) => Buffer.from(event.body).toString())).toEqual(['{"times":1}']);
  });

  it('tries again what fails for a moment', async () => {
    const last = await ring(1);
    const batches: number[][] = [];
    const running = await start(collector({ handle: fails(1, batches, 2) }));
    expect(await running.caughtUpTo(last, 1_000)).toBe(true);
    expect(batches).toEqual([[1]]);
  });

  it('stops loudly on poison, keeps its place, and says so to who waits', async () => {
    const first = await ring(1);
    const batches: number[][] = [];
    const failures: Error[] = [];
    const running = await start(collector({ handle: fails(2, batches) }), { onFailure: (error) => failures.push(error) });
    await running.caughtUpTo(first, 1_000);
    const second = await ring(2);
    await expect(running.caughtUpTo(second, 1_000)).rejects.toThrow('cannot ring 2 times');
    expect(running.failure?.message).toBe('cannot ring 2 times');
    expect(failures).toHaveLength(1);
    expect((await behind(store, running.position())).events).toBe(1);
    await expect(running.caughtUpTo(second, 1_000)).rejects.toThrow('cannot ring 2 times');
    await running.stop();
    expect(await checkpoints.load('collector')).toEqual(first);
  });

  it('stops on an event it cannot read, without asking the handler', async () => {
    const stranger = new EventCodec([
      defineEvent('BellRang', {
        version: 9,
        schema: z.object({}),
        upcasters: Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((n) => [n, (old: unknown) => old])),
      }),
    ]);
    const { position } = await store.append('bell-1', [stranger.encode({ type: 'BellRang', data: {} }, meta('x'), idOfName('bell', 'x'))], {
      expected: 'any',
    });
    const running = await start(collector());
    await expect(running.caughtUpTo(position ?? positionOf(9n), 1_000)).rejects.toThrow(/newer than this release/);
  });

  it('parks only the poison, once, and hands over its neighbours', async () => {
    for (const times of [1, 2]) await ring(times);
    const last = await ring(3);
    const batches: number[][] = [];
    await (await start(collector({ onPoison: 'park', handle: fails(2, batches) }))).caughtUpTo(last, 1_000);
    await runner?.stop();
    await checkpoints.save('collector', positionOf(0n));
    await (await start(collector({ onPoison: 'park', handle: fails(2, batches) }))).caughtUpTo(last, 1_000);
    expect(batches).toEqual([[1], [3], [1], [3]]);
    const parked: Recorded[] = [];
    for await (const stored of store.readStream('parked-collector')) parked.push(codec.decode(stored));
    expect(parked.map((event) => event.data)).toEqual([
      {
        subscription: 'collector',
        stream: 'bell-1',
        revision: 1n,
        position: '2',
        eventType: 'BellRang',
        error: 'Error: cannot ring 2 times',
      },
    ]);
  });

  it('asks a consumer that knows how far its data reach, at start and after every error', async () => {
    const first = await ring(1);
    await ring(2);
    const last = await ring(3);
    await checkpoints.save('collector', last);
    const asked: (Position | undefined)[] = [];
    const batches: number[][] = [];
    const resumeFrom = async (checkpoint: Position | undefined): Promise<Position> => {
      asked.push(checkpoint);
      return first;
    };
    const running = await start(collector({ resumeFrom, handle: fails(3, batches, 1) }), { eventsMax: 1 });
    expect(await running.caughtUpTo(last, 1_000)).toBe(true);
    expect(batches).toEqual([[2], [2], [3]]);
    expect(asked).toEqual([last, positionOf(2n)]);
  });

  it('does not try for ever when the error comes back at the same place', async () => {
    const first = await ring(1);
    const last = await ring(2);
    const batches: number[][] = [];
    const running = await start(collector({ resumeFrom: async () => positionOf(0n), handle: fails(2, batches) }), { eventsMax: 1 });
    await expect(running.caughtUpTo(last, 1_000)).rejects.toThrow('cannot ring 2 times');
    expect(batches).toEqual([[1], [1], [1]]);
    expect(await checkpoints.load('collector')).toEqual(first);
  });

  it('waits for an engine that is away, however long it takes, says what it waits for, and goes on by itself', async () => {
    const last = await ring(1);
    for (const resumeFrom of [undefined, async (checkpoint: Position | undefined) => checkpoint]) {
      let away = 12;
      const batches: number[][] = [];
      const troubles: string[] = [];
      const collected = collector({
        name: resumeFrom ? 'projector' : 'reactor',
        onPoison: resumeFrom ? 'stop' : 'park',
        ...(resumeFrom ? { resumeFrom } : {}),
        handle: async (batch) => {
          if ((away -= 1) >= 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
          batches.push(timesOf(batch));
        },
      });
      const running = await start(collected, { pauseMs: 0, onTrouble: (error) => troubles.push(error.message) });
      expect(await running.caughtUpTo(last, 2_000)).toBe(true);
      expect([batches, troubles, running.failure]).toEqual([[[1]], ['ENOSPC: no space left on device, write'], undefined]);
      await running.stop();
      expect(running.trouble).toBeUndefined();
      expect(await checkpoints.load(collected.name)).toEqual(last);
    }
    const types: string[] = [];
    for await (const { type } of store.readAll()) types.push(type);
    expect(types).toEqual(['BellRang']);
  });

  it('goes on after its checkpoint could not be saved for a while', async () => {
    const last = await ring(1);
    const save = checkpoints.save.bind(checkpoints);
    let full = 5;
    const saved = new Promise<void>((resolve) => {
      checkpoints.save = async (name, position) => {
        if ((full -= 1) >= 0) throw new Unavailable('not-written', 'the event log could not be written');
        await save(name, position);
        resolve();
      };
    });
    const collected = collector();
    const running = await start(collected, { pauseMs: 0 });
    expect(await running.caughtUpTo(last, 1_000)).toBe(true);
    await saved;
    const next = await ring(2);
    expect(await running.caughtUpTo(next, 1_000)).toBe(true);
    await running.stop();
    expect([collected.batches, running.failure, await checkpoints.load('collector')]).toEqual([[[1], [2]], undefined, next]);
  });

  it('stops in order though its checkpoint cannot be saved', async () => {
    const last = await ring(1);
    checkpoints.save = () => Promise.reject(new Unavailable('not-written', 'the event log could not be written'));
    const running = await start(collector(), { pauseMs: 0 });
    expect(await running.caughtUpTo(last, 1_000)).toBe(true);
    await running.stop();
    expect(running.failure).toBeUndefined();
  });

  it('cuts batches by the size that events have before compression, so that few bytes on the disk do not fill the memory', async () => {
    const Long = defineEvent('BellSang', { version: 1, schema: z.object({ times: z.number(), song: z.string() }) });
    const both = new EventCodec([Long]);
    let last = positionOf(0n);
    for (let times = 1; times <= 4; times += 1) {
      const event = both.encode(Long.make({ times, song: 'la'.repeat(50_000) }), meta(`song ${times}`), idOfName('song', `${times}`));
      expect(event.body.length).toBeLessThan(2_000);
      last = (await store.append('bell-1', [event], { expected: 'any' })).position ?? last;
    }
    const collected = collector({ handles: ['BellSang'] });
    await (await start(collected, { codec: both, bytesMax: 150_000 })).caughtUpTo(last, 1_000);
    expect(collected.batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('passes over the end of the log together with the batch before it', async () => {
    await ring(1);
    const last = await ring(2, 'parked-collector');
    let moved = 0;
    const running = await start(collector({ handles: 'all' }), { onMoved: () => (moved += 1) });
    expect(await running.caughtUpTo(last, 1_000)).toBe(true);
    expect([(await behind(store, running.position())).events, moved]).toEqual([0, 2]);
  });

  it('answers false when a position is not reached in time, and refuses who waits when it is stopped', async () => {
    const running = await start(collector());
    expect(await running.caughtUpTo(positionOf(99n), 5)).toBe(false);
    const waiting = expect(running.caughtUpTo(positionOf(99n), 5_000)).rejects.toThrow(/was stopped/);
    await running.stop();
    await waiting;
  });

  it('stops in the middle of a batch that listens to the signal, without moving the checkpoint', async () => {
    await ring(1);
    let entered = (): void => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const running = await start(
      collector({
        handle: (_, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('aborted')));
            entered();
          }),
      }),
    );
    await inside;
    await running.stop();
    expect(running.failure).toBeUndefined();
    expect(await checkpoints.load('collector')).toBeUndefined();
  });

  it('can be started again after its start failed', async () => {
    const last = await ring(1);
    let away = true;
    const resumeFrom = async (): Promise<Position> => {
      if (away) throw new Error('the tables are away');
      return positionOf(0n);
    };
    const collected = collector({ resumeFrom });
    const heard: string[] = [];
    await expect(start(collected, { onFailure: (error) => heard.push(error.message) })).rejects.toThrow('the tables are away');
    expect([runner?.failure?.message, heard]).toEqual(['the tables are away', ['the tables are away']]);
    away = false;
    expect(await (await start(collected)).caughtUpTo(last, 1_000)).toBe(true);
  });

  it('starts while an engine is away, and begins by itself when it is back', async () => {
    const last = await ring(1);
    let away = 3;
    const passing = async (): Promise<undefined> => {
      if ((away -= 1) >= 0) throw new Unavailable('unknown', 'the read model does not answer');
      return undefined;
    };
    const collected = collector({ resumeFrom: passing });
    const running = await start(collected);
    expect(running.trouble?.message).toBe('the read model does not answer');
    expect(await running.caughtUpTo(last, 1_000)).toBe(true);
    expect([collected.batches, running.trouble, running.failure]).toEqual([[[1]], undefined, undefined]);
  });

  it('does not start twice', async () => {
    const running = await start(collector());
    await expect(running.start()).rejects.toThrow('subscription collector is running');
  });

  it('gives a reactor the same command ids for the same event, however often it is replayed', async () => {
    const last = await ring(1);
    const ids: string[] = [];
    const reactor = reactorSubscription({
      name: 'ringer',
      handles: ['BellRang'],
      onPoison: 'stop',
      react: async (event, metaFor) => {
        expect(metaFor()).toMatchObject({
          commandId: derivedId(event.id, 'ringer'),
          causationId: event.id,
          correlationId: meta('x').correlationId,
          actor: { kind: 'job' },
        });
        ids.push(metaFor().commandId, metaFor('twice').commandId);
      },
    });
    await (await start(reactor)).caughtUpTo(last, 1_000);
    await runner?.stop();
    await checkpoints.save('ringer', positionOf(0n));
    await (await start(reactor)).caughtUpTo(last, 1_000);
    expect(ids.slice(0, 2)).toEqual(ids.slice(2));
    expect(new Set(ids).size).toBe(2);
  });
});
