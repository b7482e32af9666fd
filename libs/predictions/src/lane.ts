import { setTimeout as delay } from 'node:timers/promises';
import { Unavailable, WrongExpectedRevision, Timeout, type EventCodec, type EventStore, type NewEvent } from '#libs/event-store';
import { formatPosition, timeOrderedId, type Clock, type CommandMeta } from '#libs/kernel';
import { answerOf, type AnsweredPart, type IntakeAnswer } from './answer.js';
import { type RawRecord } from './body.js';
import { type Kind } from './kind.js';
import { type LaneMemory } from './lane-memory.js';
import { type IntakeLimits } from './limits.js';
import { cut, planOf, type Plan } from './plan.js';
import { IntakeRefused } from './refusals.js';

/** One request as it waits in a lane. */
export type Request = {
  readonly records: readonly RawRecord[];
  readonly bytes: number;
  readonly key?: string;
  /** SHA-256, hex, of the decoded body; given with a key. */
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
};

/** Requests of at least this many records are never put together with others. */
const ALONE_FROM = 100;
const COALESCE_ROWS_MAX = 1_000;
/** How long small requests wait for company while the lane is busy. */
const COALESCE_MS = 2;
const TRIES = 5;

/**
 * The one writer of one stream of batches. Requests are taken in order; small ones together. Every append names the exact revision,
 * so a second writer cannot slip in between: its presence shows as a conflict and this lane reads what it missed.
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
    await this.parts.memory.keep('always');
  }

  private async work(): Promise<void> {
    try {
      let first = true;
      while (this.queue.length > 0) {
        // Under load a short wait lets small requests share one event and one fsync; a lone request does not wait.
        if (!first && (this.queue[0]?.records.length ?? 0) < ALONE_FROM) await delay(COALESCE_MS);
        first = false;
        await this.settle(this.take());
        await this.parts.memory.keep('when due');
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
      if (next.records.length >= ALONE_FROM || rows > COALESCE_ROWS_MAX || !sameActor(head, next)) break;
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
      const open: Waiting[] = [];
      for (const request of group) {
        // A resend is answered from what the log holds; a part of it may still have to be stored.
        request.parts = request.key === undefined ? [] : await this.parts.memory.partsOf(request.key);
        if (request.parts.some((part) => part.entry.digest !== request.digest)) request.reject(IntakeRefused.keyReused());
        else if (isWhole(request)) request.resolve(answerOf(request.parts));
        else open.push(request);
      }
      await this.store(open);
    } catch (error) {
      for (const request of group) request.reject(error);
    }
  }

  private async store(group: readonly Waiting[]): Promise<void> {
    for (let attempt = 1; group.length > 0; attempt += 1) {
      try {
        return await this.attempt(group);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision) || attempt >= TRIES) throw error;
        // Another writer was here: learn what it stored, then decide again.
        await this.parts.memory.catchUp();
      }
    }
  }

  private async attempt(group: readonly Waiting[]): Promise<void> {
    const { kind, deploymentId, memory, clock } = this.parts;
    const now = clock.now();
    const planned = await planOf(group, { kind, deploymentId, memory, now });
    for (const piece of cut(planned)) {
      const parts = await this.append(piece, group, now);
      for (const [at, { request }] of piece.requests.entries()) {
        const [waiting, part] = [group[request], parts[at]];
        if (waiting && part) waiting.parts = [...waiting.parts, part];
      }
    }
    for (const request of group) request.resolve(answerOf(request.parts));
  }

  /** Stores one batch and remembers it. A batch without rows and conflicts is nothing to store. */
  private async append(piece: Plan<R>, group: readonly Waiting[], now: number): Promise<readonly AnsweredPart[]> {
    const { kind, deploymentId, memory, codec } = this.parts;
    const meta = group[0]?.meta;
    if (!meta) return [];
    if (piece.rows.length === 0 && piece.conflicts.length === 0) {
      return piece.requests.map(({ entry }) => ({ entry, batch: '', position: '' }));
    }
    const draft = await kind.draft({
      deploymentId,
      rows: piece.rows,
      now,
      recordsBefore: memory.records,
      meta,
      conflicts: piece.conflicts,
    });
    const entries = piece.withMarks(draft.marks);
    const event = codec.encode(draft.finish(entries), meta, timeOrderedId(), { trusted: true });
    const position = await this.appendSurely(event);
    memory.remember(
      piece.rows.map(({ record, digest }) => ({ id: kind.idOf(record), digest })),
      entries,
    );
    return entries.map((entry) => ({ entry, batch: event.id, position }));
  }

  /** Retries an append whose outcome is unknown with the same event id and revision: the store then knows it already. */
  private async appendSurely(event: NewEvent): Promise<string> {
    const { store, memory } = this.parts;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await store.append(memory.stream, [event], { expected: memory.expected });
        memory.appended(result.revision);
        return result.position ? formatPosition(result.position) : '';
      } catch (error) {
        const unsure = error instanceof Unavailable || error instanceof Timeout;
        if (!unsure) throw error;
        if (attempt >= TRIES) {
          // What happened to it is unknown: everything is read again before the next request.
          memory.forget();
          throw IntakeRefused.unavailable('the event log does not answer', { cause: error });
        }
        await delay(50 * 2 ** attempt);
      }
    }
  }
}

const sameActor = (a: Request, b: Request): boolean =>
  a.meta.actor.principalId === b.meta.actor.principalId && a.meta.actor.via === b.meta.actor.via;

const isWhole = (request: Waiting): boolean => request.parts.at(-1)?.entry.until === request.records.length;
