import { setTimeout as delay } from 'node:timers/promises';
import {
  EVENT_BYTES_MAX,
  Timeout,
  Unavailable,
  WrongExpectedRevision,
  type EventCodec,
  type EventStore,
  type NewEvent,
} from '#libs/event-store';
import { formatPosition, timeOrderedId, type Clock, type CommandMeta } from '#libs/kernel';
import { answerOf, type AnsweredPart, type IntakeAnswer } from './answer.js';
import { type RequestEntry } from './batch.js';
import { type RawRecord } from './body.js';
import { type Kind } from './kind.js';
import { type LaneMemory } from './lane-memory.js';
import { type IntakeLimits } from './limits.js';
import { cut, type Piece } from './piece.js';
import { planOf } from './plan.js';
import { IntakeRefused } from './refusals.js';

/** One request as it waits in a lane. */
export type Request = {
  readonly records: readonly RawRecord[];
  readonly bytes: number;
  readonly key?: string;
  /** Keyed digest of the decoded body; given with a key. */
  readonly digest?: string;
  readonly meta: CommandMeta;
};

/** `parts` grows as batches of the request are stored, so that a retry goes on where the last attempt stopped. */
type Waiting = Request & {
  parts: readonly AnsweredPart[];
  readonly resolve: (answer: IntakeAnswer) => void;
  readonly reject: (error: unknown) => void;
};

export type LaneParts<R> = {
  readonly deploymentId: string;
  readonly kind: Kind<R>;
  readonly memory: LaneMemory;
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly clock: Clock;
  readonly limits: IntakeLimits;
  /** First wait before an append is tried again, doubled each time; 50 ms unless said otherwise. */
  readonly retryDelayMs?: number;
};

/** Requests of at least this many records are never put together with others. */
const ALONE_FROM = 100;
const COALESCE_ROWS_MAX = 1_000;
/** How long small requests wait for company while the lane is busy. */
const COALESCE_MS = 2;
const TRIES = 5;
const RETRY_DELAY_MS = 50;
/** Encoded bytes of an event's body, with room for its metadata. */
const BODY_BYTES_MAX = EVENT_BYTES_MAX - 8 * 1024;

/**
 * The one writer of one stream of batches. Requests are taken in order; small ones together. Every append names the exact revision,
 * so a second writer cannot slip in between: its presence shows as a conflict and this lane reads what it missed. Where nothing is to be
 * appended, it reads before it calls a record a duplicate.
 */
