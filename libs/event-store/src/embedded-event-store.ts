import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, type Position, positionOf } from '#libs/kernel';
import { Bell } from './bell.js';
import { checkAppend, checkMeta, checkStreamName } from './check-append.js';
import { SOFT_DELETED, type StreamView, decideAppend, deletionRefused, isSoftDeleted } from './decide-append.js';
import { StreamDeleted } from './errors.js';
import { type LogEngine } from './log-engine.js';
import { PageSize } from './page-size.js';
import {
  type AppendOptions,
  type AppendResult,
  EventStore,
  type NewEvent,
  type ReadAllOptions,
  type ReadOptions,
  type StoredEvent,
  type StreamMeta,
  type SubscribeOptions,
  type SubscriptionMessage,
} from './store.js';

/** How long a subscription sleeps at the head before it looks whether another process has written. */
const LOOK_AGAIN_MS = 500;
/** Positions considered at a time by a filtered subscription, so that a rare event does not mean one endless query. */
const CONSIDERED_AT_ONCE = 2_000n;
const LAST = 2n ** 63n - 1n;

/** The port's semantics over a `LogEngine`: one implementation for memory and SQLite, so that they cannot disagree. */
export class EmbeddedEventStore extends EventStore {
  private readonly bell = new Bell();

  constructor(
    private readonly engine: LogEngine,
    private readonly clock: Clock,
  ) {
    super();
  }

  async append(stream: string, events: readonly NewEvent[], { expected, timeoutMs }: AppendOptions): Promise<AppendResult> {
    const bytes = checkAppend(stream, events);
    const result = await this.engine.commit({ bytes, timeoutMs }, (): AppendResult => {
      const view = this.engine.view(stream);
      const decision = decideAppend(
        stream,
        view,
        events.map((event) => event.id),
        expected,
      );
      if (decision.kind === 'refused') throw decision.error;
      if (decision.kind === 'idempotent') return this.knownResult(stream, decision.last);
      if (isSoftDeleted(view)) this.engine.saveMeta(stream, { ...view.meta, truncateBefore: decision.first });
      const position = this.engine.write(stream, decision.first, events, this.clock.now());
      return { revision: decision.first + BigInt(events.length - 1), position: positionOf(position) };
    });
    if (!result.idempotent) this.bell.ring();
    return result;
  }

  async *readStream(stream: string, options: ReadOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
    checkStreamName(stream);
    const { from, signal } = options;
    const backwards = options.direction === 'backwards';
    const view = this.engine.view(stream);
    if (view.tombstoned) throw new StreamDeleted(stream);
    const oldest = firstVisible(view);
    const recordedFrom = view.meta?.maxAgeSeconds === undefined ? 0 : this.clock.now() - view.meta.maxAgeSeconds * 1_000;
    let { low, high } = rangeOf(from, backwards, oldest);
    yield* pages(options, (limit) => {
      const found = this.engine.streamPage({ stream, low, high, recordedFrom, backwards, limit });
      const last = found.at(-1);
      if (last) [low, high] = backwards ? [low, last.revision - 1n] : [last.revision + 1n, high];
      return found;
    });
    signal?.throwIfAborted();
  }

