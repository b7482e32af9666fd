import { Inject, Injectable, Logger } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics, Readiness } from '#libs/observability';
import { CheckpointStore, EventCodec, EventStore, SubscriptionRunner, type Subscription } from '#libs/event-store';

/** Runs the subscriptions of a process, so that all of them stop before the engines close. */
@Injectable()
export class SubscriptionHost {
  private readonly logger = new Logger(SubscriptionHost.name);
  private readonly runners: SubscriptionRunner[] = [];

  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(EventCodec) private readonly codec: EventCodec,
    @Inject(CheckpointStore) private readonly checkpoints: CheckpointStore,
    @Inject(Metrics) metrics: Metrics,
    @Inject(Readiness) readiness: Readiness,
  ) {
    const lag = async (gauge: Gauge): Promise<void> => {
      for (const runner of this.runners) gauge.set({ subscription: runner.name }, Number(await runner.lag()));
    };
    new Gauge({
      name: 'driftledger_subscription_lag_events',
      help: 'Events of the log a subscription has not handled yet',
      labelNames: ['subscription'],
      registers: [metrics.registry],
      async collect() {
        await lag(this);
      },
    });
    readiness.add('subscriptions', () => {
      for (const { failure, trouble } of this.runners) {
        const error = failure ?? trouble;
        if (error) throw error;
      }
    });
  }

  /** @param onMoved is told whenever the position of the subscription has moved */
  async start(subscription: Subscription, onMoved: () => void = () => undefined): Promise<SubscriptionRunner> {
    const { store, codec, checkpoints } = this;
    const onFailure = (error: Error): void => this.logger.error(`${subscription.name} stopped: ${error.stack ?? error.message}`);
    const onTrouble = (error: Error): void => this.logger.warn(`${subscription.name} waits and tries again: ${error.message}`);
    const runner = new SubscriptionRunner({ store, codec, checkpoints, subscription, onFailure, onTrouble, onMoved });
    this.runners.push(runner);
    await runner.start();
    return runner;
  }

  /** Every running subscription, for health and lag. */
  get all(): readonly SubscriptionRunner[] {
    return this.runners;
  }

  /** Returns when none of them runs any more. @throws the first error of one that could not stop in order */
  async stop(): Promise<void> {
    const stopped = await Promise.allSettled(this.runners.splice(0).map((runner) => runner.stop()));
    for (const one of stopped) if (one.status === 'rejected') throw one.reason;
  }
}
