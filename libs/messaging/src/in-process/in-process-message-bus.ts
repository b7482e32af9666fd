import { type CloudEvent } from '../cloud-event.js';
import {
  type BusMessage,
  type BusSubscription,
  type MessageHandler,
  type SubscriptionOptions,
  BusClosed,
  MessageBus,
  SlowSubscriber,
} from '../message-bus.js';
import { checkPattern, checkSubject, subjectMatches } from '../subjects.js';

const QUEUE_MAX = 1_000;

/** One subscription: a bounded queue in front of a handler that takes one message at a time. */
class Subscriber {
  private readonly queue: BusMessage[] = [];
  private readonly ending = new AbortController();
  private working: Promise<void> | undefined;

  constructor(
    readonly pattern: string,
    private readonly handler: MessageHandler,
    private readonly options: SubscriptionOptions,
    private readonly leave: (subscriber: Subscriber) => void,
  ) {}

  offer(message: BusMessage): void {
    if (this.ending.signal.aborted) return;
    this.queue.push(message);
    if (this.queue.length > (this.options.queueMax ?? QUEUE_MAX)) this.drop();
    else this.working ??= this.work();
  }

  async end(): Promise<void> {
    this.stop();
    await this.working;
  }

  private drop(): void {
    const undelivered = this.queue.length;
    this.stop();
    this.options.onDropped(new SlowSubscriber(this.options.name, undelivered));
  }

  private stop(): void {
    this.ending.abort();
    this.queue.length = 0;
    this.leave(this);
  }

  private async work(): Promise<void> {
    // The publisher goes on first: a handler never runs inside `publish`.
    await Promise.resolve();
    for (let message = this.queue.shift(); message; message = this.queue.shift()) await this.deliver(message);
    this.working = undefined;
  }

  private async deliver(message: BusMessage): Promise<void> {
    try {
      await this.handler(message, this.ending.signal);
    } catch (error) {
      this.options.onError(error, message);
    }
  }
}

/** The bus of a single process. */
export class InProcessMessageBus extends MessageBus {
  private readonly subscribers = new Set<Subscriber>();
  private closed = false;

  async publish(subject: string, event: CloudEvent): Promise<void> {
    this.assertOpen();
    checkSubject(subject);
    // A copy: nobody changes what others are about to read.
    const message: BusMessage = Object.freeze({ subject, event: structuredClone(event) });
    for (const subscriber of [...this.subscribers]) if (subjectMatches(subscriber.pattern, subject)) subscriber.offer(message);
  }

  async subscribe(pattern: string, handler: MessageHandler, options: SubscriptionOptions): Promise<BusSubscription> {
    this.assertOpen();
    checkPattern(pattern);
    const subscriber = new Subscriber(pattern, handler, options, (gone) => this.subscribers.delete(gone));
    this.subscribers.add(subscriber);
    return { unsubscribe: () => subscriber.end() };
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.subscribers].map((subscriber) => subscriber.end()));
  }

  private assertOpen(): void {
    if (this.closed) throw new BusClosed();
  }
}
