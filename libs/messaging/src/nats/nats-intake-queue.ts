import { type JetStreamClient, jetstream, type JsMsg, type StoredMsg } from '@nats-io/jetstream';
import { type NatsConnection } from '@nats-io/transport-node';
import { type QueueWorker } from '../work-queue.js';
import { LaterMessages } from './later-messages.js';
import { delivered, type PlacedMessage, stored } from './placed-message.js';
import { QueueLane } from './queue-lane.js';
import { RefusedMessages } from './refused-messages.js';
import { INTAKE, LATER, REFUSED, type StreamPlan } from './streams.js';
import { within } from './within.js';

const IN_FLIGHT_MAX = 256;
/** The server keeps a few words about each in memory, and at most so many come round again every half minute. */
const WAITING_MAX = 20_000;
const ACK_WAIT_MS = 10_000;
const TIMEOUT_MS = 5_000;
/** A message whose work failed for a reason nobody foresaw is delivered again after this. */
const RETRY_MS = 2_000;
/** One that waits is looked at after 2 s, 4 s, … and every half minute in the end, however impatient the worker is. */
const [WAIT_MS, WAIT_MS_MAX] = [1_000, 30_000];

export type NatsIntakeQueueOptions = {
  /** Stays open when the queue is stopped: it belongs to whoever opened it. */
  readonly connection: NatsConnection;
  readonly work: QueueWorker;
  /** Hears what went wrong with the server or with the work of a message. All of it is tried again. */
  readonly onTrouble: (error: unknown) => void;
  /**
   * Messages under way at a time, 256 unless said otherwise: so many new ones over all processes, and in each process so many of those
   * that had to wait.
   */
  readonly inFlightMax?: number;
  /** A message whose process died is delivered again so long afterwards, in milliseconds; 10,000 unless said otherwise. */
  readonly ackWaitMs?: number;
};

/**
 * Predictions and labels that producers have put into the stream `INTAKE`, each handed to the worker until it is done or refused. What
 * cannot be done now is moved to the stream `LATER`, so that a deployment in trouble keeps nobody else's messages back. A message is
 * acknowledged only when it is done, refused or moved, so it may come again after any crash; it never gets lost.
 */
export class NatsIntakeQueue {
  private readonly stream: JetStreamClient;
  private readonly refused: RefusedMessages;
  private readonly later: LaterMessages;
  private readonly lanes: readonly QueueLane[];

  constructor(private readonly options: NatsIntakeQueueOptions) {
    const { connection, inFlightMax = IN_FLIGHT_MAX } = options;
    this.stream = jetstream(connection, { timeout: TIMEOUT_MS });
    this.refused = new RefusedMessages(connection, this.stream);
    this.later = new LaterMessages(connection, this.stream);
    const settleNew = (message: JsMsg): Promise<void> => this.settleNew(message);
    const settleWaiting = (message: JsMsg): Promise<void> => this.settleWaiting(message);
    this.lanes = [
      this.lane(INTAKE, { consumer: 'driftledger-intake', beside: [LATER, REFUSED], ackPendingMax: inFlightMax, settle: settleNew }),
      this.lane(LATER, { consumer: 'driftledger-later', beside: [REFUSED], ackPendingMax: WAITING_MAX, settle: settleWaiting }),
    ];
  }

  /** What keeps it from taking messages; it goes on by itself. */
  get trouble(): Error | undefined {
    return this.lanes.find(({ trouble }) => trouble)?.trouble;
  }

  /** Messages being worked on in this process. */
  get depth(): number {
    return this.lanes.reduce((sum, { depth }) => sum + depth, 0);
  }

  start(): void {
    for (const lane of this.lanes) lane.start();
  }

  /** Takes no more messages; resolves when the work that is under way is done and acknowledged. */
  async stop(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.stop()));
    const { connection } = this.options;
    // Otherwise the last acknowledgements go with the process, and the messages come again.
    if (!connection.isClosed()) await within(TIMEOUT_MS, 'acknowledging', connection.flush()).catch(() => undefined);
  }

  private lane(plan: StreamPlan, about: LaneParts): QueueLane {
    const { connection, onTrouble, inFlightMax = IN_FLIGHT_MAX, ackWaitMs = ACK_WAIT_MS } = this.options;
    const settleStored = async (found: StoredMsg): Promise<boolean> => (await this.worked(stored(found))) === undefined;
    return new QueueLane({ connection, stream: this.stream, plan, inFlightMax, ackWaitMs, onTrouble, settleStored, ...about });
  }

  private async settleNew(message: JsMsg): Promise<void> {
    const placed = delivered(message);
    const waitMs = await this.worked(placed);
    if (waitMs === undefined || (await this.moved(placed, waitMs))) message.ack();
    else message.nak(waitMs);
  }

  /** What cannot be moved waits where it is, as one of the few that are under way. */
  private async moved(placed: PlacedMessage, waitMs: number): Promise<boolean> {
    try {
      return await this.later.keep(placed, waitMs);
    } catch (error) {
      this.options.onTrouble(error);
      return false;
    }
  }

  private async settleWaiting(message: JsMsg): Promise<void> {
    const placed = delivered(message);
    if (placed.pauseMs !== undefined) return message.nak(placed.pauseMs);
    const waitMs = await this.worked(placed);
    const leastMs = WAIT_MS * 2 ** Math.min(placed.message.deliveries - 1, 10);
    if (waitMs === undefined) message.ack();
    else message.nak(Math.max(waitMs, Math.min(leastMs, WAIT_MS_MAX)));
  }

  /** Undefined when nothing has to be done about the message any more; else the milliseconds after which it is to come again. */
  private async worked(placed: PlacedMessage): Promise<number | undefined> {
    try {
      const verdict = await this.options.work(placed.message);
      if (verdict.kind === 'later') return verdict.afterMs;
      if (verdict.kind === 'refused') await this.refused.keep(placed, verdict.problem);
      return undefined;
    } catch (error) {
      this.options.onTrouble(error);
      return RETRY_MS;
    }
  }
}

type LaneParts = Pick<ConstructorParameters<typeof QueueLane>[0], 'consumer' | 'beside' | 'ackPendingMax' | 'settle'>;
