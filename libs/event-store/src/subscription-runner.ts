import { setTimeout as delay } from 'node:timers/promises';
import { type Position, comparePositions } from '#libs/kernel';
import { type CheckpointStore } from './checkpoint-store.js';
import { type EventCodec } from './codec.js';
import { deliver } from './delivery.js';
import { type EventFilter, type EventStore, type StoredEvent, type SubscriptionMessage } from './store.js';
import { type Subscription, isDerivedStream } from './subscription.js';

/** What a runner needs. A batch is handed over when it is full, or when nothing more is there. */
export type SubscriptionRunnerOptions = {
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly checkpoints: CheckpointStore;
  readonly subscription: Subscription;
  readonly eventsMax?: number;
  readonly bytesMax?: number;
  /** How often a batch is tried before its poison policy applies, and the first pause between tries; it doubles. */
  readonly tries?: number;
  readonly pauseMs?: number;
  /** Told once when the subscription stops on an error, besides `failure`. */
  readonly onFailure?: (error: Error) => void;
};

type Waiter = { readonly position: Position; readonly settle: (error?: Error) => void };

const TRIES = 3;
/** Positions that may pass without a matching event before the checkpoint is moved for them alone. */
const CONSIDERED_BEFORE_SAVING = 5_000n;

/** Runs one subscription: follows the log after its checkpoint, hands over batches, moves the checkpoint after each. */
export class SubscriptionRunner {
  private aborter: AbortController | undefined;
  private running: Promise<void> = Promise.resolve();
  private at: Position | undefined;
  private saved: Position | undefined;
  private error: Error | undefined;
  private readonly waiters = new Set<Waiter>();
  private batch: StoredEvent[] = [];
  private batchBytes = 0;

  constructor(private readonly options: SubscriptionRunnerOptions) {}

  get name(): string {
    return this.options.subscription.name;
  }

  /** The error that stopped the subscription. It does not start again by itself: somebody has to look. */
  get failure(): Error | undefined {
    return this.error;
  }

  /** Reads the checkpoint, then follows the log in the background. */
  async start(): Promise<void> {
    if (this.aborter) throw new Error(`subscription ${this.name} is running`);
    const aborter = new AbortController();
    this.aborter = aborter;
    this.error = undefined;
    try {
      this.saved = await this.options.checkpoints.load(this.name);
      this.at = await this.resumed();
    } catch (error) {
      this.aborter = undefined;
      throw error;
    }
    this.running = this.run(aborter.signal).catch((error: unknown) => this.fail(error, aborter.signal));
  }

  /** Lets the batch in hand finish or abort, saves how far it came, and returns when nothing runs any more. */
  async stop(): Promise<void> {
    this.aborter?.abort();
    await this.running;
    this.aborter = undefined;
    for (const waiter of [...this.waiters]) waiter.settle(new Error(`subscription ${this.name} was stopped`));
    if (!this.error) await this.save();
  }

  /** Everything up to here is handled or was none of its business. Undefined before the first event. */
  position(): Position | undefined {
    return this.at;
  }

  /** How far the log is ahead, in positions: 0 when caught up. An estimate where positions have gaps. */
  async lag(): Promise<bigint> {
    const head = await this.options.store.head();
    if (!head) return 0n;
    const behind = head.commit - (this.at?.commit ?? 0n);
    return behind > 0n ? behind : 0n;
  }

