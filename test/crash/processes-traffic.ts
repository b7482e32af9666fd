/** The deployment that all traffic is for. */
export const DEPLOYMENT = 'many';
const HOUR = 3_600_000;
/** Requests of one kind in an hour, by each way in, and records in each of them. */
const REQUESTS = 16;
const RECORDS = 20;
/** Predictions in an hour of the traffic, over both ways in. */
export const ROWS = 2 * REQUESTS * RECORDS;

const BEGIN = Date.parse('2026-01-05T00:00:00Z');
/** A day with enough predictions to give each number its grid, and far enough from the hours not to be compared with them. */
const FIRST_DAY = BEGIN - 30 * 24 * HOUR;
const FIRST_ROWS = 1_000;

export type Way = 'http' | 'nats';
export type Kind = 'predictions' | 'labels';
/** One request: its key, and its records. */
export type Sending = { readonly kind: Kind; readonly way: Way; readonly key: string; readonly records: readonly SentRecord[] };
/** Values are whole numbers, so that sums are exact and do not depend on order. */
export type Prediction = {
  readonly id: string;
  readonly at: number;
  readonly features: { readonly amount: number; readonly count: number; readonly city: string };
  readonly score: number;
  readonly class: string;
};
export type Label = { readonly id: string; readonly at: number; readonly class: string };
export type SentRecord = Prediction | Label;

/** Repeatable pseudo-random numbers in [0, 1). */
const seeded = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const predictionsFrom = (begin: number, { rows, seed, shift }: { rows: number; seed: number; shift: number }): readonly Prediction[] => {
  const next = seeded(seed);
  return Array.from({ length: rows }, (_, row) => ({
    id: `${seed}-${row}`,
    // Each at a time of its own: that is the order in which performance is folded.
    at: begin + Math.floor((row * HOUR) / rows),
    features: { amount: shift + Math.floor(1_000 * next() * next()), count: row, city: next() < 0.6 ? 'paris' : 'rome' },
    score: Math.floor(1_000 * next()) / 1_000,
    class: next() < 0.5 ? 'yes' : 'no',
  }));
};

/** What is sent before anything else, in one request. */
export const firstPredictions = (): readonly Prediction[] => predictionsFrom(FIRST_DAY, { rows: FIRST_ROWS, seed: 0, shift: 0 });

/** The span of an hour, which is a window of the monitor. */
const windowOf = (hour: number): { readonly from: number; readonly until: number } => ({
  from: BEGIN + hour * HOUR,
  until: BEGIN + (hour + 1) * HOUR,
});

/** Hours in which the amounts have moved. */
const DRIFTED = new Set([6, 7]);

export const predictionsOf = (hour: number): readonly Prediction[] =>
  predictionsFrom(windowOf(hour).from, { rows: ROWS, seed: hour + 1, shift: DRIFTED.has(hour) ? 600 : 0 });

/** One label of each prediction of an hour; most say what the prediction said. */
export const labelsOf = (hour: number): readonly Label[] =>
  predictionsOf(hour).map(({ id, at, score, class: said }) => ({
    ...{ id, at: at + 60_000 },
    class: score < 0.8 ? said : said === 'yes' ? 'no' : 'yes',
  }));

const cut = <T extends SentRecord>(kind: Kind, records: readonly T[], ways: readonly [Way, Way], hour: number): Sending[] =>
  Array.from({ length: 2 * REQUESTS }, (_, index) => ({
    kind,
    way: ways[index % 2] ?? 'http',
    key: `${kind}-${hour}-${index}`,
    records: records.slice(index * RECORDS, (index + 1) * RECORDS),
  }));

/** What is sent in an hour: its predictions, and the labels of the hour before, each by the other way than its prediction. */
export const sendingsOf = (hour: number): readonly Sending[] => [
  ...cut('predictions', predictionsOf(hour), ['http', 'nats'], hour),
  ...(hour > 0 ? cut('labels', labelsOf(hour - 1), ['nats', 'http'], hour) : []),
];
