import { type Position, comparePositions } from '#libs/kernel';
import {
  type AppendOptions,
  type AppendResult,
  type EventFilter,
  EventStore,
  type NewEvent,
  type ReadAllOptions,
  type ReadOptions,
  type StoredEvent,
  type StreamMeta,
  type SubscribeOptions,
  type SubscriptionMessage,
  WrongExpectedRevision,
} from '#libs/event-store';

const NAME = /^([a-z]+)-(.+)$/;

/**
 * A store that is shared as if it were empty: streams get names of their own, and of the log only what was written to them since is
 * seen. For servers, which cannot be emptied between two specs.
 */
export class NamespacedEventStore extends EventStore {
  /** @param since the head of the log when the namespace began */
  constructor(
    private readonly store: EventStore,
    private readonly namespace: string,
    private readonly since: Position | undefined,
  ) {
    super();
  }

  async append(stream: string, events: readonly NewEvent[], options: AppendOptions): Promise<AppendResult> {
    return this.renamed(stream, (name) => this.store.append(name, events, options));
  }

  async *readStream(stream: string, options?: ReadOptions): AsyncGenerator<StoredEvent, void, undefined> {
    for await (const event of this.store.readStream(this.nameOf(stream), options)) yield { ...event, stream };
  }

  async *readAll({ from, limit, ...options }: ReadAllOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
    const begin = from === undefined || from === 'start' ? (options.direction === 'backwards' ? from : this.since) : from;
    let left = limit ?? Number.MAX_SAFE_INTEGER;
    if (left === 0) return;
    for await (const event of this.store.readAll({ ...options, ...(begin === undefined ? {} : { from: begin }) })) {
      if (options.direction === 'backwards' && this.since && comparePositions(event.position, this.since) <= 0) return;
      const own = this.own(event);
      if (!own) continue;
      yield own;
      if ((left -= 1) === 0) return;
    }
  }

  async *subscribeAll({ after, filter, signal }: SubscribeOptions): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const begin = after === 'start' ? (this.since ?? after) : after;
    const options = { after: begin, signal, ...(filter ? { filter: this.filterOf(filter) } : {}) };
    for await (const message of this.store.subscribeAll(options)) {
      if (message.kind !== 'event') yield message;
      else {
        const event = this.own(message.event);
        if (event) yield { kind: 'event', event };
      }
    }
  }

  async softDelete(stream: string, options: AppendOptions): Promise<void> {
    await this.renamed(stream, (name) => this.store.softDelete(name, options));
  }

  async tombstone(stream: string, options: AppendOptions): Promise<void> {
    await this.renamed(stream, (name) => this.store.tombstone(name, options));
  }

  async getMeta(stream: string): Promise<StreamMeta> {
    return this.store.getMeta(this.nameOf(stream));
  }

  async setMeta(stream: string, meta: StreamMeta): Promise<void> {
    await this.store.setMeta(this.nameOf(stream), meta);
  }

  async head(): Promise<Position | undefined> {
    const head = await this.store.head();
    return head && this.since && comparePositions(head, this.since) <= 0 ? undefined : head;
  }

  async close(): Promise<void> {
    await this.store.close();
  }

  /** Names that are none stay as they are: refusing them is what is tested. */
  private nameOf(stream: string): string {
    const match = NAME.exec(stream);
    return match ? `${match[1]}-${this.namespace}.${match[2]}` : stream;
  }

  private own(event: StoredEvent): StoredEvent | undefined {
    const [category = '', rest = ''] = event.stream.split(`-${this.namespace}.`, 2);
    return rest === '' ? undefined : { ...event, stream: `${category}-${rest}` };
  }

  private filterOf(filter: EventFilter): EventFilter {
    if (!('streamPrefixes' in filter)) return filter;
    return { streamPrefixes: filter.streamPrefixes.map((prefix) => prefix.replace(/-$/, `-${this.namespace}.`)) };
  }

  private async renamed<T>(stream: string, work: (name: string) => Promise<T>): Promise<T> {
    try {
      return await work(this.nameOf(stream));
    } catch (error) {
      if (error instanceof WrongExpectedRevision) throw new WrongExpectedRevision(stream, error.expected, error.actual);
      throw error;
    }
  }
}
