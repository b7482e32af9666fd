import { type Recorded } from '#libs/kernel';
import { type EventCodec } from './codec.js';
import { park } from './parking.js';
import { type EventStore, type StoredEvent } from './store.js';
import { type Subscription } from './subscription.js';

/** How a batch reaches its handler. `pause` waits between tries, or until the subscription stops. */
export type Delivery = {
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly subscription: Subscription;
  readonly tries: number;
  readonly pause: (attempt: number) => Promise<void>;
};

/**
 * Hands a batch over, again when that fails. What still fails is thrown, or parked when the subscription says so: then the events are
 * handed over one by one, so that only the poison is set aside and not its neighbours.
 */
export const deliver = async (delivery: Delivery, batch: readonly StoredEvent[], signal: AbortSignal): Promise<void> => {
  const error = await attempts(delivery, batch, signal);
  if (error === undefined || signal.aborted) return;
  if (delivery.subscription.onPoison === 'stop') throw error;
  if (batch.length > 1) {
    for (const stored of batch) await deliver(delivery, [stored], signal);
    return;
  }
  for (const stored of batch) await park(delivery.store, delivery.subscription.name, stored, error);
};

/** The last error, or undefined when the handler took the batch. */
const attempts = async (delivery: Delivery, batch: readonly StoredEvent[], signal: AbortSignal): Promise<Error | undefined> => {
  const handOver = handlerOf(delivery, batch);
  if (handOver instanceof Error) return handOver;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await handOver(signal);
      return undefined;
    } catch (thrown) {
      if (signal.aborted || attempt >= delivery.tries) return thrown instanceof Error ? thrown : new Error(String(thrown));
      await delivery.pause(attempt);
      if (signal.aborted) return undefined;
    }
  }
};

/** Decodes once for all tries: an event that cannot be read now cannot be read later either. */
const handlerOf = ({ codec, subscription }: Delivery, batch: readonly StoredEvent[]): ((signal: AbortSignal) => Promise<void>) | Error => {
  if (subscription.raw) return (signal) => subscription.handle(batch, signal);
  try {
    const recorded: Recorded[] = batch.map((stored) => codec.decode(stored));
    return (signal) => subscription.handle(recorded, signal);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};
