import {
  type AppendOptions,
  type AppendResult,
  EventStore,
  type NewEvent,
  type ReadAllOptions,
  type ReadOptions,
  type StoredEvent,
  type StreamMeta,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '#libs/event-store';
import { type Position } from '#libs/kernel';
import { type Tracing } from '#libs/observability';

/** An event store whose appends are spans of the traces their events belong to. */
export class TracedEventStore extends EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly tracing: Tracing,
  ) {
    super();
  }

  override append(stream: string, events: readonly NewEvent[], options: AppendOptions): Promise<AppendResult> {
    const values = { 'driftledger.stream.category': categoryOf(stream), 'driftledger.events': events.length };
    const causes = events.map(({ metadata }) => metadata.traceparent);
    return this.tracing.during('append', { kind: 'client', values, causes }, () => this.store.append(stream, events, options));
  }

  override readStream(stream: string, options?: ReadOptions): AsyncIterable<StoredEvent> {
    return this.store.readStream(stream, options);
  }

  override readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent> {
    return this.store.readAll(options);
  }

  override subscribeAll(options: SubscribeOptions): AsyncIterable<SubscriptionMessage> {
    return this.store.subscribeAll(options);
  }

  override softDelete(stream: string, options: AppendOptions): Promise<void> {
    return this.store.softDelete(stream, options);
  }

  override tombstone(stream: string, options: AppendOptions): Promise<void> {
    return this.store.tombstone(stream, options);
  }

  override getMeta(stream: string): Promise<StreamMeta> {
    return this.store.getMeta(stream);
  }

  override setMeta(stream: string, meta: StreamMeta): Promise<void> {
    return this.store.setMeta(stream, meta);
  }

  override head(): Promise<Position | undefined> {
    return this.store.head();
  }

  override close(): Promise<void> {
    return this.store.close();
  }
}

/** The rest of its name may say who something is about. */
const categoryOf = (stream: string): string => stream.split('-', 1)[0] ?? '';
