import { type BusSubscription, type CloudEvent, MessageBus, type MessageHandler, type SubscriptionOptions } from '#libs/messaging';
import { type Tracing } from '#libs/observability';

/** A bus on which telling others about a recorded event is a span of its trace. What is published on no such occasion is none. */
export class TracedMessageBus extends MessageBus {
  constructor(
    private readonly bus: MessageBus,
    private readonly tracing: Tracing,
  ) {
    super();
  }

  override publish(subject: string, event: CloudEvent): Promise<void> {
    const about = { kind: 'producer', values: { 'messaging.destination.name': subject }, causes: [] } as const;
    return this.tracing.during('publish', about, () => this.bus.publish(subject, event));
  }

  override subscribe(pattern: string, handler: MessageHandler, options: SubscriptionOptions): Promise<BusSubscription> {
    return this.bus.subscribe(pattern, handler, options);
  }

  override close(): Promise<void> {
    return this.bus.close();
  }
}
