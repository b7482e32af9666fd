import { type Clock, type Instant, SystemClock, type Uuid, instant, positionOf } from '#libs/kernel';
import { type StreamView } from '../decide-append.js';
import { EmbeddedEventStore } from '../embedded-event-store.js';
import { Unavailable } from '../errors.js';
import { type CommitOptions, type LogEngine, type LogPage, type StreamPage } from '../log-engine.js';
import { type EventFilter, type NewEvent, type StoredEvent, type StreamMeta } from '../store.js';

/** The log of a unit test: everything in arrays, gone with the process. Same semantics as the durable stores. */
export class InMemoryEventStore extends EmbeddedEventStore {
  constructor(clock: Clock = new SystemClock()) {
    super(new MemoryEngine(), clock);
  }
}

type Stream = { readonly events: StoredEvent[]; readonly ids: Map<Uuid, bigint>; meta: StreamMeta | undefined; tombstoned: boolean };

class MemoryEngine implements LogEngine {
  private readonly log: StoredEvent[] = [];
  private readonly streams = new Map<string, Stream>();
  private closed = false;

  async commit<T>(_options: CommitOptions, work: () => T): Promise<T> {
    this.open();
    return work();
  }

  view(stream: string): StreamView {
    this.open();
    const found = this.streams.get(stream);
    return {
      revision: BigInt(found?.events.length ?? 0) - 1n,
      tombstoned: found?.tombstoned ?? false,
      meta: found?.meta,
      revisionOf: (id) => found?.ids.get(id),
    };
  }

  write(name: string, first: bigint, events: readonly NewEvent[], now: Instant): bigint {
    const stream = this.streamOf(name);
    const recordedAt = instant(Math.max(now, this.log.at(-1)?.recordedAt ?? now));
    events.forEach((event, index) => {
      const revision = first + BigInt(index);
      const stored = { ...event, stream: name, revision, position: positionOf(this.head() + 1n), recordedAt };
      stream.events.push(stored);
      stream.ids.set(event.id, revision);
      this.log.push(stored);
    });
    return this.head();
  }

  saveMeta(stream: string, meta: StreamMeta): void {
    this.streamOf(stream).meta = meta;
  }

  bury(stream: string): void {
    this.streamOf(stream).tombstoned = true;
  }

  positionOf(stream: string, revision: bigint): bigint | undefined {
    return this.streams.get(stream)?.events[Number(revision)]?.position.commit;
  }

  streamPage({ stream, low, high, recordedFrom, backwards, limit }: StreamPage): readonly StoredEvent[] {
    this.open();
    const events = slice(this.streams.get(stream)?.events ?? [], low, high).filter((event) => event.recordedAt >= recordedFrom);
    return (backwards ? events.reverse() : events).slice(0, limit);
  }

  logPage({ low, high, backwards, limit, filter }: LogPage): readonly StoredEvent[] {
    this.open();
    const events = slice(this.log, low - 1n, high - 1n).filter((event) => matches(event, filter));
    return (backwards ? events.reverse() : events).slice(0, limit);
  }

  head(): bigint {
    this.open();
    return BigInt(this.log.length);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private open(): void {
    if (this.closed) throw new Unavailable('not-written', 'the event store is closed');
  }

  private streamOf(name: string): Stream {
    const known = this.streams.get(name);
    if (known) return known;
    const fresh: Stream = { events: [], ids: new Map(), meta: undefined, tombstoned: false };
    this.streams.set(name, fresh);
    return fresh;
  }
}

/** From index `low` to `high` inclusive; both may lie outside. */
const slice = (events: readonly StoredEvent[], low: bigint, high: bigint): StoredEvent[] => {
  const start = low < 0n ? 0 : Number(low);
  const end = high >= BigInt(events.length) ? events.length : Number(high) + 1;
  return start >= end ? [] : events.slice(start, end);
};

const matches = (event: StoredEvent, filter: EventFilter | undefined): boolean => {
  if (!filter) return true;
  if ('streamPrefixes' in filter) return filter.streamPrefixes.some((prefix) => event.stream.startsWith(prefix));
  return filter.typePrefixes.some((prefix) => event.type.startsWith(prefix));
};
