import { describe, expect, it } from '@jest/globals';
import { type ScoredFlight } from './batches.js';
import { type Shipment } from './intake-client.js';
import { type DayTally, sendFlights } from './send-flights.js';

const MARCH_5 = Date.UTC(2001, 2, 5);
const DAY = 86_400_000;

const someFlights = (days: number, perDay: number): ScoredFlight[] =>
  Array.from({ length: days * perDay }, (_, i) => ({
    flight: {
      id: `flight-${i}`,
      at: MARCH_5 + Math.floor(i / perDay) * DAY + (i % perDay),
      hour: 0,
      distance: 255,
      origin: 'LAS',
      destination: 'PHX',
      delay: i % 4 === 0 ? 20 : 0,
      badRecord: i === 1,
    },
    score: 0.25,
  }));

async function* inGroups(flights: readonly ScoredFlight[], size: number): AsyncGenerator<readonly ScoredFlight[]> {
  for (let i = 0; i < flights.length; i += size) yield flights.slice(i, i + size);
}

/** Answers requests after a few turns, and notes when each was sent and answered. */
class Recorder {
  readonly log: string[] = [];
  readonly sent: Shipment[] = [];
  inFlightMax = 0;
  private inFlight = 0;

  readonly send = async (shipment: Shipment): Promise<void> => {
    this.sent.push(shipment);
    this.log.push(`> ${shipment.key}`);
    this.inFlight += 1;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
    for (let i = 0; i < (shipment.kind === 'labels' ? 9 : 4); i += 1) await new Promise((resolve) => setImmediate(resolve));
    this.inFlight -= 1;
    this.log.push(`< ${shipment.key}`);
  };
}

describe('sendFlights', () => {
  it('sends each flight once in the order of time, its outcome after it, two requests at a time at most', async () => {
    const flights = someFlights(3, 2500);
    const recorder = new Recorder();
    await sendFlights(inGroups(flights, 700), { send: recorder.send, onDay: () => undefined });
    const idsOf = (kind: Shipment['kind']): string[] =>
      recorder.sent.filter((shipment) => shipment.kind === kind).flatMap(({ body }) => body.match(/flight-\d+/g) ?? []);
    const ids = flights.map(({ flight }) => flight.id);
    expect(idsOf('predictions')).toEqual(ids);
    expect(idsOf('labels')).toEqual(ids.filter((id) => id !== 'flight-1'));
    expect(recorder.inFlightMax).toBe(2);
    for (let i = 1; i <= 9; i += 1) expect(recorder.log.indexOf(`> outcomes-${i}`)).toBeGreaterThan(recorder.log.indexOf(`< flights-${i}`));
    expect(new Set(recorder.sent.map(({ key }) => key)).size).toBe(18);
  });

  it('begins a day when the outcomes of the day before are stored', async () => {
    const recorder = new Recorder();
    await sendFlights(inGroups(someFlights(2, 1500), 700), { send: recorder.send, onDay: () => undefined });
    expect(recorder.log.indexOf('< outcomes-2')).toBeLessThan(recorder.log.indexOf('> flights-3'));
    expect(recorder.log.indexOf('< flights-2')).toBeLessThan(recorder.log.indexOf('< outcomes-1'));
  });

  it('counts what it sent, day by day', async () => {
    const seen: DayTally[] = [];
    const tallies = await sendFlights(inGroups(someFlights(2, 1200), 5000), { send: new Recorder().send, onDay: (day) => seen.push(day) });
    expect(tallies).toEqual([
      { day: '2001-03-05', predictions: 1200, labels: 1199, late: 300, scoreSum: 300, badRecords: 1, lastAt: MARCH_5 + 1199 },
      { day: '2001-03-06', predictions: 1200, labels: 1200, late: 300, scoreSum: 300, badRecords: 0, lastAt: MARCH_5 + DAY + 1199 },
    ]);
    expect(seen).toEqual(tallies);
  });

  it.each(['predictions', 'labels'] as const)('stops at the first request of %s that fails', async (kind) => {
    const recorder = new Recorder();
    const send = async (shipment: Shipment): Promise<void> => {
      await recorder.send(shipment);
      if (shipment.kind === kind) throw new Error(`${shipment.key} is refused`);
    };
    const sending = sendFlights(inGroups(someFlights(3, 2500), 700), { send, onDay: () => undefined });
    await expect(sending).rejects.toThrow(/-1 is refused/);
    expect(recorder.sent.filter((shipment) => shipment.kind === 'predictions').length).toBeLessThanOrEqual(2);
  });
});
