import { type CloudEvent } from './cloud-event.js';

/** A message with the subject it was published under. */
export type BusMessage = { readonly subject: string; readonly event: CloudEvent };

/** Takes one message. The next one of this subscription waits until it is done. */
export type MessageHandler = (message: BusMessage, signal: AbortSignal) => Promise<void> | void;

/** How a subscription hears about what goes wrong with it. Both are required: silence would look like health. */
export type SubscriptionOptions = {
  /** For logs and metrics. */
  readonly name: string;
  /** Messages that may wait for the handler, 1,000 unless said otherwise. */
  readonly queueMax?: number;
  /** The handler failed on a message, or it was no CloudEvent. It is gone for this subscription; the next one is delivered. */
  readonly onError: (error: unknown, subject: string) => void;
  /** The handler did not keep up: the subscription has ended, with so many messages undelivered. */
  readonly onDropped: (error: SlowSubscriber) => void;
};

/** A subscription that can be ended. Waits for the handler at work, so a handler must not await the end of its own subscription. */
export type BusSubscription = { readonly unsubscribe: () => Promise<void> };

/** A subscriber had more messages waiting than its queue holds, and was ended rather than fed with gaps. */
export class SlowSubscriber extends Error {
  override readonly name = 'SlowSubscriber';
  constructor(
    readonly subscription: string,
    readonly undelivered: number,
  ) {
    super(`${subscription} fell ${undelivered} messages behind and was dropped`);
  }
}

/** The bus was closed. */
export class BusClosed extends Error {
  override readonly name = 'BusClosed';
  constructor() {
    super('the message bus is closed');
  }
}

/** The server of the bus does not answer. It passes; whether the message was sent is unknown. */
export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable';
  readonly transient = true;
}

/**
 * Tells others that something happened. A bus, not a source of truth: a message reaches the subscriptions that exist when it is
 * published, in the order of publishing, and a subscription that has lost its server misses what is published meanwhile. Whoever must
 * not miss anything follows the event log. Every adapter passes `message-bus.contract.ts`.
 */
export abstract class MessageBus {
  /**
   * Resolves when the message is on its way, or kept where a server keeps messages of this subject; never waits for handlers, never
   * fails because of one.
   *
   * @throws TypeError when the subject is malformed
   * @throws BusClosed | BusUnavailable
   */
  abstract publish(subject: string, event: CloudEvent): Promise<void>;
  /**
   * @param pattern a subject in which `*` stands for one word and a last `>` for one or more
   * @throws TypeError when the pattern is malformed
   * @throws BusClosed | BusUnavailable
   */
  abstract subscribe(pattern: string, handler: MessageHandler, options: SubscriptionOptions): Promise<BusSubscription>;
  /** Ends every subscription and waits for the handlers at work, whose signal is aborted. */
  abstract close(): Promise<void>;
}
