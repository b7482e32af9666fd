import { type Flight } from './flights.js';

/** A flight and what the model said about it. */
export type ScoredFlight = { readonly flight: Flight; readonly score: number };

/** Predictions to be sent in one request. A batch never crosses midnight. */
export type Batch = {
  /** `2001-03-05`. */
  readonly day: string;
  readonly first: boolean;
  readonly flights: readonly ScoredFlight[];
};

/** More than 15 minutes after the scheduled arrival. */
const LATE_MINUTES = 15;
export const isLate = ({ delay }: Flight): boolean => delay > LATE_MINUTES;

const DAY_MS = 86_400_000;

export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Gathers flights, which come in the order of time, into their days. Holds one day at a time. */
export async function* daysOf(groups: AsyncIterable<readonly ScoredFlight[]>): AsyncGenerator<readonly ScoredFlight[]> {
  let day: ScoredFlight[] = [];
  let until = -Infinity;
  for await (const group of groups) {
    for (const scored of group) {
      const { at } = scored.flight;
      if (at >= until) {
        if (day.length > 0) yield day;
        day = [];
        until = (Math.floor(at / DAY_MS) + 1) * DAY_MS;
      }
      day.push(scored);
    }
  }
  if (day.length > 0) yield day;
}

/** Cuts one day into batches of about equal size, none larger than `sizeMax`. */
export const batchesOf = (day: readonly ScoredFlight[], sizeMax: number): readonly Batch[] => {
  const pieces = Math.ceil(day.length / sizeMax);
  return Array.from({ length: pieces }, (_, i) => {
    const flights = day.slice(Math.floor((i * day.length) / pieces), Math.floor(((i + 1) * day.length) / pieces));
    return { day: dayOf(flights[0]?.flight.at ?? 0), first: i === 0, flights };
  });
};

/** Predictions as NDJSON. */
export const predictionLines = (flights: readonly ScoredFlight[]): string =>
  flights
    .map(({ flight: { id, at, origin, destination, distance, hour }, score }) =>
      JSON.stringify({ id, at, features: { origin, destination, distance, hour }, score }),
    )
    .join('\n');

/** Outcomes as NDJSON. A bad record has none. */
export const labelLines = (flights: readonly ScoredFlight[]): string =>
  flights.flatMap(({ flight }) => (flight.badRecord ? [] : [JSON.stringify({ id: flight.id, label: isLate(flight) })])).join('\n');
