import { readFileSync } from 'node:fs';
import { idOfName, instant, positionOf, type Recorded } from '#libs/kernel';
import { type BusMessage } from '#libs/messaging';
import { InProcessMessageBus } from '#libs/messaging/in-process';
import { MeasurementRecorded, MeasurementSkipped, WindowTick } from './events.js';
import { measurementPublisher } from './publisher.js';

/** An event as the log holds it: the golden one of its type. */
const golden = ({ type }: { readonly type: string }): Recorded => {
  const data: unknown = JSON.parse(readFileSync(`libs/monitoring/src/events.history/${type}.v1.json`, 'utf8'));
  return {
    ...{
      type,
      data,
      id: idOfName('event', type),
      stream: 'measurements-x',
      revision: 0n,
      position: positionOf(1n),
      recordedAt: instant(0),
    },
    metadata: {
      ...{ $correlationId: 'c', $causationId: 'c', commandId: 'c', schemaVersion: 1, sha256: '' },
      actor: { principalId: idOfName('principal', 'driftledger'), kind: 'job', via: 'evaluator' },
      source: { surface: 'internal', addressClass: 'process' },
    },
  };
};

describe('measurementPublisher', () => {
  it('publishes every measurement and every skipped one, whole, in order, recognisable when it comes twice', async () => {
    const bus = new InProcessMessageBus();
    const received: BusMessage[] = [];
    const fail = (error: unknown): never => {
      throw error;
    };
    await bus.subscribe('driftledger.>', (message) => void received.push(message), { name: 'spec', onError: fail, onDropped: fail });
    const publisher = measurementPublisher(bus);
    if (publisher.raw) throw new Error('decoded events expected');
    const [recorded, skipped] = [golden(MeasurementRecorded), golden(MeasurementSkipped)];
    await publisher.handle([recorded, golden(WindowTick), skipped], new AbortController().signal);
    await new Promise((resolve) => setImmediate(resolve));
    await bus.close();
    expect(received.map(({ subject, event }) => [subject, event.type, event.id])).toEqual([
      ['driftledger.measurements.recorded', 'io.driftledger.measurement.recorded', recorded.id],
      ['driftledger.measurements.skipped', 'io.driftledger.measurement.skipped', skipped.id],
    ]);
    expect(received.map(({ event }) => event.data)).toEqual([recorded.data, skipped.data]);
  });
});
