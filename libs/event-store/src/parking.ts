import { z } from 'zod';
import { type CommandMeta, derivedId, formatPosition, idOfName, isUuid, uuid } from '#libs/kernel';
import { EventCodec } from './codec.js';
import { defineEvent } from './define-event.js';
import { type EventStore, type StoredEvent } from './store.js';

/** An event that a subscription could not handle, and why. It stands in `parked-<subscription>`. */
export const EventParked = defineEvent('EventParked', {
  version: 1,
  schema: z.object({
    subscription: z.string(),
    stream: z.string(),
    revision: z.bigint(),
    position: z.string(),
    eventType: z.string(),
    error: z.string(),
  }),
});

const ERROR_LENGTH_MAX = 2_000;

/** Appends to `parked-<subscription>`. Parking the same event again changes nothing. */
export const park = async (store: EventStore, subscription: string, stored: StoredEvent, error: unknown): Promise<void> => {
  const data = {
    subscription,
    stream: stored.stream,
    revision: stored.revision,
    position: formatPosition(stored.position),
    eventType: stored.type,
    error: (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, ERROR_LENGTH_MAX),
  };
  const meta = metaOf(subscription, stored);
  const event = new EventCodec([EventParked]).encode(EventParked.make(data), meta, derivedId(meta.commandId, 0));
  await store.append(`parked-${subscription}`, [event], { expected: 'any' });
};

const metaOf = (subscription: string, stored: StoredEvent): CommandMeta => {
  const { $correlationId } = stored.metadata;
  return {
    commandId: derivedId(stored.id, `parked/${subscription}/${stored.stream}`),
    correlationId: isUuid($correlationId) ? uuid($correlationId) : stored.id,
    causationId: stored.id,
    actor: { principalId: idOfName('job', subscription), kind: 'job', via: `subscription:${subscription}` },
    source: { surface: 'internal', addressClass: 'process' },
  };
};
