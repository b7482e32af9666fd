import { Inject, Injectable, Logger } from '@nestjs/common';
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
  ) {}

  async start(subscription: Subscription): Promise<SubscriptionRunner> {
    const { store, codec, checkpoints } = this;
    const onFailure = (error: Error): void => this.logger.error(`${subscription.name} stopped: ${error.stack ?? error.message}`);
    const runner = new SubscriptionRunner({ store, codec, checkpoints, subscription, onFailure });
    this.runners.push(runner);
    await runner.start();
    return runner;
  }

  /** Every running subscription, for health and lag. */
  get all(): readonly SubscriptionRunner[] {
    return this.runners;
  }

  async stop(): Promise<void> {
    await Promise.all(this.runners.splice(0).map((runner) => runner.stop()));
  }
}
