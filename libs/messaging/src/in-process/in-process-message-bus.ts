import { type CloudEvent } from '../cloud-event.js';
import {
  type BusMessage,
  type BusSubscription,
  type MessageHandler,
  type SubscriptionOptions,
  BusClosed,
  MessageBus,
} from '../message-bus.js';
import { checkPattern, checkSubject, subjectMatches } from '../subjects.js';
import { Subscriber } from '../subscriber.js';

/** The bus of a single process. */
export class InProcessMessageBus extends MessageBus {
  private readonly patterns = new Map<Subscriber, string>();
  private closed = false;

  async publish(subject: string, event: CloudEvent): Promise<void> {
    this.assertOpen();
    checkSubject(subject);
    // A copy: nobody changes what others are about to read.
    const message: BusMessage = Object.freeze({ subject, event: structuredClone(event) });
    for (const [subscriber, pattern] of [...this.patterns]) if (subjectMatches(pattern, subject)) subscriber.offer(message);
  }

  async subscribe(pattern: string, handler: MessageHandler, options: SubscriptionOptions): Promise<BusSubscription> {
    this.assertOpen();
    checkPattern(pattern);
    const subscriber = new Subscriber(handler, options, (gone) => this.patterns.delete(gone));
    this.patterns.set(subscriber, pattern);
    return { unsubscribe: () => subscriber.end() };
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.patterns.keys()].map((subscriber) => subscriber.end()));
  }

  private assertOpen(): void {
    if (this.closed) throw new BusClosed();
  }
}
