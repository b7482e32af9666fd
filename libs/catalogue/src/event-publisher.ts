import { ALERT_EVENTS } from '#libs/alerts';
import { DEPLOYMENT_EVENTS } from '#libs/deployments';
import { type DecodedSubscription } from '#libs/event-store';
import { formatPosition, type Recorded } from '#libs/kernel';
import { cloudEvent, type MessageBus } from '#libs/messaging';
import { MONITORING_EVENTS } from '#libs/monitoring';

/**
 * What others are not told of, beside predictions, labels, and everything about who may do what. Measurements have a subject of their
 * own; words and imported references are values of somebody's data, which stay here.
 */
const UNTOLD: ReadonlySet<string> = new Set(['MeasurementRecorded', 'MeasurementSkipped', 'CategoriesObserved', 'ReferenceImported']);

const TOLD: readonly string[] = [...ALERT_EVENTS, ...DEPLOYMENT_EVENTS, ...MONITORING_EVENTS]
  .map(({ type }) => type)
  .filter((type) => !UNTOLD.has(type));

/**
 * Publishes facts about deployments, monitors and alerts as CloudEvents under `driftledger.events.<category>.<type>`, such as
 * `driftledger.events.monitor.MonitorCreated`: the subject of the event is its stream, its data are place and body. Parks what the bus
 * refuses: one message that cannot be sent must not keep back the others.
 */
export const eventPublisher = (bus: MessageBus): DecodedSubscription => ({
  name: 'events-publisher',
  handles: TOLD,
  onPoison: 'park',
  handle: async (batch, signal) => {
    for (const event of batch) {
      signal.throwIfAborted();
      await publish(bus, event);
    }
  },
});

const publish = async (bus: MessageBus, event: Recorded): Promise<void> => {
  const { id, type, stream, recordedAt, revision, position, data } = event;
  const [category = ''] = stream.split('-');
  const told = { position: formatPosition(position), revision: String(revision), body: data };
  await bus.publish(
    `driftledger.events.${category}.${type}`,
    cloudEvent({ id, type: `io.driftledger.event.${type}`, subject: stream, at: recordedAt, data: told }),
  );
};
