import { z } from 'zod';
import { type CommandMeta, type Decider, type Refusal, type Uuid, accept, derivedId, idOfName, refuse, unreachable } from '#libs/kernel';
import { EventCodec, UnknownEvent } from './codec.js';
import { CommandRunner } from './command-runner.js';
import { CommandWatch, type WatchedCommand } from './command-watch.js';
import { type EventOf, defineEvent } from './define-event.js';
import { Unavailable, WrongExpectedRevision } from './errors.js';
import { InMemoryEventStore } from './memory/memory-event-store.js';
import { type Outcome } from './outcome.js';
import { type RefusedCommand, RefusalLog } from './refusal-log.js';
import { type AppendOptions, type AppendResult, type NewEvent, type StoredEvent } from './store.js';

const Opened = defineEvent('TillOpened', { version: 1, schema: z.object({ float: z.number() }) });
const Paid = defineEvent('TillPaid', { version: 1, schema: z.object({ amount: z.number() }) });
type TillEvent = EventOf<typeof Opened> | EventOf<typeof Paid>;
type TillCommand = { type: 'Open' | 'Pay'; data: { amount: number; times?: number }; meta: CommandMeta; expectedRevision?: bigint };
type TillState = { open: boolean; total: number };

let folds = 0;
const till: Decider<TillState, TillCommand, TillEvent, Refusal<'NOT_OPEN' | 'ALREADY_OPEN'>> = {
  initialState: () => ({ open: false, total: 0 }),
  evolve: (state, event) => {
    folds += 1;
    switch (event.type) {
      case 'TillOpened':
        return { open: true, total: event.data.float };
      case 'TillPaid':
        return { ...state, total: state.total + event.data.amount };
      default:
        return unreachable(event);
    }
  },
  decide: ({ type, data }, state) => {
    if (type === 'Open') return state.open ? refuse('ALREADY_OPEN', 'the till is open') : accept(Opened.make({ float: data.amount }));
    if (!state.open) return refuse('NOT_OPEN', 'open the till first');
    return accept(...Array.from({ length: data.times ?? 1 }, () => Paid.make({ amount: data.amount })));
  },
};

const id = (name: string): Uuid => idOfName('runner', name);
const command = (
  type: TillCommand['type'],
  name: string,
  data: Partial<TillCommand['data']> = {},
  expectedRevision?: bigint,
): TillCommand => ({
  type,
  data: { amount: 1, ...data },
  meta: {
    commandId: id(name),
    correlationId: id('correlation'),
    causationId: id('cause'),
    actor: { principalId: id('actor'), kind: 'person', via: 'login' },
    source: { surface: 'cli', addressClass: 'process' },
  },
  ...(expectedRevision === undefined ? {} : { expectedRevision }),
});

/** Lets another writer in between loading and appending, as a second process would. */
class ContestedStore extends InMemoryEventStore {
  intruders: (() => Promise<unknown>)[] = [];
  reads: (bigint | string | undefined)[] = [];

  override async append(stream: string, events: readonly NewEvent[], options: AppendOptions): Promise<AppendResult> {
    await this.intruders.shift()?.();
    return super.append(stream, events, options);
  }

  override readStream(...args: Parameters<InMemoryEventStore['readStream']>): ReturnType<InMemoryEventStore['readStream']> {
    this.reads.push(args[1]?.from);
    return super.readStream(...args);
  }
}

/** Takes every append at the last revision, as servers do: the ids of events tell it nothing. */
class UnknowingStore extends InMemoryEventStore {
  private written = 0;

  override async append(stream: string, events: readonly NewEvent[], options: AppendOptions): Promise<AppendResult> {
    return super.append(
      stream,
      events.map((event) => ({ ...event, id: id(`unknown ${(this.written += 1)}`) })),
      options,
    );
  }
}

class Refusals extends RefusalLog {
  readonly seen: [RefusedCommand, Refusal][] = [];
  async record(refused: RefusedCommand, refusal: Refusal): Promise<void> {
    this.seen.push([refused, refusal]);
  }
}

