import { type BusMessage, type MessageHandler, type SubscriptionOptions, SlowSubscriber } from './message-bus.js';

const QUEUE_MAX = 1_000;

/** One subscription of a process: a bounded queue in front of a handler that takes one message at a time. */
export class Subscriber {
  private readonly queue: BusMessage[] = [];
  private readonly ending = new AbortController();
  private working: Promise<void> | undefined;

  /** @param leave is called once, when the subscription ends: nothing more is to be offered */
  constructor(
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
    if (this.ending.signal.aborted) return;
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
      this.options.onError(error, message.subject);
    }
  }
}
