import { setTimeout as delay } from 'node:timers/promises';
import {
  AckPolicy,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  type StoredMsg,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { type QueueWorker } from '../work-queue.js';
import { delivered, type PlacedMessage, stored } from './placed-message.js';
import { RefusedMessages } from './refused-messages.js';
import { stragglers } from './stragglers.js';
import { ensureStream, INTAKE, REFUSED } from './streams.js';
import { within } from './within.js';

/** All processes that take messages share it, and with it what is under way. */
const CONSUMER = 'driftledger-intake';
const IN_FLIGHT_MAX = 256;
const ACK_WAIT_MS = 10_000;
const TIMEOUT_MS = 5_000;
const PAUSE_MS = 1_000;
/** A message whose work failed for a reason nobody foresaw is delivered again after this. */
const RETRY_MS = 2_000;
/** A request for more messages stands so long; the server says twice in that time that it is there. */
const EXPIRES_MS = 10_000;

export type NatsIntakeQueueOptions = {
  /** Stays open when the queue is stopped: it belongs to whoever opened it. */
  readonly connection: NatsConnection;
  readonly work: QueueWorker;
  /** Hears what went wrong with the server or with the work of a message. All of it is tried again. */
  readonly onTrouble: (error: unknown) => void;
  /** Messages under way at a time, over all processes; 256 unless said otherwise. */
  readonly inFlightMax?: number;
  /** A message whose process died is delivered again so long afterwards, in milliseconds; 10,000 unless said otherwise. */
  readonly ackWaitMs?: number;
};

/**
 * Predictions and labels that producers have put into the stream `INTAKE`, each handed to the worker until it is done or refused. A
 * message is acknowledged only then, so it may come again after any crash; it never gets lost.
 */
export class NatsIntakeQueue {
  private readonly stopping = new AbortController();
  private readonly stream: JetStreamClient;
  private readonly refused: RefusedMessages;
  private readonly underWay = new Map<JsMsg, Promise<void>>();
  private readonly ackWaitMs: number;
  private messages: ConsumerMessages | undefined;
  private running: Promise<void> | undefined;
  private waitsFor: Error | undefined;

  constructor(private readonly options: NatsIntakeQueueOptions) {
    this.ackWaitMs = options.ackWaitMs ?? ACK_WAIT_MS;
    this.stream = jetstream(options.connection, { timeout: TIMEOUT_MS });
    this.refused = new RefusedMessages(options.connection, this.stream);
  }

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

  /** Takes no more messages; resolves when the work that is under way is done and acknowledged. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.messages?.stop();
    await this.running;
    const { connection } = this.options;
    // Otherwise the last acknowledgements go with the process, and the messages come again.
    if (!connection.isClosed()) await within(TIMEOUT_MS, 'acknowledging', connection.flush()).catch(() => undefined);
  }

  private async run(): Promise<void> {
    const beat = setInterval(() => this.beat(), this.ackWaitMs / 3);
    const sweeping = this.sweep();
    while (!this.stopping.signal.aborted) {
      try {
        await this.consume();
      } catch (thrown) {
        this.waitsFor = thrown instanceof Error ? thrown : new Error(String(thrown));
        this.options.onTrouble(this.waitsFor);
      }
      await this.pause(PAUSE_MS);
    }
    await Promise.all([sweeping, ...this.underWay.values()]);
    clearInterval(beat);
  }

  /** Returns when it was stopped. The consumer delivers no more than may be under way, so nothing has to wait here. */
  private async consume(): Promise<void> {
    const manager = await this.manager();
    const { inFlightMax = IN_FLIGHT_MAX } = this.options;
    for (const plan of [INTAKE, REFUSED]) await ensureStream(manager, plan);
    await manager.consumers.add(INTAKE.name, {
      durable_name: CONSUMER,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(this.ackWaitMs),
      max_ack_pending: inFlightMax,
      // For ever: a message is refused for what it is, never because the log was away for long.
      max_deliver: -1,
    });
    const consumer = await this.stream.consumers.get(INTAKE.name, CONSUMER);
    this.messages = await consumer.consume({
      max_messages: inFlightMax,
      expires: EXPIRES_MS,
      abort_on_missing_resource: true,
      callback: (message) => this.begin(message),
    });
    this.waitsFor = undefined;
    if (this.stopping.signal.aborted) this.messages.stop();
    const ended = await this.messages.closed();
    if (ended) throw ended;
  }

  private begin(original: JsMsg): void {
    const working = this.settle(original)
      .catch((error: unknown) => {
        this.options.onTrouble(error);
        original.nak(RETRY_MS);
      })
      .finally(() => this.underWay.delete(original));
    this.underWay.set(original, working);
  }

  private async settle(original: JsMsg): Promise<void> {
    const waits = await this.worked(delivered(original));
    if (waits === undefined) original.ack();
    else original.nak(waits);
  }

  /** Undefined when nothing has to be done about the message any more; else the milliseconds after which it is to come again. */
  private async worked(placed: PlacedMessage): Promise<number | undefined> {
    const verdict = await this.options.work(placed.message);
    if (verdict.kind === 'later') return verdict.afterMs;
    if (verdict.kind === 'refused') await this.refused.keep(placed, verdict.problem);
    return undefined;
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
      await this.pause(this.ackWaitMs);
      if (this.stopping.signal.aborted) return;
      // What goes wrong here is met again at the next look.
      await this.takeStragglers().catch(this.options.onTrouble);
    }
  }

  private async takeStragglers(): Promise<void> {
    const manager = await this.manager();
    for await (const found of stragglers(manager, { stream: INTAKE.name, consumer: CONSUMER, subjects: INTAKE.subjects })) {
      if (this.stopping.signal.aborted) return;
      // One that cannot be done now must not keep back those behind it.
      await this.takeStraggler(manager, found).catch(this.options.onTrouble);
    }
  }

  private async takeStraggler(manager: JetStreamManager, found: StoredMsg): Promise<void> {
    if ((await this.worked(stored(found))) === undefined) await manager.streams.deleteMessage(INTAKE.name, found.seq);
  }

  private manager(): Promise<JetStreamManager> {
    return jetstreamManager(this.options.connection, { timeout: TIMEOUT_MS });
  }

  private async pause(ms: number): Promise<void> {
    // An abort ends the pause early; who called looks at the signal.
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