  /**
   * True when the position is reached, false when the time is over.
   * @throws the failure that stopped the subscription, or an error when it is stopped meanwhile
   */
  async caughtUpTo(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.reached(position)) return true;
    if (this.error) throw this.error;
    return new Promise<boolean>((resolve, reject) => {
      const waiter: Waiter = {
        position,
        settle: (error) => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          if (error) reject(error);
          else resolve(this.reached(position));
        },
      };
      const timer = setTimeout(() => waiter.settle(), timeoutMs);
      this.waiters.add(waiter);
    });
  }

  private reached(position: Position): boolean {
    return this.at !== undefined && comparePositions(this.at, position) >= 0;
  }

  /** Where the data of this subscription reach, when it knows that better than its checkpoint. */
  private async resumed(): Promise<Position | undefined> {
    const { subscription } = this.options;
    return subscription.resumeFrom ? subscription.resumeFrom(this.saved) : this.saved;
  }

  /**
   * Follows the log. A subscription that knows where its data reach does not know it any more after an error, so it is asked again and
   * reads from there; an error that comes back at the same place is final after some tries.
   */
  private async run(signal: AbortSignal): Promise<void> {
    const { subscription, tries = TRIES } = this.options;
    let failedAt: bigint | undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.follow(signal);
      } catch (error) {
        const at = this.at?.commit ?? 0n;
        if (failedAt === undefined || at > failedAt) attempt = 1;
        failedAt = failedAt === undefined || at > failedAt ? at : failedAt;
        if (signal.aborted || !subscription.resumeFrom || attempt >= tries) throw error;
        await this.pause(attempt, signal);
        this.at = await this.resumed();
      }
    }
  }

  private async follow(signal: AbortSignal): Promise<void> {
    this.batch = [];
    this.batchBytes = 0;
    const filter = filterOf(this.options.subscription);
    for await (const message of this.options.store.subscribeAll({ after: this.at ?? 'start', signal, ...(filter ? { filter } : {}) })) {
      if (signal.aborted) return;
      await this.take(message, signal);
    }
  }

  private async take(message: SubscriptionMessage, signal: AbortSignal): Promise<void> {
    const { eventsMax = 500, bytesMax = 4 * 1024 * 1024 } = this.options;
    if (message.kind === 'event') {
      if (!this.wanted(message.event)) return this.passed(message.event.position, signal);
      this.batch.push(message.event);
      this.batchBytes += message.event.body.length;
      if (this.batch.length >= eventsMax || this.batchBytes >= bytesMax) await this.flush(signal);
      return;
    }
    await this.flush(signal);
    if (message.kind === 'checkpoint') await this.passed(message.position, signal);
  }

  private wanted(event: StoredEvent): boolean {
    const { handles } = this.options.subscription;
    return !isDerivedStream(event.stream) && (handles === 'all' || handles.includes(event.type));
  }

  private async flush(signal: AbortSignal): Promise<void> {
    const last = this.batch.at(-1);
    if (!last) return;
    const batch = this.batch;
    this.batch = [];
    this.batchBytes = 0;
    await this.deliver(batch, signal);
    if (signal.aborted) return;
    this.moveTo(last.position);
    await this.save();
  }

  private async deliver(batch: readonly StoredEvent[], signal: AbortSignal): Promise<void> {
    const { store, codec, subscription } = this.options;
    const tries = subscription.resumeFrom ? 1 : (this.options.tries ?? TRIES);
    await deliver({ store, codec, subscription, tries, pause: (attempt) => this.pause(attempt, signal) }, batch, signal);
  }

  private async pause(attempt: number, signal: AbortSignal): Promise<void> {
    const { pauseMs = 50 } = this.options;
    // An abort ends the pause early; who called looks at the signal.
    await delay(pauseMs * 2 ** (attempt - 1), undefined, { signal }).catch(() => undefined);
  }

  /** A position without business for this subscription. Saved rarely: otherwise an idle reader would write for ever. */
  private async passed(position: Position, signal: AbortSignal): Promise<void> {
    // What waits in the batch comes before it: the position may move past it only after it was handled.
    if (this.batch.length > 0) return;
    this.moveTo(position);
    if (!signal.aborted && position.commit - (this.saved?.commit ?? 0n) > CONSIDERED_BEFORE_SAVING) await this.save();
  }

  private moveTo(position: Position): void {
    if (!this.reached(position)) this.at = position;
    for (const waiter of [...this.waiters]) if (this.reached(waiter.position)) waiter.settle();
  }

  private async save(): Promise<void> {
    if (!this.at || (this.saved && comparePositions(this.at, this.saved) === 0)) return;
    await this.options.checkpoints.save(this.name, this.at);
    this.saved = this.at;
  }

  private fail(thrown: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.error = error;
    for (const waiter of [...this.waiters]) waiter.settle(error);
    this.options.onFailure?.(error);
  }
}

const filterOf = ({ handles }: Subscription): EventFilter | undefined => (handles === 'all' ? undefined : { typePrefixes: handles });
