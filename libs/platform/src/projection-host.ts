import { Inject, Injectable } from '@nestjs/common';
import { ClickHouse, IntentStore, ProjectionProgress, ProjectionRunner, type Projection } from '#libs/clickhouse';
import { type Subscription, type SubscriptionRunner } from '#libs/event-store';
import { type Position } from '#libs/kernel';
import { SubscriptionHost } from './subscription-host.js';

/** Runs the projections of a process and knows how far each has come. */
@Injectable()
export class ProjectionHost extends ProjectionProgress {
  private readonly runners = new Map<string, SubscriptionRunner>();
  private readonly listeners = new Set<() => void>();

  constructor(
    @Inject(ClickHouse) private readonly clickHouse: ClickHouse,
    @Inject(IntentStore) private readonly intents: IntentStore,
    @Inject(SubscriptionHost) private readonly subscriptions: SubscriptionHost,
  ) {
    super();
  }

  /** @param changed is fired after each step of this projection, once its rows can be read */
  async start(projection: Projection, changed?: { fire(): void }): Promise<void> {
    const runner = new ProjectionRunner({ projection, clickHouse: this.clickHouse, intents: this.intents });
    const subscription: Subscription = {
      name: runner.name,
      handles: runner.handles,
      onPoison: runner.onPoison,
      resumeFrom: (checkpoint) => runner.resumeFrom(checkpoint),
      handle: async (batch, signal) => {
        await runner.handle(batch, signal);
        // After the subscription has taken note of its new position.
        if (changed) setImmediate(() => changed.fire());
      },
    };
    const running = await this.subscriptions.start(subscription, () => this.tell());
    this.runners.set(projection.name, running);
  }

  override reached(projection: string): Position | undefined {
    return this.runners.get(projection)?.position();
  }

  override async caughtUpTo(position: Position, timeoutMs: number): Promise<boolean> {
    const all = await Promise.all([...this.runners.values()].map((runner) => runner.caughtUpTo(position, timeoutMs)));
    return all.every(Boolean);
  }

  override listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
