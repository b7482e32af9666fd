import { StreamDeleted, Unavailable, WrongExpectedRevision } from '../errors.js';
import { type CommitOptions } from '../log-engine.js';
import { type SqliteDriver } from './driver.js';

/** How much may wait. Beyond it callers are told at once that nothing was written. */
export type QueueLimits = { readonly waitingMax: number; readonly waitingBytesMax: number };

type Waiting = {
  readonly bytes: number;
  readonly deadline: number;
  readonly run: () => Settlement;
  readonly refuse: (error: Error) => void;
};
/** Called once it is known whether the transaction is durable. */
type Settlement = { readonly durable: () => void; readonly failed: (error: Error) => void };

/** One transaction holds at most this much, so that a burst does not stop the process for long. */
const TRANSACTION_BYTES_MAX = 8 * 1024 * 1024;

/**
 * One transaction, hence one fsync, for everything that waits in a turn of the event loop. Each piece of work decides against what
 * the pieces before it staged; a refused one never rolls back its neighbours; nobody is answered before the commit is durable.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private scheduled = false;
  private closed = false;

  constructor(
    private readonly driver: SqliteDriver,
    private readonly limits: QueueLimits,
    private readonly onRollback: () => void,
  ) {}

  submit<T>({ bytes, timeoutMs }: CommitOptions, work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.closed) return reject(new Unavailable('not-written', 'the event store is closed'));
      if (this.waiting.length >= this.limits.waitingMax || this.waitingBytes + bytes > this.limits.waitingBytesMax) {
        return reject(new Unavailable('not-written', 'too many appends are waiting'));
      }
      const run = (): Settlement => {
        const result = attempted(work);
        if (result.kind === 'refused') return { durable: () => reject(result.error), failed: () => reject(result.error) };
        return { durable: () => resolve(result.value), failed: reject };
      };
      this.waiting.push({ bytes, deadline: timeoutMs === undefined ? Infinity : performance.now() + timeoutMs, run, refuse: reject });
      this.waitingBytes += bytes;
      this.schedule();
    });
  }

  /** Writes what waits, then refuses everything. */
  close(): void {
    while (this.waiting.length > 0) this.commit(this.take());
    this.closed = true;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (this.waiting.length === 0) return;
      this.commit(this.take());
      if (this.waiting.length > 0) this.schedule();
    });
  }

  private take(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { bytes: more } of this.waiting) {
      if (count > 0 && bytes + more > TRANSACTION_BYTES_MAX) break;
      bytes += more;
      count += 1;
    }
    this.waitingBytes -= bytes;
    return this.waiting.splice(0, count);
  }

  private commit(taken: readonly Waiting[]): void {
    const now = performance.now();
    const late = taken.filter((piece) => piece.deadline < now);
    for (const piece of late) piece.refuse(new Unavailable('not-written', 'the append waited longer than its timeout'));
    const pieces = taken.filter((piece) => piece.deadline >= now);
    if (pieces.length > 0) this.transaction(pieces);
  }

  private transaction(pieces: readonly Waiting[]): void {
    const staged: Settlement[] = [];
    let outcome: Unavailable['outcome'] = 'not-written';
    try {
      this.driver.exec('BEGIN IMMEDIATE');
      for (const piece of pieces) staged.push(piece.run());
      // From here on an error does not tell whether the log on the disk has the transaction.
      outcome = 'unknown';
      this.driver.exec('COMMIT');
    } catch (cause) {
      this.rollBack();
      if (cause instanceof Mistake) return this.without(pieces, staged.length, cause.error);
      const message = outcome === 'unknown' ? 'the commit of the event log failed' : 'the event log could not be written';
      const error = new Unavailable(outcome, message, { cause });
      for (const settlement of staged) settlement.failed(error);
      for (const piece of pieces.slice(staged.length)) piece.refuse(error);
      return;
    }
    for (const settlement of staged) settlement.durable();
  }

  /** One caller's mistake is answered to that caller; nothing was written yet, so the others are simply run again. */
  private without(pieces: readonly Waiting[], faulty: number, mistake: Error): void {
    pieces[faulty]?.refuse(mistake);
    const others = pieces.filter((_, index) => index !== faulty);
    if (others.length > 0) this.transaction(others);
  }

  private rollBack(): void {
    this.onRollback();
    try {
      this.driver.exec('ROLLBACK');
    } catch {
      // No transaction is open: the engine rolled back by itself, or it never began.
    }
  }
}

const attempted = <T>(work: () => T): { kind: 'done'; value: T } | { kind: 'refused'; error: WrongExpectedRevision | StreamDeleted } => {
  try {
    return { kind: 'done', value: work() };
  } catch (error) {
    if (error instanceof WrongExpectedRevision || error instanceof StreamDeleted) return { kind: 'refused', error };
    throw error instanceof TypeError || error instanceof RangeError ? new Mistake(error) : error;
  }
};

/** Thrown by the work itself: a value that cannot be stored at all, as opposed to a disk that cannot store. */
class Mistake extends Error {
  constructor(readonly error: Error) {
    super(error.message);
  }
}
