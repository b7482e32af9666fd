import { type DecodedSubscription } from '#libs/event-store';
import { type Recorded } from '#libs/kernel';
import { cloudEvent, type MessageBus } from '#libs/messaging';
import { type MeasurementEvent } from './events.js';

/** What leaves the process, by event type, and the last word of its subject on the bus. */
const PUBLISHED = { MeasurementRecorded: 'recorded', MeasurementSkipped: 'skipped' } as const;
type Published = Extract<Recorded<MeasurementEvent>, { type: keyof typeof PUBLISHED }>;

/** Every subject starts like this. */
const MEASUREMENT_SUBJECTS = 'driftledger.measurements';

/**
 * Publishes measurements, whole, as CloudEvents under `driftledger.measurements.<recorded|skipped>`, with the id of the event and the
 * monitor as subject. Parks what the bus refuses: one message that cannot be sent must not keep back the others.
 */
export const measurementPublisher = (bus: MessageBus): DecodedSubscription => ({
  name: 'measurements-publisher',
  handles: Object.keys(PUBLISHED),
  onPoison: 'park',
  handle: async (batch, signal) => {
    for (const event of batch) {
      signal.throwIfAborted();
      if (isPublished(event)) await publish(bus, event);
    }
  },
});

const publish = async (bus: MessageBus, { id, type, recordedAt, data }: Published): Promise<void> => {
  const word = PUBLISHED[type];
  const message = cloudEvent({ id, type: `io.driftledger.measurement.${word}`, subject: data.monitorId, at: recordedAt, data });
  await bus.publish(`${MEASUREMENT_SUBJECTS}.${word}`, message);
};

const isPublished = (event: Recorded): event is Published => event.type in PUBLISHED;
