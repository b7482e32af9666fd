import { type DomainEvent, idOfName, instant, positionOf, type Recorded } from '#libs/kernel';
import { type BusMessage } from '#libs/messaging';
import { InProcessMessageBus } from '#libs/messaging/in-process';
import {
  AlertAcknowledged,
  AlertCleared,
  AlertRaised,
  AlertSilenced,
  alertIdOf,
  episodeIdOf,
  JudgementCounted,
  SilenceEnded,
} from './events.js';
import { alertPublisher } from './publisher.js';

const monitorId = idOfName('monitor', 'flights');
const alertId = alertIdOf(monitorId, 'volume');
const about = {
  alertId,
  monitorId,
  monitor: 'flights',
  deploymentId: idOfName('deployment', 'flights'),
  deployment: 'flights',
  subject: 'volume',
  episode: 2,
};
const policy = { k: 1, n: 1, m: 1 };
const judgement = { window: { from: 0, until: 1 }, verdict: 'no_data' as const };

const recorded = (event: DomainEvent, at: number): Recorded => ({
  ...event,
  id: idOfName('event', String(at)),
  stream: `alert-${alertId}`,
  revision: BigInt(at),
  position: positionOf(BigInt(at)),
  recordedAt: instant(at),
  metadata: {
    $correlationId: 'c',
    $causationId: 'c',
    commandId: 'c',
    actor: { principalId: idOfName('principal', 'ann'), kind: 'person', via: 'key' },
    source: { surface: 'internal', addressClass: 'process' },
    schemaVersion: 1,
    sha256: '',
  },
});

const publish = async (...events: DomainEvent[]): Promise<readonly BusMessage[]> => {
  const bus = new InProcessMessageBus();
  const received: BusMessage[] = [];
  const fail = (error: unknown): never => {
    throw error;
  };
  await bus.subscribe('driftledger.alerts.>', (message) => void received.push(message), { name: 'spec', onError: fail, onDropped: fail });
  const publisher = alertPublisher(bus);
  if (publisher.raw) throw new Error('decoded events expected');
  await publisher.handle(events.map(recorded), new AbortController().signal);
  await new Promise((resolve) => setImmediate(resolve));
  await bus.close();
  return received;
};
const raised = (silencedUntil?: number) =>
  AlertRaised.make({ ...about, policy, judgement, severity: 'low', breaches: [], ...(silencedUntil !== undefined && { silencedUntil }) });

describe('alertPublisher', () => {
  it('publishes what people must hear of, in order, recognisable when it comes twice', async () => {
    const messages = await publish(
      raised(),
      JudgementCounted.make({ ...about, policy, judgement }),
      AlertAcknowledged.make(about),
      AlertSilenced.make({ ...about, until: 9, reason: 'storm' }),
      SilenceEnded.make({ ...about, by: 'time', raised: true }),
      AlertCleared.make({ ...about, by: 'calm' }),
    );
    expect(messages.map(({ subject }) => subject)).toEqual([
      'driftledger.alerts.raised',
      'driftledger.alerts.acknowledged',
      'driftledger.alerts.silenced',
      'driftledger.alerts.silence_ended',
      'driftledger.alerts.cleared',
    ]);
    expect(messages[0]?.event).toMatchObject({
      id: idOfName('event', '0'),
      type: 'io.driftledger.alert.raised',
      subject: episodeIdOf(alertId, 2),
      time: '1970-01-01T00:00:00.000Z',
      data: { subject: 'volume', severity: 'low' },
    });
  });

  it('publishes nothing of what happens under a silence', async () => {
    expect(await publish(raised(100), AlertAcknowledged.make({ ...about, silencedUntil: 100 }))).toEqual([]);
    expect(await publish(AlertCleared.make({ ...about, by: 'calm', silencedUntil: 100 }))).toEqual([]);
  });
});
