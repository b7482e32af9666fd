import { Inject, Injectable, Logger } from '@nestjs/common';
import { Metrics, Readiness, Tracing } from '#libs/observability';
import { comparePositions, type Instant, type Position } from '#libs/kernel';
import { behind, type Behind, CheckpointStore, EventCodec, EventStore, SubscriptionRunner, type Subscription } from '#libs/event-store';
import { tracedSubscription } from './traced-subscription.js';

/** `moved`: the position of the subscription has moved. */
type Told = { readonly moved?: () => void };
/** What stopped a subscription that is run again, and how far it had come. */
type Stopped = { readonly error: Error; readonly at: Position | undefined };

/** Runs the subscriptions of a process, so that all of them stop before the engines close. */
@Injectable()
export class SubscriptionHost {
  private readonly logger = new Logger(SubscriptionHost.name);
  private readonly runners: SubscriptionRunner[] = [];
  /** Those that run until a signal end with their error, and are soon run again: by name, until one of them is past the place. */
  private readonly stopped = new Map<string, Stopped>();

  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(EventCodec) private readonly codec: EventCodec,
    @Inject(CheckpointStore) private readonly checkpoints: CheckpointStore,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Readiness) readiness: Readiness,
    @Inject(Tracing) private readonly tracing: Tracing,
  ) {
    metrics.onRead((now) => this.readLags(now));
    readiness.add('subscriptions', async () => {
      await this.forgetRecovered();
      for (const { error } of this.stopped.values()) throw error;
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

  /**
   * Runs a subscription until the signal is aborted. Its error stays a reason not to be ready until the subscription has come past the
   * place, here or in another process.
   * @throws the error that stopped it
   */
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
    } catch (error) {
      if (runner.failure) this.stopped.set(runner.name, { error: runner.failure, at: await this.reached(runner.name) });
      throw error;
    } finally {
      await runner.stop().finally(() => this.remove(runner));
    }
  }

  /** What a process measured last is not how it is now: whoever has the subscription next says that. */
  private remove(runner: SubscriptionRunner): void {
    const index = this.runners.indexOf(runner);
    if (index >= 0) this.runners.splice(index, 1);
    const { lagEvents, lagSeconds, silentSeconds, stopped } = this.metrics;
    for (const gauge of [lagEvents, lagSeconds, silentSeconds, stopped]) gauge.remove({ subscription: runner.name });
  }

  /** How far a subscription has come: here, or else wherever it ran last. */
  private async reached(name: string): Promise<Position | undefined> {
    return this.runnerNamed(name)?.position() ?? this.checkpoints.load(name).catch(() => undefined);
  }

  private runnerNamed(name: string): SubscriptionRunner | undefined {
    return this.runners.find((runner) => runner.name === name);
  }

  private async forgetRecovered(): Promise<void> {
    for (const [name, stopped] of this.stopped) {
      // A log that is away says nothing about it.
      if (!(await this.hasRecovered(name, stopped).catch(() => false))) continue;
      this.stopped.delete(name);
      this.metrics.stopped.remove({ subscription: name });
    }
  }

  /** Past the place, or nothing is left that could stop it again. */
  private async hasRecovered(name: string, { at }: Stopped): Promise<boolean> {
    const reached = await this.reached(name);
    if (reached && (!at || comparePositions(reached, at) > 0)) return true;
    const runner = this.runnerNamed(name);
    return runner !== undefined && !runner.failure && !runner.trouble && (await this.behind(runner)).events === 0;
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
    await this.forgetRecovered();
    for (const subscription of this.stopped.keys()) this.metrics.stopped.set({ subscription }, 1);
    await Promise.all(this.runners.map((runner) => this.readLag(runner, now)));
  }

  private async readLag(runner: SubscriptionRunner, now: Instant): Promise<void> {
    const { lagEvents, lagSeconds, silentSeconds, stopped } = this.metrics;
    const subscription = { subscription: runner.name };
    stopped.set(subscription, runner.failure || this.stopped.has(runner.name) ? 1 : 0);
    silentSeconds.set(subscription, runner.silentMs / 1_000);
    const { events, since } = await this.behind(runner);
    // It may have ended meanwhile, and is not ours to tell of any more.
    if (!this.runners.includes(runner)) return;
    lagEvents.set(subscription, events);
    lagSeconds.set(subscription, since === undefined ? 0 : Math.max(now - since, 0) / 1_000);
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
