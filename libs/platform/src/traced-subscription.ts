import { type Subscription } from '#libs/event-store';
import { type EventMetadata } from '#libs/kernel';
import { type Tracing } from '#libs/observability';

type Batch = readonly { readonly metadata: EventMetadata }[];

/** A subscription whose batches are spans of the traces their events belong to. */
export const tracedSubscription = (subscription: Subscription, tracing: Tracing): Subscription => {
  if (!tracing.isOn) return subscription;
  const { name } = subscription;
  const traced =
    <B extends Batch>(handle: (batch: B, signal: AbortSignal) => Promise<void>) =>
    (batch: B, signal: AbortSignal): Promise<void> => {
      const values = { 'driftledger.subscription': name, 'driftledger.events': batch.length };
      const causes = batch.map(({ metadata }) => metadata.traceparent);
      return tracing.during(`handle ${name}`, { kind: 'consumer', values, causes }, () => handle(batch, signal));
    };
  // Told apart, since each kind of subscription takes batches of its own.
  return subscription.raw
    ? { ...subscription, handle: traced(subscription.handle) }
    : { ...subscription, handle: traced(subscription.handle) };
};
