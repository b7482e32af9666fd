import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { type Position, comparePositions } from '#libs/kernel';
import { Arrivals } from './arrivals.js';
import { Batch, itemOf } from './batch.js';
import { deliver } from './delivery.js';
import { Linger, type LingeringMessage } from './linger.js';
import { exceptPassing, isPassing } from './passing.js';
import { filterOf, isWanted } from './subscription.js';
import { type SubscriptionRunnerOptions } from './subscription-runner-options.js';

const TRIES = 3;
const EVENTS_MAX = 500;
const BYTES_MAX = 4 * 1024 * 1024;
/** Longest pause between tries while an engine is away. */
const PAUSE_MS_MAX = 5_000;
/** Reading this much takes some milliseconds, after which others get their turn. */
const READ_IN_A_TURN_BYTES = 128 * 1024;

/** Runs one subscription: follows the log after its checkpoint, hands over batches, moves the checkpoint after each. */
export class SubscriptionRunner {
  private aborter: AbortController | undefined;
  private running: Promise<void> = Promise.resolve();
  private at: Position | undefined;
  private saved: Position | undefined;
  /** False until it knows where it stands. */
  private begun = false;
  private error: Error | undefined;
  private waitsFor: Error | undefined;
  private readonly linger: Linger;
  /** Who waits for a position must not wait for company as well. */
  private readonly arrivals = new Arrivals(() => this.linger.cutShort());
  private readonly batch: Batch;
  /** A position without business for this subscription, behind events that still wait in the batch. */
  private behindBatch: Position | undefined;
  private readSinceTurn = 0;
  private heardAt = performance.now();

  constructor(private readonly options: SubscriptionRunnerOptions) {
    this.batch = new Batch(options.eventsMax ?? EVENTS_MAX, options.bytesMax ?? BYTES_MAX);
    this.linger = new Linger(options.subscription.lingerMs ?? 0);
  }

  get name(): string {
    return this.options.subscription.name;
  }

  /** The error that stopped the subscription. It does not start again by itself: somebody has to look. */
  get failure(): Error | undefined {
    return this.error;
  }

  /** What it waits for: an engine that is away, a disk that is full. It goes on by itself. */
  get trouble(): Error | undefined {
    return this.waitsFor;
  }

  /**
   * Reads where it stands, then follows the log in the background. An engine that is away is waited for there.
   * @throws an error that does not pass, which is its `failure` as well
   */
  async start(): Promise<void> {
    if (this.aborter) throw new Error(`subscription ${this.name} is running`);
    const aborter = new AbortController();
    this.aborter = aborter;
    [this.error, this.waitsFor, this.begun] = [undefined, undefined, false];
    try {
      await this.begin();
    } catch (error) {
      if (!isPassing(error)) {
        this.aborter = undefined;
        this.fail(error, aborter.signal);
        throw error;
      }
      this.troubled(error);
    }
    this.running = this.run(aborter.signal).catch((error: unknown) => this.fail(error, aborter.signal));
  }

  /** Lets the batch in hand finish or abort, saves how far it came, and returns when nothing runs any more. */
  async stop(): Promise<void> {
    this.aborter?.abort();
    await this.running;
    this.aborter = undefined;
    this.arrivals.refuse(new Error(`subscription ${this.name} was stopped`));
    if (!this.error) await this.save().catch(exceptPassing);
  }

  /** Everything up to here is handled or was none of its business. Undefined before the first event. */
  position(): Position | undefined {
    return this.at;
  }

  /** Milliseconds since the log last told it anything, also that nothing is new. */
  get silentMs(): number {
    return performance.now() - this.heardAt;
  }