describe('CommandRunner', () => {
  const codec = new EventCodec([Opened, Paid]);
  let store: ContestedStore;
  let refusals: Refusals;
  let runner: CommandRunner;
  beforeEach(() => {
    store = new ContestedStore();
    refusals = new Refusals();
    runner = new CommandRunner(store, codec, { refusals, random: () => 0 });
  });
  const run = (given: TillCommand, by = runner): Promise<Outcome> => by.run({ decider: till, stream: 'till-1', command: given });
  const recorded = async (): Promise<StoredEvent[]> => {
    const events: StoredEvent[] = [];
    for await (const event of store.readAll()) events.push(event);
    return events;
  };

  it('records what was decided, under ids derived from the command, and says where', async () => {
    await run(command('Open', 'open'));
    const outcome = await run(command('Pay', 'pay', { times: 2 }));
    const events = await recorded();
    expect(outcome).toEqual({ kind: 'accepted', receipt: { stream: 'till-1', revision: 2n, position: events[2]!.position } });
    expect(events.map((event) => event.id)).toEqual([derivedId(id('open'), 0), derivedId(id('pay'), 0), derivedId(id('pay'), 1)]);
    expect(events[1]!.metadata).toMatchObject({ commandId: id('pay'), $correlationId: id('correlation'), actor: { kind: 'person' } });
  });

  it('answers a refusal as a value, records nothing but tells the refusal log, without the data', async () => {
    const outcome = await run(command('Pay', 'too early'));
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { code: 'NOT_OPEN' } });
    expect(await recorded()).toEqual([]);
    expect(refusals.seen).toEqual([
      [
        { type: 'Pay', stream: 'till-1', meta: command('Pay', 'too early').meta },
        { code: 'NOT_OPEN', detail: 'open the till first' },
      ],
    ]);
  });

  it('answers a command that is sent again with the receipt of its first run, also after a restart', async () => {
    await run(command('Open', 'open'));
    const first = await run(command('Pay', 'pay', { times: 2 }));
    await run(command('Pay', 'later'));
    expect(await run(command('Pay', 'pay', { times: 2 }))).toEqual(first);
    expect(await run(command('Pay', 'pay', { times: 2 }), new CommandRunner(store, codec))).toEqual(first);
    expect(await run(command('Open', 'open'))).toMatchObject({ kind: 'accepted', receipt: { revision: 0n } });
    expect(await recorded()).toHaveLength(4);
  });

  it('does not record a command twice even when it has long forgotten its id', async () => {
    await run(command('Open', 'open'));
    await run(command('Pay', 'pay'));
    for (let index = 0; index < 250; index += 1) await run(command('Pay', `filler ${index}`));
    expect(await run(command('Pay', 'pay'))).toMatchObject({ kind: 'accepted', receipt: { revision: 1n } });
    expect(await recorded()).toHaveLength(252);
    expect(await run(command('Pay', 'after all'))).toMatchObject({ receipt: { revision: 252n } });
  });

  it('neither records nor decides a command twice on a store that does not recognise its events', async () => {
    const unknowing = new UnknowingStore();
    const forgetful = new CommandRunner(unknowing, codec);
    await run(command('Open', 'open'), forgetful);
    await run(command('Pay', 'pay', { times: 2 }), forgetful);
    for (let index = 0; index < 250; index += 1) await run(command('Pay', `filler ${index}`), forgetful);
    for (const by of [forgetful, new CommandRunner(unknowing, codec)]) {
      expect(await run(command('Open', 'open'), by)).toMatchObject({ kind: 'accepted', receipt: { revision: 0n } });
      expect(await run(command('Pay', 'pay', { times: 2 }), by)).toMatchObject({ kind: 'accepted', receipt: { revision: 2n } });
    }
    expect((await unknowing.head())?.commit).toBe(253n);
  });

  it('folds only what is new since the last command', async () => {
    await run(command('Open', 'open'));
    await run(command('Pay', 'a'));
    folds = 0;
    await run(command('Pay', 'b'));
    expect(folds).toBe(1);
    expect(store.reads.at(-1)).toBe(2n);
  });

  it('sees what another process wrote before it decides', async () => {
    await run(command('Pay', 'refused'));
    await run(command('Open', 'open'), new CommandRunner(store, codec));
    expect(await run(command('Pay', 'pay'))).toMatchObject({ kind: 'accepted', receipt: { revision: 1n } });
  });

  it('decides again when another process was faster', async () => {
    store.intruders = [() => run(command('Open', 'intruder'), new CommandRunner(store, codec))];
    expect(await run(command('Open', 'mine'))).toMatchObject({ kind: 'refused', refusal: { code: 'ALREADY_OPEN' } });
  });

  it('gives up after three conflicts in a row', async () => {
    await run(command('Open', 'open'));
    const intruder = (name: string) => (): Promise<unknown> =>
      InMemoryEventStore.prototype.append.call(
        store,
        'till-1',
        [codec.encode(Paid.make({ amount: 1 }), command('Pay', name).meta, id(name))],
        { expected: 'any' },
      );
    store.intruders = ['x', 'y', 'z'].map(intruder);
    await expect(run(command('Pay', 'pay'))).rejects.toBeInstanceOf(WrongExpectedRevision);
    expect(await run(command('Pay', 'pay'))).toMatchObject({ receipt: { revision: 4n } });
  });

  it('leaves a conflict to the caller who named a revision', async () => {
    await run(command('Open', 'open'));
    await run(command('Pay', 'a'));
    await expect(run(command('Pay', 'b', {}, 0n))).rejects.toEqual(new WrongExpectedRevision('till-1', 0n, 1n));
    expect(await run(command('Pay', 'b', {}, 1n))).toMatchObject({ receipt: { revision: 2n } });
    expect(await run(command('Pay', 'b', {}, 1n))).toMatchObject({ receipt: { revision: 2n } });
  });

  it('lets fifty commands on one stream take their turns without a conflict', async () => {
    await run(command('Open', 'open'));
    await Promise.all(Array.from({ length: 50 }, (_, index) => run(command('Pay', `pay ${index}`))));
    expect((await recorded()).map((event) => event.revision)).toEqual(Array.from({ length: 51 }, (_, index) => BigInt(index)));
  });

  it('accepts a command that has nothing to record, with the place the stream is at', async () => {
    expect(await run(command('Open', 'open'))).toBeDefined();
    expect(await run(command('Pay', 'nothing', { times: 0 }))).toMatchObject({ kind: 'accepted', receipt: { revision: 0n } });
  });

  it('fails only the command, loudly, when its stream holds an event it does not know', async () => {
    const later = new EventCodec([defineEvent('TillAudited', { version: 1, schema: z.object({}) })]);
    await store.append('till-1', [later.encode({ type: 'TillAudited', data: {} }, command('Pay', 'x').meta, id('x'))], { expected: 'any' });
    await expect(run(command('Open', 'open'))).rejects.toBeInstanceOf(UnknownEvent);
    await expect(run(command('Open', 'open'))).rejects.toBeInstanceOf(UnknownEvent);
    expect(await runner.run({ decider: till, stream: 'till-2', command: command('Open', 'open') })).toMatchObject({ kind: 'accepted' });
  });

  it('does not take for recorded what the store could not write', async () => {
    await run(command('Open', 'open'));
    store.intruders = [() => Promise.reject(new Unavailable('unknown', 'gone'))];
    await expect(run(command('Pay', 'pay', { amount: 5 }))).rejects.toBeInstanceOf(Unavailable);
    expect(await run(command('Pay', 'pay', { amount: 5 }))).toMatchObject({ kind: 'accepted', receipt: { revision: 1n } });
  });

  it('goes on with the metadata that a watch gives it, once for each command, whatever becomes of it', async () => {
    const watched: string[] = [];
    class Watch extends CommandWatch {
      override async around<T>({ type, meta }: WatchedCommand, work: (meta: CommandMeta) => Promise<T>): Promise<T> {
        watched.push(type);
        return work({ ...meta, traceparent: '00-watched' });
      }
    }
    const refused: RefusedCommand[] = [];
    class Refusals extends RefusalLog {
      override async record(about: RefusedCommand): Promise<void> {
        refused.push(about);
      }
    }
    const watching = new CommandRunner(store, codec, { watch: new Watch(), refusals: new Refusals() });
    for (const name of ['open', 'again']) await watching.run({ decider: till, stream: 'till-1', command: command('Open', name, {}) });
    expect((await recorded()).map(({ metadata }) => metadata.traceparent)).toEqual(['00-watched']);
    expect([watched, refused.map(({ meta }) => meta.traceparent)]).toEqual([['Open', 'Open'], ['00-watched']]);
  });
});
