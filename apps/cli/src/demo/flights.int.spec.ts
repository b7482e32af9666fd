import { beforeAll, describe, expect, it } from '@jest/globals';
import { OnnxInference } from '#libs/inference/onnx';
import { type Flight, type FlightsOptions, readFlights } from './flights.js';
import { delayModel, DelayScorer } from './score.js';

const all = async (options: FlightsOptions): Promise<Flight[]> => {
  const flights: Flight[] = [];
  for await (const group of readFlights(options)) flights.push(...group);
  return flights;
};

const JANUARY_29 = Date.UTC(2001, 0, 29);
const FEBRUARY_1 = Date.UTC(2001, 1, 1);
const FEBRUARY_2 = Date.UTC(2001, 1, 2);
/** Under a second on a quiet machine; the limit is for a busy one. */
const READING_MS = 60_000;

describe('the flights of 2001', () => {
  let tenth: Flight[] = [];
  beforeAll(async () => {
    tenth = await all({ every: 10, until: FEBRUARY_2 });
  }, READING_MS);

  it('come in the order of time, one of every ten, each with an id of its own', () => {
    expect(tenth).toHaveLength(52_535);
    expect(new Set(tenth.map(({ id }) => id)).size).toBe(tenth.length);
    expect(tenth.every((flight, i) => i === 0 || flight.at >= (tenth[i - 1]?.at ?? Infinity))).toBe(true);
    expect(tenth.at(-1)?.at).toBeLessThan(FEBRUARY_2);
    expect(tenth[0]).toEqual({
      id: 'flight-0000000',
      at: Date.UTC(2001, 0, 1, 0, 1),
      hour: 0,
      distance: 2176,
      origin: 'LAS',
      destination: 'PHL',
      delay: 33,
      badRecord: false,
    });
  });

  it(
    'keep their ids when another share is read, or a later start',
    async () => {
      const later = await all({ every: 30, from: JANUARY_29, until: FEBRUARY_2 });
      const known = new Map(tenth.map((flight) => [flight.id, flight]));
      expect(later[0]?.at).toBeGreaterThanOrEqual(JANUARY_29);
      expect(later).toHaveLength(2232);
      expect(later.map((flight) => known.get(flight.id))).toEqual(later);
    },
    READING_MS,
  );

  it(
    'hold a delay of −212 minutes on 1 February, marked as a bad record',
    async () => {
      const day = await all({ every: 1, from: FEBRUARY_1, until: FEBRUARY_2 });
      expect(day.filter(({ badRecord }) => badRecord)).toEqual([
        expect.objectContaining({ id: 'flight-0515377', delay: -212, origin: 'LAS', destination: 'PHX' }),
      ]);
    },
    READING_MS,
  );

  it('are scored like the trained model scored them, twice the same', async () => {
    const scorer = await DelayScorer.open(new OnnxInference(), await delayModel());
    const asked = tenth.slice(0, 20_000);
    const scores = await scorer.score(asked);
    expect(scores).toHaveLength(20_000);
    expect([0, 10, 20, 30, 40].map((i) => scores[i])).toEqual(SCORES_WHEN_TRAINED);
    expect(scores.every((score) => score > 0 && score < 1 && Number(score.toFixed(4)) === score)).toBe(true);
    expect(await scorer.score(asked)).toEqual(scores);
    await scorer.close();
  });

  it('score an airport nobody knows, and no flights at all', async () => {
    const scorer = await DelayScorer.open(new OnnxInference(), await delayModel());
    const [score] = await scorer.score([{ hour: 12, distance: 500, origin: 'XYZ', destination: '' }]);
    expect(score).toBeGreaterThan(0);
    expect(await scorer.score([])).toEqual([]);
    await scorer.close();
  });
});

/** What scikit-learn answered for rows 0, 100, 200, 300 and 400 of the file, rounded to four decimals. */
const SCORES_WHEN_TRAINED = [0.5014, 0.3118, 0.0762, 0.1423, 0.0648];
