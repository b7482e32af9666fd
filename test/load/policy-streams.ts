import { type SubjectSamples } from '#libs/monitoring';
import { bucketOf, type Grid, type Random } from '#libs/statistics';

/**
 * Streams in which nothing changes, though all but the first vary more than independent rows do.
 *
 * `independent`: rows are independent. `autocorrelated`: each row is 0.9 times the one before plus noise, so a day of rows says as much as a
 * nineteenth of them. `weekly`: rows are independent, and the mean of a day follows its weekday, up and down by a whole deviation.
 * `wandering`: rows of a day are independent, and its mean is 0.9 times that of the day before plus noise, 0.3 deviations in all. `mixed`:
 * the features of one model take turns with these.
 */
export const STREAMS = ['independent', 'autocorrelated', 'weekly', 'wandering', 'mixed'] as const;
export type Stream = (typeof STREAMS)[number];
/** Those in which the default policy raises at most one alert in each quarter; in the others at most one on average. */
export const PROMISED: readonly Stream[] = ['independent', 'autocorrelated', 'weekly'];

const CORRELATION = 0.9;
const RENEWED = Math.sqrt(1 - CORRELATION ** 2);
const WANDERING = 0.3;
const GRID: Grid = { centre: 0, unit: 1 / 32 };
const NONE = { missing: 0, mistyped: 0, infinite: 0 };

/** How a latent deviate shows: as a number, as a number that is often zero, as a small whole number, or as one of so many words. */
export type Shape =
  { readonly form: 'numeric'; readonly as: 'number' | 'often zero' | 'whole' } | { readonly form: 'categorical'; readonly words: number };

export type Counts = ReadonlyMap<number, number>;

/** Forty numbers and twenty categories of three to thirty words among sixty features, in this order over and over. */
export const shapeOf = (feature: number): Shape => {
  if (feature % 3 === 2) return { form: 'categorical', words: 3 + ((feature * 7) % 28) };
  return { form: 'numeric', as: feature % 15 === 3 ? 'often zero' : feature % 15 === 9 ? 'whole' : 'number' };
};

const normalsOf = (random: Random): (() => number) => {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const [radius, angle] = [Math.sqrt(-2 * Math.log(1 - random())), 2 * Math.PI * random()];
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
};

/** Where the words of a category begin on the axis of the latent deviate: shares fall like 1, 1/2, 1/3 … */
const bordersOf = (words: number): number[] => {
  const shares = Array.from({ length: words }, (_, i) => 1 / (i + 1));
  const all = shares.reduce((sum, share) => sum + share, 0);
  let below = 0;
  return shares.slice(0, -1).map((share) => {
    below += share / all;
    // A logistic stands in for the normal: shares need not be exact.
    return Math.log(below / (1 - below)) / 1.702;
  });
};

const bucketIn = (shape: Shape): ((value: number) => number) => {
  if (shape.form === 'numeric') {
    if (shape.as === 'number') return (value) => bucketOf(value, GRID);
    if (shape.as === 'whole') return (value) => bucketOf(Math.round(2 * value), GRID);
    return (value) => bucketOf(Math.max(value, 0), GRID);
  }
  const borders = bordersOf(shape.words);
  return (value) => {
    const word = borders.findIndex((border) => value < border);
    return word < 0 ? borders.length : word;
  };
};

/** The rows of one feature, day after day; `shifted` counts the same rows moved, on the days it is asked for. */
export const daysOf = (
  stream: Exclude<Stream, 'mixed'>,
  shape: Shape,
  { days, rows, random }: { readonly days: number; readonly rows: number; readonly random: Random },
  shifted: { readonly by: number; readonly on: (day: number) => boolean },
): { readonly counts: Counts; readonly moved: Counts }[] => {
  const normal = normalsOf(random);
  const bucket = bucketIn(shape);
  let [row, level] = [normal(), normal()];
  return Array.from({ length: days }, (_, day) => {
    level = CORRELATION * level + RENEWED * normal();
    const mean = stream === 'weekly' ? Math.sin((2 * Math.PI * day) / 7) : stream === 'wandering' ? WANDERING * level : 0;
    const [counts, moved] = [new Int32Array(2 * BUCKETS), new Int32Array(2 * BUCKETS)];
    const isShifted = shifted.on(day);
    for (let i = 0; i < rows; i += 1) {
      row = stream === 'autocorrelated' ? CORRELATION * row + RENEWED * normal() : normal();
      increment(counts, bucket(mean + row));
      if (isShifted) increment(moved, bucket(mean + row + shifted.by));
    }
    return { counts: countsOf(counts), moved: countsOf(moved) };
  });
};

/** Rows are counted in an array, which is most of the time of a quarter: a map takes ten times as long. Buckets are around zero. */
const BUCKETS = 512;

const increment = (counts: Int32Array, bucket: number): void => {
  const at = bucket + BUCKETS;
  counts[at] = (counts[at] ?? 0) + 1;
};

const countsOf = (counts: Int32Array): Counts => {
  const found = new Map<number, number>();
  counts.forEach((count, at) => {
    if (count > 0) found.set(at - BUCKETS, count);
  });
  return found;
};

/** The second most common word gone: its rows take the most common one. */
export const withoutWord = (counts: Counts): Counts => {
  const left = new Map(counts);
  left.set(0, (counts.get(0) ?? 0) + (counts.get(1) ?? 0));
  left.delete(1);
  return left;
};

const sampleOf = (counts: Counts) => {
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { rows, counted: rows, counts, special: NONE };
};

const sumOf = (all: readonly Counts[]): Counts => {
  const sum = new Map<number, number>();
  for (const counts of all) for (const [bucket, count] of counts) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  return sum;
};

/** A day beside the same weekday of the weeks before, and the other days of those weeks, as a monitor reads them. */
export const samplesOn = (
  feature: number,
  current: Counts,
  { sameWeekday, otherDays }: { readonly sameWeekday: readonly Counts[]; readonly otherDays: readonly (readonly Counts[])[] },
): SubjectSamples => {
  const base = {
    subject: `feature:${feature}`,
    mode: 'buckets',
    current: sampleOf(current),
    reference: sampleOf(sumOf(sameWeekday)),
    windows: sameWeekday.map(sampleOf),
    otherDays: otherDays.map((weekday) => weekday.map(sampleOf)),
  } as const;
  const shape = shapeOf(feature);
  if (shape.form === 'numeric') return { ...base, form: 'numeric', grid: GRID };
  return { ...base, form: 'categorical', words: new Map(Array.from({ length: shape.words }, (_, i) => [i, `word ${i}`])) };
};
