import { ahead } from './ahead.js';
import { type Batch, batchesOf, daysOf, isLate, labelLines, predictionLines, type ScoredFlight } from './batches.js';
import { type Shipment } from './intake-client.js';

/** What was sent of one day. Sums, so that days can be put together. */
export type DayTally = {
  readonly day: string;
  readonly predictions: number;
  readonly labels: number;
  /** Of the labelled. */
  readonly late: number;
  /** Of all predictions. */
  readonly scoreSum: number;
  readonly badRecords: number;
  /** Departure of the last flight, epoch milliseconds. */
  readonly lastAt: number;
};

/** What is told while sending: the day that was sent last. */
export type SendingOptions = { readonly send: (shipment: Shipment) => Promise<void>; readonly onDay: (tally: DayTally) => void };

/** A batch event of the log takes as many; larger requests would only be cut. */
const BATCH_RECORDS = 1000;
/** Requests prepared before they can be sent. */
const AHEAD = 8;

type Prepared = { readonly batch: Batch; readonly predictions: Shipment; readonly labels: Shipment };

/**
 * Sends every flight as a prediction and its outcome as a label, in the order of time, with at most two requests on their way: one of
 * predictions, one of labels. A day begins when all outcomes of the day before are stored, so that a window has the same labels in every
 * run when it closes.
 */
export const sendFlights = async (
  groups: AsyncIterable<readonly ScoredFlight[]>,
  { send, onDay }: SendingOptions,
): Promise<readonly DayTally[]> => {
  const tallies: DayTally[] = [];
  let open: DayTally | undefined;
  let labels: Promise<void> = Promise.resolve();
  const close = (): void => {
    if (open === undefined) return;
    tallies.push(open);
    onDay(open);
  };
  for await (const { batch, predictions, labels: outcomes } of ahead(prepared(groups), AHEAD)) {
    if (batch.first) {
      await labels;
      close();
      open = undefined;
    }
    await Promise.all([send(predictions), labels]);
    labels = outcomes.records === 0 ? Promise.resolve() : send(outcomes);
    // It is awaited with the next batch; until then a failure is not unhandled.
    labels.catch(() => undefined);
    open = added(open, batch);
  }
  await labels;
  close();
  return tallies;
};

async function* prepared(groups: AsyncIterable<readonly ScoredFlight[]>): AsyncGenerator<Prepared> {
  let count = 0;
  for await (const day of daysOf(groups)) {
    for (const batch of batchesOf(day, BATCH_RECORDS)) {
      count += 1;
      const { flights } = batch;
      const usable = flights.filter(({ flight }) => !flight.badRecord).length;
      yield {
        batch,
        predictions: { kind: 'predictions', key: `flights-${count}`, body: predictionLines(flights), records: flights.length },
        labels: { kind: 'labels', key: `outcomes-${count}`, body: labelLines(flights), records: usable },
      };
    }
  }
}

const added = (tally: DayTally | undefined, { day, flights }: Batch): DayTally => {
  const labelled = flights.filter(({ flight }) => !flight.badRecord);
  return {
    day,
    predictions: (tally?.predictions ?? 0) + flights.length,
    labels: (tally?.labels ?? 0) + labelled.length,
    late: (tally?.late ?? 0) + labelled.filter(({ flight }) => isLate(flight)).length,
    scoreSum: flights.reduce((sum, { score }) => sum + score, tally?.scoreSum ?? 0),
    badRecords: (tally?.badRecords ?? 0) + flights.length - labelled.length,
    lastAt: flights.at(-1)?.flight.at ?? tally?.lastAt ?? 0,
  };
};
