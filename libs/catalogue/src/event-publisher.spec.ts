import { idOfName, instant, positionOf, type Recorded } from '#libs/kernel';
import { type BusMessage } from '#libs/messaging';
import { InProcessMessageBus } from '#libs/messaging/in-process';
import { MonitorPaused } from '#libs/monitoring';
import { eventPublisher } from './event-publisher.js';
import { ALL_EVENTS } from './events.js';

const paused: Recorded = {
  ...MonitorPaused.make({ monitorId: idOfName('monitor', 'flights') }),
  id: idOfName('event', 'paused'),
  stream: `monitor-${idOfName('monitor', 'flights')}`,
  revision: 3n,
  position: positionOf(7n),
  recordedAt: instant(0),
  metadata: {
    ...{ $correlationId: 'c', $causationId: 'c', commandId: 'c', schemaVersion: 1, sha256: '' },
    actor: { principalId: idOfName('principal', 'ann'), kind: 'person', via: 'key' },
    source: { surface: 'internal', addressClass: 'process' },
  },
};

describe('eventPublisher', () => {
  it('publishes a fact with its place, recognisable when it comes twice, and without who did it', async () => {
    const bus = new InProcessMessageBus();
    const received: BusMessage[] = [];
    const fail = (error: unknown): never => {
      throw error;
    };
    await bus.subscribe('driftledger.>', (message) => void received.push(message), { name: 'spec', onError: fail, onDropped: fail });
    const publisher = eventPublisher(bus);
    if (publisher.raw) throw new Error('decoded events expected');
    await publisher.handle([paused], new AbortController().signal);
    await new Promise((resolve) => setImmediate(resolve));
    await bus.close();
    expect(received).toMatchObject([
      {
        subject: 'driftledger.events.monitor.MonitorPaused',
        event: {
          id: paused.id,
          type: 'io.driftledger.event.MonitorPaused',
          subject: paused.stream,
          time: '1970-01-01T00:00:00.000Z',
          data: { position: '7', revision: '3', body: paused.data },
        },
      },
    ]);
    expect(JSON.stringify(received)).not.toContain('principal');
  });

  it('tells nothing of what was predicted, of values, and of who may do what', () => {
    const told = new Set(eventPublisher(new InProcessMessageBus()).handles);
    expect(ALL_EVENTS.map(({ type }) => type).filter((type) => !told.has(type))).toEqual([
      ...['CategoriesObserved'],
      ...['PrincipalRegistered', 'KeyIssued', 'KeyRevoked', 'RolesGranted', 'RolesRevoked'],
      ...['CommandRefused', 'AccessDenied', 'SensitiveDataRead', 'UnauthenticatedAttempts', 'SignedIn', 'SignedOut'],
      ...['MeasurementRecorded', 'MeasurementSkipped', 'ReferenceImported'],
      ...['ProjectionRebuildBegun', 'ProjectionRebuilt', 'ReadModelMigrated'],
      ...['PredictionBatchRecorded', 'LabelBatchRecorded'],
    ]);
  });
});
