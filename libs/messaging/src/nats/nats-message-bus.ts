import { type JetStreamClient, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type Msg, type NatsConnection, headers } from '@nats-io/transport-node';
import { parseCloudEvent } from '../cloud-event-text.js';
import { type CloudEvent } from '../cloud-event.js';
import {
  type BusSubscription,
  type MessageHandler,
  type SubscriptionOptions,
  BusClosed,
  BusUnavailable,
  MessageBus,
} from '../message-bus.js';
import { checkPattern, checkSubject } from '../subjects.js';
import { Subscriber } from '../subscriber.js';
import { ensureStream, isKept, NEWS } from './streams.js';
import { within } from './within.js';

const TIMEOUT_MS = 5_000;
/** Room for what stands above the text of a message. */
const HEADER_BYTES = 512;
const CLOUD_EVENTS_TYPE = 'application/cloudevents+json; charset=utf-8';

export type NatsMessageBusOptions = {
  /** Stays open when the bus is closed: it belongs to whoever opened it. */
  readonly connection: NatsConnection;
  /** How long the server may take to confirm, in milliseconds; 5,000 unless said otherwise. */
  readonly timeoutMs?: number;
};

/**
 * The bus of many processes. What is published under the subjects of the stream `NEWS` is confirmed by JetStream before `publish`
 * resolves, under the subject and the id of the event, so that a repetition within ten minutes is kept once. Everything else is told to those who listen.
 */
export class NatsMessageBus extends MessageBus {
  private readonly subscribers = new Set<Subscriber>();
  private readonly timeoutMs: number;
  private readonly stream: JetStreamClient;
  private closed = false;
  /** True once the server was seen to have the stream; it is looked for again after a failure. */
  private hasStream = false;

  constructor(private readonly options: NatsMessageBusOptions) {
    super();
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.stream = jetstream(options.connection, { timeout: this.timeoutMs });
  }

  async publish(subject: string, event: CloudEvent): Promise<void> {
    this.assertOpen();
    checkSubject(subject);
    const text = this.sized(JSON.stringify(event));
    const about = headers();
    about.set('content-type', CLOUD_EVENTS_TYPE);
    if (isKept(subject)) await this.keep(subject, event, text);
    else this.told(() => this.options.connection.publish(subject, text, { headers: about }));
  }

  async subscribe(pattern: string, handler: MessageHandler, options: SubscriptionOptions): Promise<BusSubscription> {
    this.assertOpen();
    checkPattern(pattern);
    const { connection } = this.options;
    const take = (error: Error | null, message: Msg): void => {
      if (error) return options.onError(error, pattern);
      try {
        subscriber.offer(Object.freeze({ subject: message.subject, event: parseCloudEvent(message.string()) }));
      } catch (cause) {
        options.onError(cause, message.subject);
      }
    };
    const subscription = this.told(() => connection.subscribe(pattern, { callback: take }));
    const subscriber = new Subscriber(handler, options, (gone) => {
      this.subscribers.delete(gone);
      subscription.unsubscribe();
    });
    this.subscribers.add(subscriber);
    try {
      // The server has answered, so it knows the subscription: what anybody publishes from now on arrives.
      await within(this.timeoutMs, `subscribing to ${pattern}`, connection.flush());
    } catch (error) {
      await subscriber.end();
      throw error;
    }
    return { unsubscribe: () => subscriber.end() };
  }

  /** What was published is sent before it returns, unless the server is away. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.all([...this.subscribers].map((subscriber) => subscriber.end()));
    const { connection } = this.options;
    // There is nobody left to tell that the last messages were lost with the server; the log has what they were about.
    if (!connection.isClosed()) await within(this.timeoutMs, 'sending', connection.flush()).catch(() => undefined);
  }

  private async keep(subject: string, event: CloudEvent, text: string): Promise<void> {
    const about = headers();
    about.set('content-type', CLOUD_EVENTS_TYPE);
    try {
      const { connection } = this.options;
      if (!this.hasStream) await ensureStream(await jetstreamManager(connection, { timeout: this.timeoutMs }), NEWS);
      this.hasStream = true;
      // With the subject, since an event may be told under several: the server forgets all but one message of an id.
      await this.stream.publish(subject, text, { msgID: `${subject} ${event.id}`, headers: about });
    } catch (cause) {
      this.hasStream = false;
      throw new BusUnavailable(`${subject} was not confirmed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }

  /** @throws RangeError when the server takes no message as long as this one */
  private sized(text: string): string {
    const limit = this.options.connection.info?.max_payload;
    const bytes = Buffer.byteLength(text) + HEADER_BYTES;
    if (limit !== undefined && bytes > limit) throw new RangeError(`a message of ${bytes} bytes exceeds the server's limit of ${limit}`);
    return text;
  }

  private told<T>(tell: () => T): T {
    try {
      return tell();
    } catch (cause) {
      throw new BusUnavailable(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }

  private assertOpen(): void {
    if (this.closed) throw new BusClosed();
  }
}
