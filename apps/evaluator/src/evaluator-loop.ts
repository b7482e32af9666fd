import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { ProjectionProgress } from '#libs/clickhouse';
import { EventStore } from '#libs/event-store';
import { Clock, comparePositions, type Position } from '#libs/kernel';
import { Evaluator, type PassResult } from '#libs/monitoring/read';
import { Metrics, Readiness } from '#libs/observability';

/** Measures at most this often: what arrives meanwhile is measured together. */
const PAUSE_MS = 500;
const PAUSE_AFTER_ERROR_MS = 5_000;
/** Silence of a live deployment is noticed, and what came too late is counted, this often: by a clock that nobody sets. */
const TICK_MS = 5 * 60_000;
/** The log is looked at this often: what asks for a measurement need not change a table. */
const LOOK_MS = 1_000;

/** Keeps measuring what has become due, as far as the counts have been projected. */
@Injectable()
export class EvaluatorLoop {
  private readonly logger = new Logger(EvaluatorLoop.name);
  private stopping = new AbortController();
  private running: Promise<void> | undefined;
  private wake: () => void = () => undefined;
  private dirty = true;
  private seen: Position | undefined;
  private ticked = -Infinity;
  private failure: Error | undefined;

  constructor(
    @Inject(Evaluator) private readonly evaluator: Evaluator,
    @Inject(ProjectionProgress) private readonly projections: ProjectionProgress,
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Readiness) readiness: Readiness,
  ) {
    readiness.add('evaluator', () => {
      if (this.failure) throw this.failure;
    });
  }

  start(): void {
    this.stopping = new AbortController();
    this.dirty = true;
    const unlisten = this.projections.listen(() => this.nudge());
    this.running = this.run().finally(unlisten);
  }

  /** Something may be due that was not before. */
  nudge(): void {
    this.dirty = true;
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
    this.failure = undefined;
    this.knowsNothing();
  }

  /** A pass that failed, or is left to others, says nothing about what waits now. */
  private knowsNothing(): void {
    this.metrics.windowDelay.remove();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.step();
        this.failure = undefined;
      } catch (error) {
        // Nothing is passed over: the same windows are due at the next try. Readiness says so until it works again.
        this.failure = error instanceof Error ? error : new Error(String(error));
        this.logger.error(`measuring failed: ${this.failure.stack ?? this.failure.message}`);
        this.knowsNothing();
        this.dirty = true;
        await this.pause(PAUSE_AFTER_ERROR_MS);
      }
    }
  }

  private async step(): Promise<void> {
    while (!this.dirty && !this.stopping.signal.aborted) await this.change();
    if (this.stopping.signal.aborted) return;
    this.dirty = false;
    this.seen = await this.store.head();
    // The monitors come from one projection and the counts from another: what both have passed is measured.
    const reached = ['monitoring', 'predictions'].map((name) => this.projections.reached(name)?.commit ?? 0n);
    const projected = reached.reduce((least, position) => (position < least ? position : least));
    // Before the projections have looked at their tables nothing is known, and a tick would be spent on nothing.
    const tickIsDue = this.tickIsDue && projected > 0n;
    const at = performance.now();
    if (tickIsDue) await this.evaluator.tick(projected, this.clock.now());
    const pass = await this.evaluator.advance(projected);
    if (tickIsDue) {
      await this.evaluator.countLate(projected);
      // Only now: what failed on the way is due again at the next try.
      this.ticked = at;
    }
    this.measure(pass);
    if (pass.more) this.dirty = true;
    else await this.pause(PAUSE_MS);
  }

  private measure({ measured, skipped, settled, delayMs }: PassResult): void {
    const { windows, windowDelay, evaluated } = this.metrics;
    for (const [outcome, count] of Object.entries({ measured, skipped, settled })) windows.inc({ outcome }, count);
    windowDelay.set(delayMs / 1_000);
    evaluated.set(this.clock.now() / 1_000);
  }

  private get tickIsDue(): boolean {
    return performance.now() - this.ticked >= TICK_MS;
  }

  /** Returns when a table has changed, when the log has grown, or after a second. */
  private async change(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => undefined;
    const head = await this.store.head();
    const grown = head !== undefined && (this.seen === undefined || comparePositions(head, this.seen) !== 0);
    if (grown || this.tickIsDue) this.dirty = true;
  }

  private async pause(ms: number): Promise<void> {
    // An abort ends the pause early; the loop looks at the signal.
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
