import { type Recorded } from '#libs/kernel';
import { type EventCodec } from './codec.js';
import { type StoredEvent } from './store.js';
import { type Subscription } from './subscription.js';

/** An event on its way to a handler. It was read when it arrived, because only then its size is known: a stored body may be deflated. */
export type Item = {
  readonly stored: StoredEvent;
  /** Absent for a subscription that takes events as they are stored. */
  readonly read?: Recorded | Error;
  readonly bytes: number;
};

/** Reads an event for a subscription. One that cannot be read carries the error: it cannot be read later either. */
export const itemOf = (subscription: Subscription, codec: EventCodec, stored: StoredEvent): Item => {
  if (subscription.raw) return { stored, bytes: stored.body.length };
  try {
    const { recorded, bytes } = codec.open(stored);
    return { stored, read: recorded, bytes };
  } catch (error) {
    return { stored, read: error instanceof Error ? error : new Error(String(error)), bytes: stored.body.length };
  }
};

/** Events that are handed over together: at most so many, and about so many bytes as they are in memory. */
export class Batch {
  private items: Item[] = [];
  private bytes = 0;

  constructor(
    private readonly eventsMax: number,
    private readonly bytesMax: number,
  ) {}

  get empty(): boolean {
    return this.items.length === 0;
  }

  get full(): boolean {
    return this.items.length >= this.eventsMax || this.bytes >= this.bytesMax;
  }

  add(item: Item): void {
    this.items.push(item);
    this.bytes += item.bytes;
  }

  /** What was collected; the batch is empty afterwards. */
  take(): readonly Item[] {
    const { items } = this;
    this.items = [];
    this.bytes = 0;
    return items;
  }
}