  /**
   * True when the position is reached, false when the time is over.
   * @throws the failure that stopped the subscription, or an error when it is stopped meanwhile
   */
  async caughtUpTo(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.reached(position)) return true;
    if (this.error) throw this.error;
    return this.arrivals.until(position, timeoutMs);
  }

  private reached(position: Position): boolean {
    return this.at !== undefined && comparePositions(this.at, position) >= 0;
  }

  private async begin(): Promise<void> {
    this.saved = await this.options.checkpoints.load(this.name);
    this.at = await this.resumed();
    this.begun = true;
  }

  /** Where the data of this subscription reach, when it knows that better than its checkpoint. */
  private async resumed(): Promise<Position | undefined> {
    const { subscription } = this.options;
    return subscription.resumeFrom ? subscription.resumeFrom(this.saved) : this.saved;
  }

  /**
   * Follows the log. A subscription that knows where its data reach does not know it any more after an error, so it is asked again and
   * reads from there; an error that comes back at the same place is final after some tries. An error that passes says nothing about
   * the events: it is waited for, however long it takes.
   */
  private async run(signal: AbortSignal): Promise<void> {
    const { subscription, tries = TRIES } = this.options;
    let [place, failures, waits] = [-1n, 0, 0];
    for (let lost = false; ; lost = true) {
      try {
        if (!this.begun) await this.begin();
        else if (lost && subscription.resumeFrom) this.at = await this.resumed();
        return await this.follow(signal);
      } catch (error) {
        const at = this.at?.commit ?? 0n;
        if (at > place) [place, failures, waits] = [at, 0, 0];
        if (signal.aborted) throw error;
        if (isPassing(error)) {
          this.troubled(error);
          await this.pause((waits += 1), signal);
        } else {
          failures += 1;
          if (!subscription.resumeFrom || failures >= tries) throw error;
          await this.pause(failures, signal);
        }
      }
    }
  }

  private troubled(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    if (!this.waitsFor) this.options.onTrouble?.(error);
    this.waitsFor = error;
  }

  private async follow(signal: AbortSignal): Promise<void> {
    this.batch.take();
    this.behindBatch = undefined;
    const filter = filterOf(this.options.subscription);
    const after = this.at ?? 'start';
    const subscribe = (until: AbortSignal) => this.options.store.subscribeAll({ after, signal: until, ...(filter ? { filter } : {}) });
    for await (const message of this.linger.over({ subscribe, holds: () => !this.batch.empty, signal })) {
      if (signal.aborted) return;
      await this.take(message, signal);
    }
  }

  private async take(message: LingeringMessage, signal: AbortSignal): Promise<void> {
    this.heardAt = performance.now();
    if (message.kind === 'event') {
      if (!isWanted(this.options.subscription, message.event)) return this.passed(message.event.position, signal);
      const item = itemOf(this.options.subscription, this.options.codec, message.event);
      this.batch.add(item);
      this.readSinceTurn += item.bytes;
      if (this.batch.full) return this.flush(signal);
      if (this.readSinceTurn < READ_IN_A_TURN_BYTES) return;
      this.readSinceTurn = 0;
      return nextTurn();
    }
    if (this.linger.isOver || this.arrivals.awaited) await this.flush(signal);
    if (message.kind === 'checkpoint') await this.passed(message.position, signal);
    else if (this.waitsFor && this.batch.empty) await this.over();
  }

  /** Caught up after a trouble, which may have kept a checkpoint from being saved. */
  private async over(): Promise<void> {
    await this.save();
    this.waitsFor = undefined;
  }

  private async flush(signal: AbortSignal): Promise<void> {
    const items = this.batch.take();
    const last = items.at(-1);
    if (!last) return;
    const { store, subscription } = this.options;
    const tries = subscription.resumeFrom ? 1 : (this.options.tries ?? TRIES);
    await deliver({ store, subscription, tries, pause: (attempt) => this.pause(attempt, signal) }, items, signal);
    if (signal.aborted) return;
    this.moveTo(last.stored.position);
    if (this.behindBatch) this.moveTo(this.behindBatch);
    this.behindBatch = undefined;
    await this.save();
    this.waitsFor = undefined;
    this.linger.begin();
  }

  private async pause(attempt: number, signal: AbortSignal): Promise<void> {
    const { pauseMs = 50 } = this.options;
    // An abort ends the pause early; who called looks at the signal.
    await delay(Math.min(pauseMs * 2 ** (attempt - 1), PAUSE_MS_MAX), undefined, { signal }).catch(() => undefined);
  }

  /** A position without business for this subscription. Saved rarely: otherwise an idle reader would write for ever. */
  private async passed(position: Position, signal: AbortSignal): Promise<void> {
    // What waits in the batch comes before it: the position may move past it only after it was handled.
    if (!this.batch.empty) {
      this.behindBatch = position;
      return;
    }
    this.moveTo(position);
    const { positionsBeforeSaving } = this.options.checkpoints;
    if (!signal.aborted && position.commit - (this.saved?.commit ?? 0n) > positionsBeforeSaving) await this.save();
  }

  private moveTo(position: Position): void {
    if (this.reached(position)) return;
    this.at = position;
    this.arrivals.reached(position);
    this.options.onMoved?.();
  }

  private async save(): Promise<void> {
    if (!this.at || (this.saved && comparePositions(this.at, this.saved) === 0)) return;
    await this.options.checkpoints.save(this.name, this.at);
    this.saved = this.at;
  }

  private fail(thrown: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    const error = (this.error = thrown instanceof Error ? thrown : new Error(String(thrown)));
    this.arrivals.refuse(error);
    this.options.onFailure?.(error);
  }
}
