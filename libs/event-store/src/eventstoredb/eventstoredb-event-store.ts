import { type Position, positionOf } from '#libs/kernel';
import { checkAppend, checkMeta, checkStreamName } from '../check-append.js';
import { type CheckpointStore } from '../checkpoint-store.js';
import { Unavailable } from '../errors.js';
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
} from '../store.js';
import { Appender } from './appender.js';
import { type Connection } from './connection.js';
import { Follower } from './follower.js';
import { LogReader } from './log-reader.js';
import { StreamCheckpointStore } from './stream-checkpoints.js';
import { StreamDeletion } from './stream-deletion.js';
import { StreamLimits } from './stream-limits.js';
import { toClientEvent } from './stored-event.js';
import { type Timings } from './timings.js';
import { within } from './within.js';

/**
 * The log on a server that speaks EventStoreDB's protocol. The database is the log's own: an event in it that this program did not
 * write is reported as Corrupt, not passed over. Made by `openEventStoreDb`.
 */
export class EventStoreDbEventStore extends EventStore {
  /** Checkpoints in streams of the same database. */
  readonly checkpoints: CheckpointStore;
  private readonly reader: LogReader;
  private readonly appender: Appender;
  private readonly limits: StreamLimits;
  private readonly deletion: StreamDeletion;
  private readonly followers = new Set<Follower>();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly closing = new AbortController();

  constructor(
    private readonly connection: Connection,
    private readonly timings: Timings,
  ) {
    super();
    this.reader = new LogReader(connection, timings);
    this.appender = new Appender(connection, this.reader, timings);
    this.limits = new StreamLimits(this.reader, this.appender);
    this.deletion = new StreamDeletion(connection, this.reader, this.limits, timings);
    this.checkpoints = new StreamCheckpointStore(this.reader, this.appender, this.limits);
  }

  async append(stream: string, events: readonly NewEvent[], { expected, timeoutMs }: AppendOptions): Promise<AppendResult> {
    const bytes = checkAppend(stream, events);
    const append = { stream, events: events.map(toClientEvent), bytes, expected };
    const appending = this.whileOpen(() => this.appender.append(append));
    const result = await (timeoutMs === undefined ? appending : within(timeoutMs, `appending to ${stream}`, appending));
    if (!result.idempotent) for (const follower of this.followers) follower.nudge();
    return result;
  }

  async *readStream(stream: string, options: ReadOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
    checkStreamName(stream);
    this.open();
    yield* this.reader.stream(stream, options);
    options.signal?.throwIfAborted();
  }

  async *readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
    this.open();
    yield* this.reader.all(options);
    options.signal?.throwIfAborted();
  }

  async *subscribeAll(options: SubscribeOptions): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const { connection, reader, timings } = this;
    const follower = new Follower({ connection, reader, timings, closed: this.closing.signal }, options);
    this.followers.add(follower);
    try {
      yield* follower.messages();
    } finally {
      this.followers.delete(follower);
    }
  }

  async softDelete(stream: string, { expected, timeoutMs }: AppendOptions): Promise<void> {
    checkStreamName(stream);
    await this.whileOpen(() => this.deletion.run({ kind: 'softDelete', stream, expected, timeoutMs }));
  }

  async tombstone(stream: string, { expected, timeoutMs }: AppendOptions): Promise<void> {
    checkStreamName(stream);
    await this.whileOpen(() => this.deletion.run({ kind: 'tombstone', stream, expected, timeoutMs }));
  }

  async getMeta(stream: string): Promise<StreamMeta> {
    checkStreamName(stream);
    this.open();
    return this.limits.get(stream);
  }

  async setMeta(stream: string, meta: StreamMeta): Promise<void> {
    checkStreamName(stream);
    checkMeta(meta);
    await this.whileOpen(() => this.limits.set(stream, meta));
  }

  async head(): Promise<Position | undefined> {
    this.open();
    const head = await this.reader.head();
    return head && positionOf(head.commit, head.prepare);
  }

  /** The longest that one of the running subscriptions has heard nothing, in milliseconds; undefined when none is connected. */
  get silentMs(): number | undefined {
    const silences = [...this.followers].flatMap((follower) => follower.silentMs ?? []);
    return silences.length === 0 ? undefined : Math.max(...silences);
  }

  /** What the server says of itself, such as 24.10.5. @throws Unavailable */
  async serverVersion(): Promise<string> {
    this.open();
    try {
      return await this.connection.serverVersion();
    } catch (cause) {
      throw new Unavailable('not-written', 'the event store does not say its version', { cause });
    }
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await Promise.allSettled(this.underWay);
    await this.connection.shut();
  }

  /** Runs what `close` has to wait for. */
  private async whileOpen<T>(work: () => Promise<T>): Promise<T> {
    this.open();
    const running = work();
    this.underWay.add(running);
    try {
      return await running;
    } finally {
      this.underWay.delete(running);
    }
  }

  private open(): void {
    if (this.closing.signal.aborted) throw new Unavailable('not-written', 'the event store is closed');
  }
}
