import { type Recorded } from '#libs/kernel';
import { type Item } from './batch.js';
import { park } from './parking.js';
import { isPassing } from './passing.js';
import { type EventStore } from './store.js';
import { type Subscription } from './subscription.js';

/** How a batch reaches its handler. `pause` waits between tries, or until the subscription stops. */
export type Delivery = {
  readonly store: EventStore;
  readonly subscription: Subscription;
  readonly tries: number;
  readonly pause: (attempt: number) => Promise<void>;
};

/**
 * Hands a batch over, again when that fails. What still fails is thrown, or parked when the subscription says so: then the events are
 * handed over one by one, so that only the poison is set aside and not its neighbours. An engine that is away makes no event poison.
 */
export const deliver = async (delivery: Delivery, batch: readonly Item[], signal: AbortSignal): Promise<void> => {
  const error = await attempts(delivery, batch, signal);
  if (error === undefined || signal.aborted) return;
  if (delivery.subscription.onPoison === 'stop' || isPassing(error)) throw error;
  if (batch.length > 1) {
    for (const item of batch) await deliver(delivery, [item], signal);
    return;
  }
  for (const { stored } of batch) await park(delivery.store, delivery.subscription.name, stored, error);
};

/** The last error, or undefined when the handler took the batch. */
const attempts = async (delivery: Delivery, batch: readonly Item[], signal: AbortSignal): Promise<Error | undefined> => {
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

const handlerOf = ({ subscription }: Delivery, batch: readonly Item[]): ((signal: AbortSignal) => Promise<void>) | Error => {
  if (subscription.raw) {
    const events = batch.map(({ stored }) => stored);
    return (signal) => subscription.handle(events, signal);
  }
  const events: Recorded[] = [];
  for (const { read } of batch) {
    if (read instanceof Error) return read;
    if (read) events.push(read);
  }
  return (signal) => subscription.handle(events, signal);
};
