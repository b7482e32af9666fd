import { Inject, Injectable } from '@nestjs/common';
import {
  ClickHouse,
  IntentStore,
  type Located,
  ProjectionProgress,
  ProjectionRunner,
  ProjectionWriter,
  type Projection,
  projectionId,
} from '#libs/clickhouse';
import {
  type DecodedSubscription,
  type RawSubscription,
  type StoredEvent,
  type Subscription,
  type SubscriptionRunner,
} from '#libs/event-store';
import { type Position } from '#libs/kernel';
import { RowsThread } from './rows-thread.js';
import { SubscriptionHost } from './subscription-host.js';

/**
 * An insert costs about the same for one batch of predictions as for many. What is counted so much later is still counted well within two
 * seconds. Who waits for a position in this process does not wait this long; who waits for it in another one does.
 */
const LINGER_MS = 500;

/** A projection, and how it is run where that is not the ordinary way. */
export type RunnableProjection = {
  readonly projection: Projection;
  readonly program?: URL;
  readonly subscription?: Subscription;
  /** Fences whoever ran it before: their late inserts are refused. */
  readonly epoch?: bigint;
};

/** Runs the projections of a process and knows how far each has come. */
@Injectable()
export class ProjectionHost extends ProjectionProgress {
  private readonly runners = new Map<string, SubscriptionRunner>();
  private readonly listeners = new Set<() => void>();
  private readonly threads: RowsThread[] = [];
  private readonly held = new Map<string, { readonly epoch: bigint; readonly lost: AbortSignal }>();

  constructor(
    @Inject(ClickHouse) private readonly clickHouse: ClickHouse,
    @Inject(IntentStore) private readonly intents: IntentStore,
    @Inject(SubscriptionHost) private readonly subscriptions: SubscriptionHost,
  ) {
    super();
  }

  /** @param changed is fired after each step of this projection, once its rows can be read */
  async start(projection: Projection, changed?: { fire(): void }): Promise<void> {
    const subscription = this.subscriptionOf(projection);
    const { handle } = subscription;
    await this.follow(projection, {
      ...subscription,
      handle: async (batch, signal) => {
        await handle(batch, signal);
        // After the subscription has taken note of its new position.
        if (changed) setImmediate(() => changed.fire());
      },
    });
  }

  /** The same for a projection of many rows, which are made in a thread that runs `program`. */
  async startInThread(projection: Projection, program: URL): Promise<void> {
    const thread = this.threadOf(projection, program);
    this.threads.push(thread);
    await this.follow(projection, this.threadedSubscriptionOf(projection, thread));
  }

  /**
   * Runs a projection until the signal is aborted: with rows made in a thread where `program` says so, or by a subscription of its own.
   * @throws the error that stopped it
   */
  async runUntil(signal: AbortSignal, { projection, program, subscription, epoch }: RunnableProjection): Promise<void> {
    const thread = program && this.threadOf(projection, program);
    const followed = thread
      ? this.threadedSubscriptionOf(projection, thread, epoch)
      : (subscription ?? this.subscriptionOf(projection, epoch));
    const { name } = projection;
    if (epoch !== undefined) this.held.set(projectionId(projection), { epoch, lost: signal });
    const begun = (runner: SubscriptionRunner): void => void this.runners.set(name, runner);
    try {
      await this.subscriptions.runUntil(signal, followed, { begun, moved: () => this.tell() });
    } finally {
      this.runners.delete(name);
      this.held.delete(projectionId(projection));
      await thread?.close();
    }
  }

  /** By which fencing token this process writes a projection (by its id), and until when. */
  heldAs(id: string): { readonly epoch: bigint; readonly lost: AbortSignal } | undefined {
    return this.held.get(id);
  }

  /** Ends the threads. The subscriptions have to be stopped. */
  async close(): Promise<void> {
    await Promise.all(this.threads.splice(0).map((thread) => thread.close()));
  }

  private threadOf(projection: Projection, program: URL): RowsThread {
    return new RowsThread(projection, this.clickHouse, program);
  }

  private subscriptionOf(projection: Projection, epoch?: bigint): DecodedSubscription {
    const { clickHouse, intents } = this;
    const writer = new ProjectionRunner({ projection, clickHouse, intents, ...(epoch !== undefined && { epoch }) });
    return { ...commonOf(writer), handle: (batch, signal) => writer.handle(batch, signal) };
  }

  private threadedSubscriptionOf(projection: Projection, thread: RowsThread, epoch?: bigint): RawSubscription {
    const { clickHouse, intents } = this;
    const writer = new ProjectionWriter<StoredEvent>(
      { projection, clickHouse, intents, ...(epoch !== undefined && { epoch }) },
      thread.makeBlocks,
    );
    return {
      ...commonOf(writer),
      raw: true,
      lingerMs: LINGER_MS,
      resumeFrom: (checkpoint) => {
        thread.forget();
        thread.begin();
        return writer.resumeFrom(checkpoint);
      },
      handle: (batch, signal) => writer.handle(batch, signal),
    };
  }

  private async follow(projection: Projection, subscription: Subscription): Promise<void> {
    this.runners.set(projection.name, await this.subscriptions.start(subscription, () => this.tell()));
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

const commonOf = <E extends Located>(writer: ProjectionWriter<E>): Omit<Subscription, 'handle' | 'raw'> => ({
  name: writer.name,
  handles: writer.handles,
  onPoison: writer.onPoison,
  resumeFrom: (checkpoint) => writer.resumeFrom(checkpoint),
});
