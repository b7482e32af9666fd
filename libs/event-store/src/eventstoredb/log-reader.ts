import { type ReadPosition, type ReadRevision, type StreamingRead } from '@eventstore/db-client';
import { type Position, comparePositions } from '#libs/kernel';
import { StreamDeleted, Timeout, Unavailable } from '../errors.js';
import { PageSize } from '../page-size.js';
import { type ReadAllOptions, type ReadOptions, type StoredEvent } from '../store.js';
import { failureOf, portError, unavailable } from './client-failure.js';
import { type Connection } from './connection.js';
import { Inlet } from './inlet.js';
import { type ClientEvent, isDelivered, isInLog, toStoredEvent } from './stored-event.js';
import { type Timings, pauseAfter } from './timings.js';

const TRIES = 4;
const HEAD_PAGE_MAX = 64;

type Direction = 'forwards' | 'backwards';
type Page<From> = { readonly from: From; readonly direction: Direction; readonly limit: number };

/** `from` is inclusive forwards; backwards the event at a position may be left out. */
export type Considering = { readonly from: ReadPosition; readonly direction: Direction; readonly signal?: AbortSignal | undefined };

/**
 * Reads in pages: no call stays open while the consumer is away, and a page that failed is asked for again. What the server and this
 * adapter keep for themselves (`$…`, `checkpoint-…`) is no part of the log.
 */
