import { Inject, Injectable, Logger } from '@nestjs/common';
import { Metrics, Readiness, Tracing } from '#libs/observability';
import { type Instant } from '#libs/kernel';
import { behind, type Behind, CheckpointStore, EventCodec, EventStore, SubscriptionRunner, type Subscription } from '#libs/event-store';
import { tracedSubscription } from './traced-subscription.js';

/** `moved`: the position of the subscription has moved. */
type Told = { readonly moved?: () => void };

/** Runs the subscriptions of a process, so that all of them stop before the engines close. */
@Injectable()
export class SubscriptionHost {
  private readonly logger = new Logger(SubscriptionHost.name);
  private readonly runners: SubscriptionRunner[] = [];

  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(EventCodec) private readonly codec: EventCodec,
    @Inject(CheckpointStore) private readonly checkpoints: CheckpointStore,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Readiness) readiness: Readiness,
    @Inject(Tracing) private readonly tracing: Tracing,
  ) {
    metrics.onRead((now) => this.readLags(now));
    readiness.add('subscriptions', () => {
      for (const { failure, trouble } of this.runners) {
        const error = failure ?? trouble;
        if (error) throw error;
      }
    });
  }

  /** @param onMoved is told whenever the position of the subscription has moved */
  async start(subscription: Subscription, onMoved: () => void = () => undefined): Promise<SubscriptionRunner> {
    const runner = this.runnerOf(subscription, { moved: onMoved });
    await runner.start();
    return runner;
  }

  /** Runs a subscription until the signal is aborted. @throws the error that stopped it */
  async runUntil(signal: AbortSignal, subscription: Subscription, told: Told & { begun?: (runner: SubscriptionRunner) => void } = {}) {
    let fail = (_: Error): void => undefined;
    const over = new Promise<void>((resolve, reject) => {
      fail = reject;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    // It is awaited below, and may fail before.
    over.catch(() => undefined);
    const runner = this.runnerOf(subscription, { ...told, failed: fail });
    try {
      if (signal.aborted) return;
      await runner.start();
      told.begun?.(runner);
      await over;
    } finally {
      await runner.stop();
      this.runners.splice(this.runners.indexOf(runner), 1);
    }
  }

  private runnerOf(given: Subscription, { moved, failed }: Told & { failed?: (error: Error) => void }): SubscriptionRunner {
    const { store, codec, checkpoints } = this;
    const subscription = tracedSubscription(given, this.tracing);
    const onMoved = moved ?? ((): void => undefined);
    const onFailure = (error: Error): void => {
      this.logger.error(`${subscription.name} stopped: ${error.stack ?? error.message}`);
      failed?.(error);
    };
    const onTrouble = (error: Error): void => this.logger.warn(`${subscription.name} waits and tries again: ${error.message}`);
    const runner = new SubscriptionRunner({ store, codec, checkpoints, subscription, onFailure, onTrouble, onMoved });
    this.runners.push(runner);
    return runner;
  }

  /** Every running subscription, for health and lag. */
  get all(): readonly SubscriptionRunner[] {
    return this.runners;
  }

  private async readLags(now: Instant): Promise<void> {
    const { lagEvents, lagSeconds, silentSeconds, stopped } = this.metrics;
    await Promise.all(
      this.runners.map(async (runner) => {
        const subscription = { subscription: runner.name };
        stopped.set(subscription, runner.failure ? 1 : 0);
        silentSeconds.set(subscription, runner.silentMs / 1_000);
        const { events, since } = await this.behind(runner);
        lagEvents.set(subscription, events);
        lagSeconds.set(subscription, since === undefined ? 0 : Math.max(now - since, 0) / 1_000);
      }),
    );
  }

  /** How many events a subscription has still to look at, and since when. @throws what reading the log throws */
  behind(runner: SubscriptionRunner): Promise<Behind> {
    return behind(this.store, runner.position());
  }

  /** Returns when none of them runs any more. @throws the first error of one that could not stop in order */
  async stop(): Promise<void> {
    const stopped = await Promise.allSettled(this.runners.splice(0).map((runner) => runner.stop()));
    for (const one of stopped) if (one.status === 'rejected') throw one.reason;
  }
}
