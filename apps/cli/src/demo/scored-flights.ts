import { isLate, type ScoredFlight } from './batches.js';
import { type Flight, readFlights, type FlightsOptions } from './flights.js';
import { type DelayScorer } from './score.js';

/** Flights of the four weeks the model was trained on: counted, not sent. */
export type TrainingTally = { flights: number; late: number };

/** The model saw every flight before this day. */
export const FIRST_DAY_AFTER_TRAINING = '2001-01-29';

/** Flights scored at once: few, so that a day can be sent while the next one is scored. */
const FLIGHTS_AT_ONCE = 4096;

/** Flights since the training, each with its score; those before only add to the tally. */
export async function* scoredFlights(
  options: Omit<FlightsOptions, 'from'>,
  scorer: DelayScorer,
  training: TrainingTally,
): AsyncGenerator<readonly ScoredFlight[]> {
  const start = Date.parse(`${FIRST_DAY_AFTER_TRAINING}T00:00:00Z`);
  for await (const group of readFlights(options)) {
    const fresh = group.findIndex(({ at }) => at >= start);
    const first = fresh < 0 ? group.length : fresh;
    for (const flight of group.slice(0, first)) if (!flight.badRecord) count(training, flight);
    for (let i = first; i < group.length; i += FLIGHTS_AT_ONCE) {
      const flights = group.slice(i, i + FLIGHTS_AT_ONCE);
      const scores = await scorer.score(flights);
      yield flights.map((flight, at) => ({ flight, score: scores[at] ?? Number.NaN }));
    }
  }
}

const count = (training: TrainingTally, flight: Flight): void => {
  training.flights += 1;
  if (isLate(flight)) training.late += 1;
};
