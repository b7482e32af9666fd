import { type AppendExpectedRevision, type EventData, type ExpectedRevision, type ResolvedEvent, jsonEvent } from '@eventstore/db-client';
import { idOfName } from '#libs/kernel';
import { anEvent } from '../../libs/event-store/src/event-store.contract.js';
import { type Connection } from '../../libs/event-store/src/eventstoredb/connection.js';

/** One operation and what came of it, without what differs from run to run: positions, times, ids, names of streams. */
export type Line = { readonly operation: string; readonly outcome: unknown };

/** Where the operations of one run go. */
type Place = { readonly connection: Connection; readonly run: string };
type Step = { readonly operation: string; readonly run: (place: Place) => Promise<unknown> };
type Direction = 'forwards' | 'backwards';

const named = (stream: string, { run }: Place): string => (stream.startsWith('$$') ? `$$${stream.slice(2)}-${run}` : `${stream}-${run}`);

const event = (label: string, { run }: Place): EventData =>
  // With the metadata of an event of ours: the contract reads the same log.
  jsonEvent({ id: idOfName(`transcript ${run}`, label), type: 'Noted', data: { label }, metadata: { ...anEvent(label).metadata } });

const labelOf = ({ event: found }: Pick<ResolvedEvent, 'event'>): string => {
  const { data, revision, streamId } = found ?? {};
  const label: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'label') : undefined;
  return `${streamId?.split('-')[0]}@${revision} ${typeof label === 'string' ? label : '?'}`;
};

/** Each letter of `labels` is one event; the same letter is the same event id. */
const append = (stream: string, expected: AppendExpectedRevision, labels: string): Step => ({
  operation: `append ${labels} to ${stream}, expecting ${expected}`,
  run: async (place) => {
    const events = [...labels].map((label) => event(label, place));
    const { nextExpectedRevision } = await place.connection.appendToStream(named(stream, place), events, { expectedRevision: expected });
    return { revision: nextExpectedRevision };
  },
});

const softDelete = (stream: string, expected: ExpectedRevision): Step => ({
  operation: `delete ${stream}, expecting ${expected}`,
  run: async (place) => {
    await place.connection.deleteStream(named(stream, place), { expectedRevision: expected });
    return 'done';
  },
});

const tombstone = (stream: string, expected: ExpectedRevision): Step => ({
  operation: `tombstone ${stream}, expecting ${expected}`,
  run: async (place) => {
    await place.connection.tombstoneStream(named(stream, place), { expectedRevision: expected });
    return 'done';
  },
});

const read = (stream: string, from: 'start' | 'end' | bigint, direction: Direction, maxCount = 100): Step => ({
  operation: `read ${maxCount} of ${stream} from ${from} ${direction}`,
  run: async ({ connection, ...rest }) => {
    const found: string[] = [];
    const stored = connection.readStream(named(stream, { connection, ...rest }), { fromRevision: from, direction, maxCount });
    for await (const resolved of stored) found.push(labelOf(resolved));
    return found;
  },
});

const setMetadata = (stream: string, metadata: { maxCount?: number; truncateBefore?: number }): Step => ({
  operation: `set metadata of ${stream} to ${JSON.stringify(metadata)}`,
  run: async (place) => {
    await place.connection.setStreamMetadata(named(stream, place), metadata);
    return 'done';
  },
});

const getMetadata = (stream: string): Step => ({
  operation: `metadata of ${stream}`,
  run: async (place) => (await place.connection.getStreamMetadata(named(stream, place))).metadata ?? 'none',
});

/** The events of this run in the order of the log, and whether their positions rise. */
const log = (direction: Direction): Step => ({
  operation: `the log ${direction}`,
  run: async ({ connection, run }) => {
    const found: string[] = [];
    const positions: bigint[] = [];
    for await (const resolved of connection.readAll({ direction, fromPosition: direction === 'forwards' ? 'start' : 'end' })) {
      if (!resolved.event?.streamId.endsWith(`-${run}`) || resolved.event.type.startsWith('$')) continue;
      found.push(labelOf({ event: { ...resolved.event, streamId: resolved.event.streamId } }));
      positions.push(resolved.event.position.commit);
    }
    const rising = positions.every((position, index) => index === 0 || position > (positions[index - 1] ?? 0n));
    const falling = positions.every((position, index) => index === 0 || position < (positions[index - 1] ?? 0n));
    return { found, order: rising ? 'rising' : falling ? 'falling' : 'none' };
  },
});

/** A position at which no event begins. */
const readFromNowhere: Step = {
  operation: 'read the log from a position between two events',
  run: async ({ connection, run }) => {
    for await (const { event: found } of connection.readAll()) {
      if (!found?.streamId.endsWith(`-${run}`)) continue;
      const between = { commit: found.position.commit + 1n, prepare: found.position.prepare + 1n };
      for await (const _ of connection.readAll({ fromPosition: between, maxCount: 1 })) return 'an event';
      return 'nothing';
    }
    return 'the log has no event of this run';
  },
};

/** What a subscription after the n-th event of the run brings, in the log's order. */
const subscribe = (after: number, filter: 'all' | 'prefix', events: number): Step => ({
  operation: `subscribe to ${filter} after event ${after}`,
  run: async ({ connection, run }) => {
    const own = [];
    for await (const { event: found } of connection.readAll())
      if (found?.streamId.endsWith(`-${run}`) && !found.type.startsWith('$')) own.push(found.position);
    const fromPosition = own[after];
    if (!fromPosition) throw new Error('the run has fewer events');
    const prefixes = { filterOn: 'streamName' as const, checkpointInterval: 1, prefixes: ['plain'] };
    const subscription = connection.subscribeToAll({ fromPosition, ...(filter === 'prefix' ? { filter: prefixes } : {}) });
    const found: string[] = [];
    for await (const resolved of subscription) {
      if (!resolved.event?.streamId.endsWith(`-${run}`) || resolved.event.type.startsWith('$')) continue;
      if (found.push(labelOf(resolved)) === events) break;
    }
    await subscription.unsubscribe();
    return found;
  },
});

