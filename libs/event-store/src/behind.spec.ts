import { type CommandMeta, type Position, idOfName, instant, positionOf } from '#libs/kernel';
import { z } from 'zod';
import { behind } from './behind.js';
import { EventCodec } from './codec.js';
import { defineEvent } from './define-event.js';
import { InMemoryEventStore } from './memory/memory-event-store.js';
import { type ReadAllOptions, type StoredEvent } from './store.js';

const Ticked = defineEvent('Ticked', { version: 1, schema: z.object({ tick: z.number() }) });
const codec = new EventCodec([Ticked]);
const id = idOfName('behind', 'spec');
const meta: CommandMeta = {
  ...{ commandId: id, correlationId: id, causationId: id },
  actor: { principalId: id, kind: 'job', via: 'spec' },
  source: { surface: 'internal', addressClass: 'process' },
};

/** Positions as on a server: each is the byte at which the event begins. */
class ByteStore extends InMemoryEventStore {
  override async head(): Promise<Position | undefined> {
    const head = await super.head();
    return head && positionOf(head.commit * 1_000n);
  }
  override async *readAll({ from, ...options }: ReadAllOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
    const begin = typeof from === 'object' ? positionOf(from.commit / 1_000n) : from;
    for await (const event of super.readAll({ ...options, ...(begin !== undefined && { from: begin }) }))
      yield { ...event, position: positionOf(event.position.commit * 1_000n) };
  }
}

describe('how far a reader is behind', () => {
  const clock = { time: 1_000, now: () => instant((clock.time += 1_000)) };
  let ticks = 0;
  const write = async (store: InMemoryEventStore, stream: string, count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      ticks += 1;
      await store.append(stream, [codec.encode(Ticked.make({ tick: ticks }), meta, idOfName('behind', `${ticks}`))], { expected: 'any' });
    }
  };
  beforeEach(() => (clock.time = 1_000));

  it('is nothing at the head of the log, and in an empty one', async () => {
    const store = new ByteStore(clock);
    expect(await behind(store, undefined)).toEqual({ events: 0, since: undefined });
    await write(store, 'tick-1', 3);
    expect(await behind(store, await store.head())).toEqual({ events: 0, since: undefined });
  });

  it('is a number of events, not of bytes, since the oldest of them', async () => {
    const store = new ByteStore(clock);
    await write(store, 'tick-1', 20);
    expect(await behind(store, positionOf(5_000n))).toEqual({ events: 15, since: 7_000 });
    expect(await behind(store, undefined)).toEqual({ events: 20, since: 2_000 });
  });

  it('is estimated where it is much', async () => {
    const store = new ByteStore(clock);
    await write(store, 'tick-1', 500);
    const { events, since } = await behind(store, positionOf(100_000n));
    expect([Math.abs(events - 400) <= 4, since]).toEqual([true, 102_000]);
  });

  it('does not count what no subscription gets', async () => {
    const store = new ByteStore(clock);
    await write(store, 'tick-1', 2);
    await write(store, 'intent-sales.v1', 3);
    await write(store, 'parked-caller', 1);
    await write(store, 'tick-1', 1);
    expect(await behind(store, positionOf(1_000n))).toEqual({ events: 2, since: 3_000 });
    await write(store, 'intent-sales.v1', 1);
    expect(await behind(store, positionOf(7_000n))).toEqual({ events: 0, since: undefined });
  });
});
