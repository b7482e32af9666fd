import { type Recorded, uuid } from '#libs/kernel';
import { type DecodedSubscription } from '#libs/event-store';
import { cloudEvent, type MessageBus } from '#libs/messaging';
import { type AlertEvent, episodeIdOf } from './events.js';

/** What leaves the process, by event type, and the last word of its subject on the bus. */
const PUBLISHED = {
  AlertRaised: 'raised',
  AlertAcknowledged: 'acknowledged',
  AlertSilenced: 'silenced',
  SilenceEnded: 'silence_ended',
  AlertCleared: 'cleared',
} as const;
type Published = Extract<Recorded<AlertEvent>, { type: keyof typeof PUBLISHED }>;

/** Every subject starts like this: `driftledger.alerts.raised`, and so on. */
export const ALERT_SUBJECTS = 'driftledger.alerts';

/**
 * Publishes alerts as CloudEvents under `driftledger.alerts.<raised|acknowledged|silenced|silence_ended|cleared>`. The message has the
 * id of the event, so a repetition can be recognised. What happens under a silence is not published; that a silence began or ended is.
 * Parks what the bus refuses: one message that cannot be sent must not keep back the others.
 */
export const alertPublisher = (bus: MessageBus): DecodedSubscription => ({
  name: 'alerts-publisher',
  handles: Object.keys(PUBLISHED),
  onPoison: 'park',
  handle: async (batch, signal) => {
    for (const event of batch) {
      signal.throwIfAborted();
      if (isPublished(event) && !isSilent(event)) await publish(bus, event);
    }
  },
});

const publish = async (bus: MessageBus, event: Published): Promise<void> => {
  const word = PUBLISHED[event.type];
  const id = episodeIdOf(uuid(event.data.alertId), event.data.episode);
  await bus.publish(
    `${ALERT_SUBJECTS}.${word}`,
    cloudEvent({ id: event.id, type: `io.driftledger.alert.${word}`, subject: id, at: event.recordedAt, data: event.data }),
  );
};

const isPublished = (event: Recorded): event is Published => event.type in PUBLISHED;

const isSilent = ({ data }: Published): boolean => 'silencedUntil' in data && data.silencedUntil !== undefined;
