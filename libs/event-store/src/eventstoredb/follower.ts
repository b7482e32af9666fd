import { type AllStreamSubscription, eventTypeFilter, streamNameFilter } from '@eventstore/db-client';
import { type Position, comparePositions } from '#libs/kernel';
import { Timeout, Unavailable } from '../errors.js';
import { isPassing } from '../passing.js';
import { type EventFilter, type SubscribeOptions, type SubscriptionMessage } from '../store.js';
import { failureOf, portError } from './client-failure.js';
import { type Connection } from './connection.js';
import { Inlet } from './inlet.js';
import { type LogReader } from './log-reader.js';
import { type ClientEvent, isDelivered } from './stored-event.js';
import { type Timings, pauseAfter } from './timings.js';

/** What a follower works with. `closed` is aborted when the store closes. */
export type Following = {
  readonly connection: Connection;
  readonly reader: LogReader;
  readonly timings: Timings;
  readonly closed: AbortSignal;
};

type Source = Inlet<{ readonly event?: ClientEvent }>;

/** Silence after which a live subscription has probably told all, and the longest its consumer waits to hear that. */
const LIVE_QUIET_MS = 5;
const UNSAID_MS_MAX = 100;
/** What the client needs to fill its buffer again after a busy consumer has emptied it. */
const REFILL_MS = 2;
/** The same where the server has not said that it caught up; servers before 23.10 never do. */
const CATCHING_UP_QUIET_MS = 500;
/** How often at most the log is looked at because this process has written: what is read there holds the bodies too. */
const NUDGED_MS = 50;

/**
 * One subscription to the whole log that outlives its connections. The server's subscription says soon what is new; reading the log
 * says for sure. Whenever the first falls silent, what lies behind the last position is read: what should have come is delivered from
 * there, and only when nothing is left `caughtUp` is said. A subscription that was confirmed and then stalls is thus found out.
 */
export class Follower {
  /** Everything up to here was delivered or is none of the consumer's business. */
  private considered: Position | undefined;
  private begun = false;
  private source: Source | undefined;
  private confirmed = false;
  private live = false;
  private said = false;
  private unsaidSince = 0;
  private lookedAt = 0;
  private nudged = false;
  /** The log held something for the consumer that its subscription had not told yet. */
  private overtaken = false;
  private failures = 0;

  constructor(
    private readonly following: Following,
    private readonly options: SubscribeOptions,
  ) {}

  /** Milliseconds since the server last said anything to this subscription; undefined while there is no connection. */
  get silentMs(): number | undefined {
    return this.source?.silentMs;
  }

  /** Something was written: there may be something to look for. */
  nudge(): void {
    this.nudged = true;
    this.source?.nudge();
  }