/** The decision table, operation by operation. */
const STEPS: readonly Step[] = [
  read('plain', 'start', 'forwards'),
  getMetadata('plain'),
  append('plain', 0n, 'z'),
  append('plain', 'stream_exists', 'z'),
  append('plain', 'no_stream', 'ab'),
  append('plain', 'no_stream', 'ab'),
  append('plain', 'no_stream', 'abc'),
  append('plain', 'no_stream', 'z'),
  append('plain', 0n, 'z'),
  append('plain', 5n, 'z'),
  append('plain', 1n, 'cd'),
  append('plain', 1n, 'cd'),
  append('plain', 1n, 'dc'),
  append('plain', 0n, 'bc'),
  append('plain', 2n, 'de'),
  append('plain', 'any', 'e'),
  append('plain', 'any', 'e'),
  append('plain', 'any', 'ef'),
  append('plain', 'any', 'fe'),
  append('plain', 'stream_exists', 'g'),
  append('plain', 'stream_exists', 'g'),
  read('plain', 'start', 'forwards'),
  read('plain', 2n, 'forwards', 2),
  read('plain', 50n, 'forwards'),
  read('plain', 'end', 'backwards'),
  read('plain', 2n, 'backwards', 2),
  read('plain', 50n, 'backwards', 2),
  setMetadata('plain', { maxCount: 2 }),
  getMetadata('plain'),
  read('plain', 'start', 'forwards'),
  read('plain', 'end', 'backwards'),
  setMetadata('plain', { truncateBefore: 4 }),
  read('plain', 0n, 'forwards', 1),
  append('limited', 'stream_exists', 'h'),
  setMetadata('limited', { maxCount: 1 }),
  append('limited', 'stream_exists', 'h'),
  append('limited', 'no_stream', 'h'),
  softDelete('missing', 'any'),
  softDelete('missing', 'no_stream'),
  softDelete('missing', 0n),
  append('gone', 'no_stream', 'ij'),
  softDelete('gone', 'no_stream'),
  softDelete('gone', 0n),
  softDelete('gone', 1n),
  read('gone', 'start', 'forwards'),
  getMetadata('gone'),
  append('gone', 'stream_exists', 'k'),
  append('gone', 5n, 'k'),
  append('gone', 'no_stream', 'k'),
  read('gone', 'start', 'forwards'),
  softDelete('gone', 'any'),
  append('gone', 2n, 'l'),
  read('gone', 'start', 'forwards'),
  append('buried', 'no_stream', 'mn'),
  tombstone('buried', 0n),
  tombstone('buried', 1n),
  tombstone('buried', 1n),
  append('buried', 'any', 'm'),
  append('buried', 'no_stream', 'mn'),
  append('buried', 'stream_exists', 'o'),
  read('buried', 'start', 'forwards'),
  softDelete('buried', 'any'),
  setMetadata('buried', { maxCount: 1 }),
  getMetadata('buried'),
  tombstone('never', 'any'),
  append('never', 'no_stream', 'p'),
  tombstone('ended', 'no_stream'),
  append('ended', 'no_stream', 'p'),
  append('hidden', 'no_stream', 'qr'),
  setMetadata('hidden', { maxCount: 1 }),
  softDelete('hidden', 'any'),
  getMetadata('hidden'),
  softDelete('hidden', 'no_stream'),
  setMetadata('hidden', { maxCount: 5 }),
  getMetadata('hidden'),
  read('hidden', 'start', 'forwards'),
  append('hidden', 'stream_exists', 's'),
  read('hidden', 'start', 'forwards'),
  append('hidden', 2n, 's'),
  append('hidden', 'any', 'tq'),
  setMetadata('bare', { maxCount: 1 }),
  softDelete('bare', 'any'),
  readFromNowhere,
  log('forwards'),
  log('backwards'),
  subscribe(2, 'all', 6),
  subscribe(0, 'prefix', 5),
];

/** Runs the whole script once. `run` is what makes its streams its own. */
export const transcriptOf = async (connection: Connection, run: string): Promise<readonly Line[]> => {
  const lines: Line[] = [];
  for (const step of STEPS) lines.push({ operation: step.operation, outcome: plain(await outcomeOf(step, { connection, run })) });
  return lines;
};

const outcomeOf = async (step: Step, place: Place): Promise<unknown> => {
  try {
    return await step.run(place);
  } catch (error) {
    const field = (name: string): unknown => (typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined);
    const type = field('type');
    if (typeof type !== 'string') throw error;
    const actual = field('actualVersion');
    return { error: type, ...(actual === undefined ? {} : { actual }) };
  }
};

/** As it can be written to a file and compared: revisions as text. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)));

/** Operations that came out differently. */
export const differences = (
  ours: readonly Line[],
  theirs: readonly Line[],
): readonly { operation: string; facade: unknown; server: unknown }[] =>
  ours.flatMap(({ operation, outcome }, index) => {
    const other = theirs[index]?.outcome;
    return JSON.stringify(outcome) === JSON.stringify(other)
      ? []
      : [{ operation: `${index + 1}. ${operation}`, facade: outcome, server: other }];
  });