export class Lane<R> {
  private readonly queue: Waiting[] = [];
  private waitingBytes = 0;
  private working: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly parts: LaneParts<R>) {}

  /**
   * Answers after the durable append.
   * @throws IntakeRefused 503 when the queue is full or the log is away, 422 for a reused key
   */
  submit(request: Request): Promise<IntakeAnswer> {
    const { limits } = this.parts;
    if (this.closed) return Promise.reject(IntakeRefused.unavailable('this process is shutting down'));
    if (this.queue.length >= limits.waitingRequestsMax || this.waitingBytes + request.bytes > limits.waitingBytesMax) {
      return Promise.reject(IntakeRefused.overloaded(limits));
    }
    this.waitingBytes += request.bytes;
    const answer = new Promise<IntakeAnswer>((resolve, reject) => this.queue.push({ ...request, parts: [], resolve, reject }));
    this.working ??= this.work();
    return answer;
  }

  /** Requests waiting now. */
  get depth(): number {
    return this.queue.length;
  }

  /** Lets what waits finish, takes nothing more. */
  async close(): Promise<void> {
    this.closed = true;
    await this.working;
    await this.parts.memory.close();
  }

  private async work(): Promise<void> {
    try {
      let first = true;
      while (this.queue.length > 0) {
        // Under load a short wait lets small requests share one event and one fsync; a lone request does not wait.
        if (!first && (this.queue[0]?.records.length ?? 0) < ALONE_FROM) await delay(COALESCE_MS);
        first = false;
        await this.settle(this.take());
        await this.parts.memory.keep();
      }
    } finally {
      this.working = undefined;
    }
  }

  private take(): readonly Waiting[] {
    const head = this.queue.shift();
    if (!head) return [];
    const group = [head];
    let rows = head.records.length;
    for (let next = this.queue[0]; next && head.records.length < ALONE_FROM; next = this.queue[0]) {
      rows += next.records.length;
      if (next.records.length >= ALONE_FROM || rows > COALESCE_ROWS_MAX || !sameOrigin(head, next)) break;
      // The same key twice: the second is answered from what the first stored.
      if (next.key !== undefined && group.some((request) => request.key === next.key)) break;
      this.queue.shift();
      group.push(next);
    }
    for (const request of group) this.waitingBytes -= request.bytes;
    return group;
  }

  private async settle(group: readonly Waiting[]): Promise<void> {
    try {
      await this.parts.memory.open();
      await this.store(await this.unanswered(group));
    } catch (error) {
      // Requests that share an event must not share each other's faults.
      if (group.length > 1 && !isOfTheLog(error)) for (const request of group) await this.settle([request]);
      else for (const request of group) request.reject(error);
    }
  }

  /** A resend is answered from what the log holds; a part of it may still have to be stored. */
  private async unanswered(group: readonly Waiting[]): Promise<readonly Waiting[]> {
    const open: Waiting[] = [];
    for (const request of group) {
      request.parts = request.key === undefined ? request.parts : await this.parts.memory.partsOf(request.key);
      if (request.parts.some((part) => part.entry.digest !== request.digest)) request.reject(IntakeRefused.keyReused());
      else if (isWhole(request)) request.resolve(answerOf(request.parts));
      else open.push(request);
    }
    return open;
  }

  private async store(requests: readonly Waiting[]): Promise<void> {
    let group = requests;
    for (let attempt = 1; group.length > 0; attempt += 1) {
      try {
        return await this.attempt(group);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
        if (attempt >= TRIES) throw IntakeRefused.unavailable('another process keeps writing to this deployment', { cause: error });
        // Another writer was here: learn what it stored, which may be one of these requests, then decide again.
        await this.parts.memory.catchUp();
        group = await this.unanswered(group);
      }
    }
  }

  private async attempt(group: readonly Waiting[]): Promise<void> {
    const { kind, deploymentId, memory, clock } = this.parts;
    const now = clock.now();
    const planned = await planOf(group, { kind, deploymentId, known: memory, now });
    for (const piece of cut(planned)) await this.append(piece, group, now);
    for (const request of group) request.resolve(answerOf(request.parts));
  }

  /** Stores one piece as one event and remembers it; as several when it turns out too large for one. */
  private async append(piece: Piece<R>, group: readonly Waiting[], now: number): Promise<void> {
    const { kind, deploymentId, memory, codec } = this.parts;
    const meta = piece.parts[0]?.about.meta;
    if (!meta) return;
    if (!piece.isWorthStoring) {
      if (piece.hasDuplicates) await memory.confirm();
      return note(piece, group, piece.entries([], meta.correlationId), { batch: '', position: '' });
    }
    const { rows, conflicts } = piece;
    const draft = await kind.draft({ deploymentId, rows, now, recordsBefore: memory.records, meta, conflicts });
    const entries = piece.entries(draft.marks, meta.correlationId);
    const traces = piece.traces(entries);
    const event = codec.encode(draft.finish(traces), meta, timeOrderedId(), { trusted: true });
    const halves = event.body.length > BODY_BYTES_MAX ? piece.halved() : undefined;
    if (halves) {
      for (const half of halves) await this.append(half, group, now);
      return;
    }
    const position = await this.appendSurely(event);
    const stored = rows.map(({ record, digest }) => ({ id: kind.idOf(record), digest }));
    memory.remember(stored, traces);
    note(piece, group, entries, { batch: event.id, position });
  }

  /** Retries an append whose outcome is unknown with the same event id and revision: the store then knows it already. */
  private async appendSurely(event: NewEvent): Promise<string> {
    const { store, memory } = this.parts;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await store.append(memory.stream, [event], { expected: memory.expected });
        memory.appended(result.revision, event.id);
        return result.position ? formatPosition(result.position) : '';
      } catch (error) {
        if (!isOfTheLog(error)) throw error;
        if (attempt >= TRIES) {
          // It may have been stored after all: the log is looked at before the next request.
          memory.forget();
          throw IntakeRefused.unavailable('the event log does not answer', { cause: error });
        }
        await delay((this.parts.retryDelayMs ?? RETRY_DELAY_MS) * 2 ** attempt);
      }
    }
  }
}

/** What a piece contributed to each of its requests, told to them. */
function note<R>(piece: Piece<R>, group: readonly Waiting[], entries: readonly RequestEntry[], at: Omit<AnsweredPart, 'entry'>): void {
  for (const [index, { request }] of piece.parts.entries()) {
    const [waiting, entry] = [group[request], entries[index]];
    if (waiting && entry) waiting.parts = [...waiting.parts, { entry, ...at }];
  }
}

/** The log is away, or is taken by somebody else: no fault of a request. */
const isOfTheLog = (error: unknown): boolean =>
  error instanceof Unavailable || error instanceof Timeout || (error instanceof IntakeRefused && error.status === 503);

/** One event has one actor and one source; each request keeps its own correlation id. */
const sameOrigin = ({ meta: a }: Request, { meta: b }: Request): boolean =>
  a.actor.principalId === b.actor.principalId &&
  a.actor.via === b.actor.via &&
  a.onBehalfOf === b.onBehalfOf &&
  a.source.client === b.source.client &&
  a.source.addressClass === b.source.addressClass;

const isWhole = (request: Waiting): boolean => request.parts.at(-1)?.entry.until === request.records.length;
