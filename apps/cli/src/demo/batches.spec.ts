import { describe, expect, it } from '@jest/globals';
import { batchesOf, daysOf, labelLines, predictionLines, type ScoredFlight } from './batches.js';

const MARCH_5 = Date.UTC(2001, 2, 5);
const HOUR = 3_600_000;

const aScored = (at: number, overrides: Partial<ScoredFlight['flight']> = {}): ScoredFlight => ({
  flight: {
    id: `flight-${at}`,
    at,
    hour: 0,
    distance: 255,
    origin: 'LAS',
    destination: 'PHX',
    delay: 0,
    badRecord: false,
    ...overrides,
  },
  score: 0.1234,
});

async function* groupsOf(...groups: readonly (readonly ScoredFlight[])[]): AsyncGenerator<readonly ScoredFlight[]> {
  yield* groups;
}

const gather = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
};

describe('daysOf', () => {
  it('puts the flights of a day together, whatever groups they were read in', async () => {
    const times = [0, 1, 23.99, 24, 30, 49].map((hours) => MARCH_5 + hours * HOUR);
    const all = times.map((at) => aScored(at));
    const days = await gather(daysOf(groupsOf(all.slice(0, 2), [], all.slice(2, 5), all.slice(5))));
    expect(days.map((day) => day.map(({ flight }) => flight.at))).toEqual([times.slice(0, 3), times.slice(3, 5), times.slice(5)]);
  });

  it('gives nothing for no flights', async () => {
    expect(await gather(daysOf(groupsOf([], [])))).toEqual([]);
  });
});

describe('batchesOf', () => {
  it.each([
    [1, [1]],
    [1000, [1000]],
    [1001, [500, 501]],
    [4100, [820, 820, 820, 820, 820]],
  ])('cuts a day of %d flights into %j', (flights, sizes) => {
    const day = Array.from({ length: flights }, (_, i) => aScored(MARCH_5 + i));
    const batches = batchesOf(day, 1000);
    expect(batches.map((batch) => batch.flights.length)).toEqual(sizes);
    expect(batches.flatMap((batch) => batch.flights)).toEqual(day);
    expect(batches.map(({ first }) => first)).toEqual(sizes.map((_, i) => i === 0));
    expect(new Set(batches.map((batch) => batch.day))).toEqual(new Set(['2001-03-05']));
  });
});

describe('what is sent', () => {
  it('is one prediction a line, with its id, time, features and score', () => {
    expect(predictionLines([aScored(MARCH_5), aScored(MARCH_5 + 1)]).split('\n')).toEqual([
      `{"id":"flight-${MARCH_5}","at":${MARCH_5},"features":{"origin":"LAS","destination":"PHX","distance":255,"hour":0},"score":0.1234}`,
      expect.stringContaining(`"at":${MARCH_5 + 1}`),
    ]);
  });

  it('calls a flight late from the sixteenth minute on, and says nothing about a bad record', () => {
    const flights = [aScored(1, { delay: 15 }), aScored(2, { delay: 16 }), aScored(3, { delay: -212, badRecord: true })];
    expect(labelLines(flights)).toBe('{"id":"flight-1","label":false}\n{"id":"flight-2","label":true}');
  });
});
