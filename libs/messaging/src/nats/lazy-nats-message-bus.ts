import { type NatsConnection } from '@nats-io/transport-node';
import { type CloudEvent } from '../cloud-event.js';
import { type BusSubscription, type MessageHandler, type SubscriptionOptions, BusClosed, MessageBus } from '../message-bus.js';
import { connectToNats, type NatsOptions } from './connect.js';
import { NatsMessageBus } from './nats-message-bus.js';

type Opened = { readonly connection: NatsConnection; readonly bus: NatsMessageBus };

/** The bus on NATS for a process that must start without it: connects when it is first needed, and again after that failed. */
export class LazyNatsMessageBus extends MessageBus {
  private opening: Promise<Opened> | undefined;
  private closed = false;

  constructor(private readonly options: NatsOptions) {
    super();
  }

  async publish(subject: string, event: CloudEvent): Promise<void> {
    const { bus } = await this.opened();
    await bus.publish(subject, event);
  }

  async subscribe(pattern: string, handler: MessageHandler, options: SubscriptionOptions): Promise<BusSubscription> {
    const { bus } = await this.opened();
    return bus.subscribe(pattern, handler, options);
  }

  async close(): Promise<void> {
    this.closed = true;
    const opened = await this.opening?.catch(() => undefined);
    await opened?.bus.close();
    await opened?.connection.close();
  }

  private opened(): Promise<Opened> {
    if (this.closed) return Promise.reject(new BusClosed());
    this.opening ??= this.open().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async open(): Promise<Opened> {
    const connection = await connectToNats(this.options);
    return { connection, bus: new NatsMessageBus({ connection }) };
  }
}