  async *readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
    const backwards = options.direction === 'backwards';
    const from = typeof options.from === 'object' ? options.from.commit : options.from;
    let { low, high } = rangeOf(from, backwards, 0n);
    yield* pages(options, (limit) => {
      const found = this.engine.logPage({ low, high, backwards, limit });
      const last = found.at(-1);
      if (last) [low, high] = backwards ? [low, last.position.commit - 1n] : [last.position.commit + 1n, high];
      return found;
    });
    options.signal?.throwIfAborted();
  }

  async *subscribeAll({ after, filter, signal }: SubscribeOptions): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const size = new PageSize();
    let done = after === 'start' ? 0n : after === 'end' ? this.engine.head() : after.commit;
    let told = false;
    while (!signal.aborted) {
      const seen = this.bell.count;
      const head = this.engine.head();
      if (done >= head) {
        if (!told) yield { kind: 'caughtUp' };
        told = true;
        await this.bell.next(seen, LOOK_AGAIN_MS, signal);
        continue;
      }
      told = false;
      const high = filter && done + CONSIDERED_AT_ONCE < head ? done + CONSIDERED_AT_ONCE : head;
      const limit = size.next();
      const events = this.engine.logPage({ low: done + 1n, high, backwards: false, limit, filter });
      size.learn(events);
      for (const event of events) {
        if (signal.aborted) return;
        yield { kind: 'event', event };
      }
      const last = events.at(-1)?.position.commit;
      done = events.length === limit && last !== undefined ? last : high;
      if (last !== done && !signal.aborted) yield { kind: 'checkpoint', position: positionOf(done) };
      // A long replay must leave the process room to answer others.
      await nextTurn();
    }
  }

  async softDelete(stream: string, { expected, timeoutMs }: AppendOptions): Promise<void> {
    checkStreamName(stream);
    await this.engine.commit({ bytes: 0, timeoutMs }, () => {
      const view = this.engine.view(stream);
      const refusal = deletionRefused(stream, view, expected, 'softDelete');
      if (refusal) throw refusal;
      this.engine.saveMeta(stream, { truncateBefore: SOFT_DELETED });
    });
  }

  async tombstone(stream: string, { expected, timeoutMs }: AppendOptions): Promise<void> {
    checkStreamName(stream);
    await this.engine.commit({ bytes: 0, timeoutMs }, () => {
      const refusal = deletionRefused(stream, this.engine.view(stream), expected, 'tombstone');
      if (refusal) throw refusal;
      this.engine.bury(stream);
    });
  }

  async getMeta(stream: string): Promise<StreamMeta> {
    checkStreamName(stream);
    const { tombstoned, meta } = this.engine.view(stream);
    if (tombstoned) throw new StreamDeleted(stream);
    return meta ?? {};
  }

  async setMeta(stream: string, meta: StreamMeta): Promise<void> {
    checkStreamName(stream);
    checkMeta(meta);
    await this.engine.commit({ bytes: 0 }, () => {
      const view = this.engine.view(stream);
      if (view.tombstoned) throw new StreamDeleted(stream);
      this.engine.saveMeta(stream, isSoftDeleted(view) ? { ...meta, truncateBefore: view.revision + 1n } : meta);
    });
  }

  async head(): Promise<Position | undefined> {
    const head = this.engine.head();
    return head === 0n ? undefined : positionOf(head);
  }

  async close(): Promise<void> {
    await this.engine.close();
    this.bell.ring();
  }

  private knownResult(stream: string, revision: bigint): AppendResult {
    const position = this.engine.positionOf(stream, revision);
    return { revision, ...(position === undefined ? {} : { position: positionOf(position) }), idempotent: true };
  }
}

/** Oldest revision that retention leaves visible. Nothing is erased: retention only hides. */
const firstVisible = (view: StreamView): bigint => {
  const truncated = view.meta?.truncateBefore ?? 0n;
  const counted = view.meta?.maxCount === undefined ? 0n : view.revision + 1n - BigInt(view.meta.maxCount);
  return counted > truncated ? counted : truncated;
};

const rangeOf = (from: bigint | 'start' | 'end' | undefined, backwards: boolean, oldest: bigint): { low: bigint; high: bigint } => {
  if (backwards) return { low: oldest, high: from === 'start' ? -1n : typeof from === 'bigint' ? from : LAST };
  if (from === 'end') return { low: LAST, high: -1n };
  return { low: typeof from === 'bigint' && from > oldest ? from : oldest, high: LAST };
};

/** Yields page after page, never holding a read open while the consumer is away. */
async function* pages(
  { limit = Number.MAX_SAFE_INTEGER, signal }: Pick<ReadOptions, 'limit' | 'signal'>,
  next: (limit: number) => readonly StoredEvent[],
): AsyncGenerator<StoredEvent, void, undefined> {
  const size = new PageSize();
  let left = limit;
  while (left > 0) {
    signal?.throwIfAborted();
    const wanted = Math.min(left, size.next());
    const found = next(wanted);
    size.learn(found);
    for (const event of found) {
      signal?.throwIfAborted();
      yield event;
    }
    if (found.length < wanted) return;
    left -= found.length;
    await nextTurn();
  }
}
