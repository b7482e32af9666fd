import { setTimeout as delay } from 'node:timers/promises';
import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import { Match, nanos, type NatsConnection } from '@nats-io/transport-node';
import { type QueuedMessage, type QueueWorker, type Verdict } from '../work-queue.js';
import { keepRefused } from './refused-messages.js';
import { ensureStream, INTAKE, REFUSED } from './streams.js';
import { within } from './within.js';

/** All processes that take messages share it, and with it what is under way. */
const CONSUMER = 'driftledger-intake';
const IN_FLIGHT_MAX = 256;
const ACK_WAIT_MS = 30_000;
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
  /** A message whose process died is delivered again so long afterwards, in milliseconds; 30,000 unless said otherwise. */
  readonly ackWaitMs?: number;
};

/**
 * Predictions and labels that producers have put into the stream `INTAKE`, each handed to the worker until it is done or refused. A
 * message is acknowledged only then, so it may come again after any crash; it never gets lost.
 */
export class NatsIntakeQueue {
  private readonly stopping = new AbortController();
  private readonly stream: JetStreamClient;
  private readonly underWay = new Map<JsMsg, Promise<void>>();
  private readonly inFlightMax: number;
  private readonly ackWaitMs: number;
  private messages: ConsumerMessages | undefined;
  private running: Promise<void> | undefined;
  private waitsFor: Error | undefined;

  constructor(private readonly options: NatsIntakeQueueOptions) {
    this.inFlightMax = options.inFlightMax ?? IN_FLIGHT_MAX;
    this.ackWaitMs = options.ackWaitMs ?? ACK_WAIT_MS;
    this.stream = jetstream(options.connection, { timeout: TIMEOUT_MS });
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
    await Promise.all(this.underWay.values());
    const { connection } = this.options;
    // Otherwise the last acknowledgements go with the process, and the messages come again.
    if (!connection.isClosed()) await within(TIMEOUT_MS, 'acknowledging', connection.flush()).catch(() => undefined);
  }

  private async run(): Promise<void> {
    const beat = setInterval(() => this.beat(), this.ackWaitMs / 3);
    while (!this.stopping.signal.aborted) {
      try {
        await this.consume(await this.open());
      } catch (thrown) {
        this.waitsFor = thrown instanceof Error ? thrown : new Error(String(thrown));
        this.options.onTrouble(this.waitsFor);
      }
      await delay(PAUSE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
    await Promise.all(this.underWay.values());
    clearInterval(beat);
  }

  private async open(): Promise<Consumer> {
    const manager = await jetstreamManager(this.options.connection, { timeout: TIMEOUT_MS });
    for (const plan of [INTAKE, REFUSED]) await ensureStream(manager, plan);
    await manager.consumers.add(INTAKE.name, {
      durable_name: CONSUMER,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(this.ackWaitMs),
      max_ack_pending: this.inFlightMax,
      // For ever: a message is refused for what it is, never because the log was away for long.
      max_deliver: -1,
    });
    return this.stream.consumers.get(INTAKE.name, CONSUMER);
  }

  /** Returns when it was stopped. The consumer delivers no more than may be under way, so nothing has to wait here. */
  private async consume(consumer: Consumer): Promise<void> {
    this.messages = await consumer.consume({
      max_messages: this.inFlightMax,
      expires: EXPIRES_MS,
      abort_on_missing_resource: true,
      callback: (message) => this.begin(message),
    });
    this.waitsFor = undefined;
    if (this.stopping.signal.aborted) this.messages.stop();
    const ended = await this.messages.closed();
    if (ended) throw ended;
  }

  private begin(message: JsMsg): void {
    const working = this.settle(message)
      .catch((error: unknown) => {
        this.options.onTrouble(error);
        message.nak(RETRY_MS);
      })
      .finally(() => this.underWay.delete(message));
    this.underWay.set(message, working);
  }

  private async settle(original: JsMsg): Promise<void> {
    const message = queued(original);
    const verdict = await this.options.work(message);
    if (verdict.kind === 'refused') await this.refuse(original, message, verdict);
    else if (verdict.kind === 'later') original.nak(verdict.afterMs);
    else original.ack();
  }

  private async refuse(original: JsMsg, message: QueuedMessage, { problem }: Extract<Verdict, { kind: 'refused' }>): Promise<void> {
    await keepRefused(this.options.connection, this.stream, { original, message, problem });
    original.term();
  }

  /** Work that takes long is not to be given to another meanwhile. */
  private beat(): void {
    for (const message of this.underWay.keys()) message.working();
  }
}

const queued = (original: JsMsg): QueuedMessage => {
  const header = (name: string): string | undefined => {
    const value = original.headers?.get(name, Match.IgnoreCase);
    return value === undefined || value === '' ? undefined : value;
  };
  const { stream, streamSequence, deliveryCount } = original.info;
  return {
    subject: original.subject,
    body: original.data,
    header,
    // The time keeps keys apart when a stream was made anew and counts from 1 again.
    key: header('Nats-Msg-Id') ?? `${stream}/${streamSequence}/${original.timestampNanos}`,
    deliveries: deliveryCount,
  };
};