  /** @throws AccessDenied | Corrupt, and Unavailable when the store is closed */
  async *messages(): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const { signal } = this.options;
    const wake = (): void => this.nudge();
    const ends = AbortSignal.any([signal, this.following.closed]);
    ends.addEventListener('abort', wake);
    try {
      while (!ends.aborted) yield* this.connected(ends);
    } finally {
      ends.removeEventListener('abort', wake);
    }
    if (!signal.aborted) throw new Unavailable('not-written', 'the event store is closed');
  }

  /** One subscription of the server, until it is lost. */
  private async *connected(ends: AbortSignal): AsyncGenerator<SubscriptionMessage, void, undefined> {
    let source: Source | undefined;
    try {
      await this.begin();
      source = this.open();
      while (!ends.aborted && !this.stalled(source)) yield* this.step(source, ends);
    } catch (error) {
      if (ends.aborted) return;
      const failure = failureOf(error);
      if (failure.kind !== 'passing' && !isPassing(error)) throw portError(failure, '$all');
    } finally {
      this.source = undefined;
      await source?.close();
    }
    if (!ends.aborted) await pauseAfter((this.failures += 1), this.following.timings, ends);
  }

  /** Where the end is, is asked once: what is written while a connection is lost comes after it. */
  private async begin(): Promise<void> {
    if (this.begun) return;
    const { after } = this.options;
    if (after === 'end') this.considered = await this.following.reader.head();
    else if (after !== 'start') this.considered = after;
    this.begun = true;
  }

  private open(): Source {
    const { connection } = this.following;
    [this.confirmed, this.live, this.overtaken, this.said] = [false, false, false, false];
    this.unsaidSince = performance.now();
    const filter = this.options.filter && clientFilter(this.options.filter, (position) => source.offer(position));
    const stream: AllStreamSubscription = connection.subscribeToAll({
      fromPosition: this.considered ?? 'start',
      ...(filter ? { filter } : {}),
    });
    const source = new Inlet<{ readonly event?: ClientEvent }>(stream, () => stream.unsubscribe());
    stream.on('confirmation', () => {
      [this.confirmed, this.failures] = [true, 0];
      source.heard();
      source.nudge();
    });
    stream.on('caughtUp', () => {
      this.live = true;
      source.heard();
      source.nudge();
    });
    this.source = source;
    return source;
  }

  /** True when the subscription keeps silent about what is in the log. */
  private stalled(source: Source): boolean {
    return this.overtaken && source.silentMs > this.following.timings.subscriptionMs;
  }

  private async *step(source: Source, ends: AbortSignal): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const { lookAgainMs, subscriptionMs } = this.following.timings;
    const arrival = await source.next(this.confirmed ? this.untilLook(source) : lookAgainMs);
    if (arrival.kind === 'over') throw arrival.error ?? new Unavailable('not-written', 'the server ended the subscription');
    if (arrival.kind === 'item') {
      this.overtaken = false;
      if (arrival.item.event) yield* this.take(arrival.item.event);
    } else if (arrival.kind === 'checkpoint') {
      if (this.believes(arrival.position)) yield { kind: 'checkpoint', position: arrival.position };
    } else if (!this.confirmed) {
      if (source.silentMs > subscriptionMs) throw new Timeout('the subscription was not confirmed');
    } else if (this.untilLook(source) <= 0) yield* this.lookForMore(ends);
  }

  /** Milliseconds until the log is to be looked at; not positive when it is time. */
  private untilLook(source: Source): number {
    const { lookAgainMs } = this.following.timings;
    const now = performance.now();
    if (this.said) return this.lookedAt + (this.nudged ? NUDGED_MS : lookAgainMs) - now;
    if (!this.live) return CATCHING_UP_QUIET_MS - source.silentMs;
    const overdue = Math.max(this.unsaidSince + UNSAID_MS_MAX - now, REFILL_MS - source.silentMs);
    return Math.min(LIVE_QUIET_MS - source.silentMs, overdue);
  }

  /** Delivers an event that is new and wanted; of any other, only its position counts. Returns whether it was delivered. */
  private *take(event: ClientEvent): Generator<SubscriptionMessage, boolean, undefined> {
    if (!event.position || !this.isNew(event.position)) return false;
    this.considered = event.position;
    if (!isDelivered(event) || !matches(event, this.options.filter)) return false;
    if (this.said) this.unsaidSince = performance.now();
    this.said = false;
    yield { kind: 'event', event: this.following.reader.stored(event) };
    return true;
  }

  /**
   * While it catches up, a server tells where the page of the log it looks at begins, with 0 for prepare: everything before is looked at, the
   * event there is not. Whoever keeps the first number alone takes it for looked at, as the read model does, and servers before 24.10.5
   * told such places too early. The look behind the last event finds a place that can be told.
   */
  private believes(position: Position): boolean {
    if (position.commit !== position.prepare || !this.isNew(position)) return false;
    this.considered = position;
    return true;
  }

  private isNew(position: Position): boolean {
    return !this.considered || comparePositions(position, this.considered) > 0;
  }

  private async *lookForMore(signal: AbortSignal): AsyncGenerator<SubscriptionMessage, void, undefined> {
    let passed: Position | undefined;
    this.nudged = false;
    const { reader } = this.following;
    for await (const event of reader.considered({ from: this.considered ?? 'start', direction: 'forwards', signal })) {
      if (!event.position || !this.isNew(event.position)) continue;
      const delivered = yield* this.take(event);
      this.overtaken ||= delivered;
      // Events of the server and checkpoints are not worth telling: telling them would lead to the next checkpoint.
      if (delivered) passed = undefined;
      else if (isDelivered(event)) passed = event.position;
    }
    if (passed) yield { kind: 'checkpoint', position: passed };
    if (!this.said) yield { kind: 'caughtUp' };
    this.said = true;
    this.lookedAt = performance.now();
  }
}

const clientFilter = (filter: EventFilter, told: (position: Position) => void): ReturnType<typeof eventTypeFilter> => {
  const checkpointReached = (_subscription: unknown, position: Position): void => told(position);
  return 'streamPrefixes' in filter
    ? streamNameFilter({ prefixes: [...filter.streamPrefixes], checkpointReached })
    : eventTypeFilter({ prefixes: [...filter.typePrefixes], checkpointReached });
};

const matches = (event: ClientEvent, filter: EventFilter | undefined): boolean => {
  if (!filter) return true;
  if ('streamPrefixes' in filter) return filter.streamPrefixes.some((prefix) => event.streamId.startsWith(prefix));
  return filter.typePrefixes.some((prefix) => event.type.startsWith(prefix));
};