export class LogReader {
  private lastSeen: Position | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly timings: Timings,
  ) {}

  /** The furthest position this process has read or written. Whatever stands before it was written before now. */
  get seen(): Position | undefined {
    return this.lastSeen;
  }

  see(position: Position): void {
    if (!this.lastSeen || comparePositions(position, this.lastSeen) > 0) this.lastSeen = position;
  }

  async *stream(name: string, options: ReadOptions): AsyncGenerator<StoredEvent, void, undefined> {
    for await (const event of this.eventsOf(name, options)) yield this.stored(event);
  }

  /** The same as the client gives them: streams of the server and checkpoints hold events of another shape. */
  async *eventsOf(name: string, options: ReadOptions): AsyncGenerator<ClientEvent, void, undefined> {
    const { from, direction = 'forwards', limit = Number.MAX_SAFE_INTEGER, signal } = options;
    const step = direction === 'forwards' ? 1n : -1n;
    if (from === (step > 0n ? 'end' : 'start')) return;
    const size = new PageSize();
    let next: ReadRevision = from ?? (step > 0n ? 'start' : 'end');
    for (let left = limit; left > 0;) {
      signal?.throwIfAborted();
      const wanted = Math.min(left, size.next());
      const page: readonly ClientEvent[] = await this.streamPage(name, { from: next, direction, limit: wanted });
      size.learn(page.map(sized));
      for (const event of page) {
        signal?.throwIfAborted();
        next = event.revision + step;
        yield event;
      }
      if (page.length < wanted || next === -1n) return;
      left -= page.length;
    }
  }

  /** The last event of a stream, also of one of the server's. @throws StreamDeleted when the stream is tombstoned */
  async lastOf(stream: string): Promise<ClientEvent | undefined> {
    return (await this.streamPage(stream, { from: 'end', direction: 'backwards', limit: 1 }))[0];
  }

  async *all(options: ReadAllOptions): AsyncGenerator<StoredEvent, void, undefined> {
    const { from, direction = 'forwards', limit = Number.MAX_SAFE_INTEGER, signal } = options;
    let left = limit;
    if (left <= 0 || from === (direction === 'forwards' ? 'end' : 'start')) return;
    const bound = direction === 'backwards' && typeof from === 'object' ? from : undefined;
    if (bound) {
      const [first] = await this.logPage({ from: bound, direction: 'forwards', limit: 1 });
      if (first && at(first, bound) === 0 && isInLog(first)) {
        yield this.stored(first);
        left -= 1;
      }
    }
    for await (const event of this.considered({ from: from ?? (direction === 'forwards' ? 'start' : 'end'), direction, signal })) {
      if (left <= 0) return;
      if (!isInLog(event) || (bound && at(event, bound) >= 0)) continue;
      yield this.stored(event);
      signal?.throwIfAborted();
      left -= 1;
    }
  }

  /** Everything from a position on, also what is no part of the log. */
  async *considered({ from, direction, signal }: Considering): AsyncGenerator<ClientEvent, void, undefined> {
    const size = new PageSize();
    for (let last: Position | undefined; ;) {
      signal?.throwIfAborted();
      // A page may begin with the event the last one ended with.
      const limit = size.next() + 1;
      const page = await this.logPage({ from: last ?? from, direction, limit });
      size.learn(page.map(sized));
      for (const event of page) {
        if (last && (direction === 'forwards' ? at(event, last) <= 0 : at(event, last) >= 0)) continue;
        yield event;
        last = event.position ?? last;
      }
      if (page.length < limit) return;
    }
  }

  /** The newest event that subscriptions deliver. */
  async head(): Promise<Position | undefined> {
    let from: ReadPosition = 'end';
    for (let limit = 2; ; limit = Math.min(limit * 4, HEAD_PAGE_MAX)) {
      const page: readonly ClientEvent[] = await this.logPage({ from, direction: 'backwards', limit });
      const newest = page.find(isDelivered);
      if (newest?.position) {
        this.see(newest.position);
        return newest.position;
      }
      const last = page.at(-1)?.position;
      if (page.length < limit || !last) return undefined;
      from = last;
    }
  }

  /** @throws Corrupt */
  stored(event: ClientEvent): StoredEvent {
    const stored = toStoredEvent(event);
    this.see(stored.position);
    return stored;
  }

  private async streamPage(name: string, { from, direction, limit }: Page<ReadRevision>): Promise<readonly ClientEvent[]> {
    return this.tried(name, () =>
      this.page(this.connection.readStream(name, { fromRevision: from, direction, maxCount: limit }), `reading ${name}`),
    );
  }

  private async logPage({ from, direction, limit }: Page<ReadPosition>): Promise<readonly ClientEvent[]> {
    return this.tried('$all', () =>
      this.page(this.connection.readAll({ fromPosition: from, direction, maxCount: limit }), 'reading the log'),
    );
  }

  /** @throws Timeout when the server falls silent, and the client's errors */
  private async page(stream: StreamingRead<{ readonly event?: ClientEvent }>, what: string): Promise<readonly ClientEvent[]> {
    const inlet = new Inlet<{ readonly event?: ClientEvent }>(stream, () => stream.cancel());
    const found: ClientEvent[] = [];
    try {
      for (;;) {
        const arrival = await inlet.next(this.timings.readMs);
        if (arrival.kind === 'item' && arrival.item.event) found.push(arrival.item.event);
        else if (arrival.kind === 'quiet') throw new Timeout(`${what}: silence of ${this.timings.readMs} ms`);
        else if (arrival.kind === 'over') {
          if (arrival.error !== undefined) throw arrival.error;
          return found;
        }
      }
    } finally {
      await inlet.close();
    }
  }

  /** Asks again while that may help. A stream that is missing is an empty page. @throws the port's errors */
  private async tried(stream: string, read: () => Promise<readonly ClientEvent[]>): Promise<readonly ClientEvent[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await read();
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === 'stream-not-found') return [];
        if (failure.kind === 'stream-deleted') throw new StreamDeleted(stream);
        if (failure.kind !== 'passing') throw portError(failure, stream);
        // Nothing was to be written.
        if (attempt >= TRIES) throw unavailable({ ...failure, unsent: true }, `reading ${stream}`);
        await pauseAfter(attempt, this.timings);
      }
    }
  }
}

/** Negative when the event stands before the position. */
const at = (event: ClientEvent, position: Position): number => {
  if (!event.position) throw new Unavailable('not-written', 'the server gives no positions: 22.6 is the oldest that does');
  return comparePositions(event.position, position);
};

/** JSON bodies are small: the codec deflates the large ones, which makes them octets. */
const sized = ({ data }: ClientEvent): { readonly body: { readonly length: number } } => ({
  body: data instanceof Uint8Array ? data : [],
});
