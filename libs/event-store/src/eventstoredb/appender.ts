import { type EventData } from '@eventstore/db-client';
import { type Position, comparePositions, positionOf } from '#libs/kernel';
import { AppendTooLarge, StreamDeleted, Unavailable, WrongExpectedRevision } from '../errors.js';
import { isPassing } from '../passing.js';
import { APPEND_BYTES_MAX, type AppendResult, type ExpectedRevision } from '../store.js';
import { type ClientFailure, failureOf, portError, unavailable } from './client-failure.js';
import { type Connection } from './connection.js';
import { type LogReader } from './log-reader.js';
import { type Timings, pauseAfter } from './timings.js';
import { within } from './within.js';

/** What is to be written, as the client takes it. */
export type Append = {
  readonly stream: string;
  readonly events: readonly EventData[];
  readonly bytes: number;
  readonly expected: ExpectedRevision;
  /** Written twice it does no harm: with `any` nothing has to be looked up first. */
  readonly repeatable?: boolean;
};

type Written = { readonly revision: bigint; readonly position?: Position };
type Passing = Extract<ClientFailure, { kind: 'passing' }>;

/**
 * Appends, and again when the outcome is unknown: with the same event ids and an exact revision the server recognises its own events,
 * also after a restart. With `any` and `stream_exists` it does so only while it remembers the ids, so after an unknown outcome the
 * stream is read, and what is not there is appended after its last event by its exact revision.
 */
export class Appender {
  constructor(
    private readonly connection: Connection,
    private readonly reader: LogReader,
    private readonly timings: Timings,
  ) {}

  /** @throws the errors of `EventStore.append` */
  async append(append: Append): Promise<AppendResult> {
    const until = performance.now() + this.timings.appendMs;
    if (!this.reader.seen) await this.patiently(until, () => this.reader.head());
    const { seen } = this.reader;
    const exact = append.expected === 'no_stream' || typeof append.expected === 'bigint';
    const written = exact || append.repeatable ? await this.repeated(append, until) : await this.located(append, until);
    const position = written.position ?? (await this.positionOf(append.stream, written.revision));
    if (position) this.reader.see(position);
    // What stands before something that was seen before it was sent has been written before.
    const idempotent = position === undefined || (seen !== undefined && comparePositions(position, seen) <= 0);
    return { revision: written.revision, ...(position ? { position } : {}), ...(idempotent ? { idempotent } : {}) };
  }

  /** The same again until the outcome is known: for an exact revision, where the server recognises its events. */
  private async repeated(append: Append, until: number): Promise<Written> {
    let sent = false;
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.attempt(append, append.expected, until);
      if ('revision' in result) return result;
      sent ||= !result.unsent;
      await this.pauseOrGiveUp({ append, until, attempt, failure: { ...result, unsent: !sent } });
    }
  }

  /** `any` and `stream_exists`. */
  private async located(append: Append, until: number): Promise<Written> {
    const last = await this.patiently(until, () => this.reader.lastOf(append.stream));
    let expected = append.expected;
    let from = last ? last.revision + 1n : 0n;
    for (let [attempt, sent] = [1, false]; ; attempt += 1) {
      const result = await this.attempt({ ...append, expected }, expected, until).catch((error: unknown) => {
        // Somebody else wrote between looking and writing; this can only be about a revision that was found here.
        if (expected !== append.expected && error instanceof WrongExpectedRevision) return error;
        throw error;
      });
      if ('revision' in result) return result;
      if (!(result instanceof WrongExpectedRevision)) {
        sent ||= !result.unsent;
        await this.pauseOrGiveUp({ append, until, attempt, failure: { ...result, unsent: !sent } });
      }
      const found = await this.patiently(until, () => this.find(append, from)).catch((error: unknown) => {
        throw sent && error instanceof Unavailable ? new Unavailable('unknown', error.message, { cause: error }) : error;
      });
      if (found.written) return found.written;
      from = found.next;
      expected = from === 0n ? append.expected : from - 1n;
    }
  }

  /** Looks for the events of an append among those that were written since. */
  private async find({ stream, events }: Append, from: bigint): Promise<{ readonly written?: Written; readonly next: bigint }> {
    let next = from;
    const last = events.at(-1)?.id;
    for await (const { id, revision, position } of this.reader.eventsOf(stream, { from })) {
      if (id === last) return { written: { revision, ...(position ? { position } : {}) }, next };
      next = revision + 1n;
    }
    return { next };
  }

  private async attempt(append: Append, expected: ExpectedRevision, until: number): Promise<Written | Passing> {
    const ms = Math.max(1, Math.min(this.timings.appendTryMs, until - performance.now()));
    try {
      const sending = this.connection.appendToStream(append.stream, [...append.events], {
        expectedRevision: expected,
        deadline: ms,
        requiresLeader: true,
      });
      const { nextExpectedRevision, position } = await within(ms, `appending to ${append.stream}`, sending);
      return { revision: nextExpectedRevision, ...(position ? { position: positionOf(position.commit, position.prepare) } : {}) };
    } catch (error) {
      return passingOf(failureOf(error), append);
    }
  }

  private async pauseOrGiveUp(tried: {
    readonly append: Append;
    readonly until: number;
    readonly attempt: number;
    readonly failure: Passing;
  }): Promise<void> {
    const { append, until, attempt, failure } = tried;
    await pauseAfter(attempt, this.timings);
    if (performance.now() >= until) throw unavailable(failure, `appending to ${append.stream}`);
  }

  /** A read that an append needs may take as long as the append. */
  private async patiently<T>(until: number, read: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await read();
      } catch (error) {
        if (!isPassing(error) || performance.now() >= until) throw error;
        await pauseAfter(attempt, this.timings);
      }
    }
  }

  /** The server leaves the position out when it recognised the events. Without it the append is as good as with it. */
  private async positionOf(stream: string, revision: bigint): Promise<Position | undefined> {
    try {
      for await (const event of this.reader.eventsOf(stream, { from: revision, limit: 1 }))
        if (event.revision === revision) return event.position;
    } catch (error) {
      if (!(error instanceof Unavailable || error instanceof StreamDeleted)) throw error;
    }
    return undefined;
  }
}

/** What may be tried again. @throws what may not, as errors of the port */
const passingOf = (failure: ClientFailure, { stream, expected, bytes }: Append): Passing => {
  if (failure.kind === 'passing') return failure;
  if (failure.kind === 'wrong-revision') throw new WrongExpectedRevision(stream, expected, failure.actual);
  if (failure.kind === 'too-large') throw new AppendTooLarge(bytes, failure.limit ?? APPEND_BYTES_MAX);
  throw portError(failure, stream);
};
