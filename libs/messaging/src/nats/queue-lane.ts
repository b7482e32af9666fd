import { setTimeout as delay } from 'node:timers/promises';
import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  type StoredMsg,
  jetstreamManager,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { stragglers } from './stragglers.js';
import { ensureStream, type StreamPlan } from './streams.js';

const TIMEOUT_MS = 5_000;
const PAUSE_MS = 1_000;
/** A request for messages stands so long; the server says twice in that time that it is there. */
const EXPIRES_MS = 10_000;

export type QueueLaneOptions = {
  readonly connection: NatsConnection;
  readonly stream: JetStreamClient;
  /** The work queue it empties. */
  readonly plan: StreamPlan;
  /** Streams that have to be there as well. */
  readonly beside: readonly StreamPlan[];
  /** All processes that take messages share it. */
  readonly consumer: string;
  /** Messages that were delivered and not acknowledged, those that wait included, over all processes. */
  readonly ackPendingMax: number;
  /** Messages under way at a time in this process. */
  readonly inFlightMax: number;
  readonly ackWaitMs: number;
  /** Does what is to be done about a message, and tells the server of it. */
  readonly settle: (message: JsMsg) => Promise<void>;
  /** The same for a message that the consumer has passed; true when it can go. */
  readonly settleStored: (found: StoredMsg) => Promise<boolean>;
  /** Hears what went wrong. All of it is tried again. */
  readonly onTrouble: (error: unknown) => void;
};

/** Takes messages from one work queue, as many at a time as may be under way, until it is stopped. */
export class QueueLane {
  private readonly stopping = new AbortController();
  private readonly underWay = new Map<JsMsg, Promise<void>>();
  private messages: ConsumerMessages | undefined;
  private running: Promise<void> | undefined;
  private waitsFor: Error | undefined;

  constructor(private readonly options: QueueLaneOptions) {}

  /** What keeps it from taking messages; it goes on by itself. */
  get trouble(): Error | undefined {
    return this.waitsFor;
  }

  /** Messages being worked on in this process. */
  get depth(): number {
    return this.underWay.size;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Takes no more messages; resolves when the work that is under way is done. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.messages?.stop();
    await this.running;
  }

  private async run(): Promise<void> {
    const beat = setInterval(() => this.beat(), this.options.ackWaitMs / 3);
    const sweeping = this.sweep();
    while (!this.stopping.signal.aborted) {
      try {
        const consumer = await this.consumer();
        while (!this.stopping.signal.aborted) await this.take(consumer);
      } catch (thrown) {
        this.waitsFor = thrown instanceof Error ? thrown : new Error(String(thrown));
        this.options.onTrouble(this.waitsFor);
        await this.pause(PAUSE_MS);
      }
    }
    await Promise.all([sweeping, ...this.underWay.values()]);
    clearInterval(beat);
  }

  private async consumer(): Promise<Consumer> {
    const { plan, beside, consumer, ackPendingMax, ackWaitMs, stream } = this.options;
    const manager = await this.manager();
    for (const needed of [plan, ...beside]) await ensureStream(manager, needed);
    // For ever: a message is refused for what it is, never because the log was away for long.
    const settings = { ack_wait: nanos(ackWaitMs), max_ack_pending: ackPendingMax, max_deliver: -1 };
    const made = { durable_name: consumer, ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All, ...settings };
    try {
      await manager.consumers.add(plan.name, made);
    } catch (error) {
      if (!(error instanceof JetStreamApiError)) throw error;
      // Newer servers refuse to make one that is there with other settings, as another release may have left it.
      await manager.consumers.update(plan.name, consumer, settings);
    }
    return stream.consumers.get(plan.name, consumer);
  }

  /** Asks for as many as there is room for: what is delivered is begun at once, and nothing is held here that nobody works on. */
  private async take(consumer: Consumer): Promise<void> {
    const { inFlightMax } = this.options;
    while (this.underWay.size > inFlightMax * 0.75) await Promise.race(this.underWay.values());
    if (this.stopping.signal.aborted) return;
    this.messages = await consumer.fetch({ max_messages: inFlightMax - this.underWay.size, expires: EXPIRES_MS });
    this.waitsFor = undefined;
    if (this.stopping.signal.aborted) this.messages.stop();
    for await (const message of this.messages) {
      if (this.stopping.signal.aborted) message.nak();
      else this.begin(message);
    }
  }

  private begin(message: JsMsg): void {
    const working = this.options
      .settle(message)
      .catch(this.options.onTrouble)
      .finally(() => this.underWay.delete(message));
    this.underWay.set(message, working);
  }

  /** Work that takes long is not to be given to another meanwhile. */
  private beat(): void {
    for (const message of this.underWay.keys()) message.working();
  }

  /**
   * Looks for what the consumer has passed and the stream still has, as often as a message that lost its process would come again: two
   * questions to the server when there is nothing.
   */
  private async sweep(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.pause(this.options.ackWaitMs);
      if (this.stopping.signal.aborted) return;
      // What goes wrong here is met again at the next look.
      await this.takeStragglers().catch(this.options.onTrouble);
    }
  }

  private async takeStragglers(): Promise<void> {
    const { plan, consumer, settleStored, onTrouble } = this.options;
    const manager = await this.manager();
    for await (const found of stragglers(manager, { stream: plan.name, consumer, subjects: plan.subjects })) {
      if (this.stopping.signal.aborted) return;
      // One that cannot be done now must not keep back those behind it.
      const done = await settleStored(found).catch(onTrouble);
      if (done === true) await manager.streams.deleteMessage(plan.name, found.seq);
    }
  }

  private manager(): Promise<JetStreamManager> {
    return jetstreamManager(this.options.connection, { timeout: TIMEOUT_MS });
  }

  private async pause(ms: number): Promise<void> {
    // An abort ends the pause early; who called looks at the signal.
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
