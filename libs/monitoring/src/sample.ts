import { type Grid } from '#libs/statistics';
import { type UnscoredReason } from './measurement.js';

/** Rows without a countable value, as sums of weights. */
export type Special = { readonly missing: number; readonly mistyped: number; readonly infinite: number };

/** One subject in one window, as counts. `rows`: all rows; `counted`: rows with a value; `counts`: sums of weights by bucket. */
export type CountSample = {
  readonly rows: number;
  readonly counted: number;
  readonly counts: ReadonlyMap<number, number>;
  readonly special: Special;
};

/** One numeric subject in one window, as values in ascending order. Every row counts once: weights need buckets. */
export type ValueSample = { readonly rows: number; readonly counted: number; readonly values: Float64Array; readonly special: Special };

type Compared<Sample> = {
  readonly subject: string;
  readonly current: Sample;
  readonly reference: Sample;
  /** The windows the reference is the sum of; empty for a dataset. */
  readonly windows: readonly Sample[];
  /** Other windows that say how much this traffic varies, weekday by weekday; absent where there are none, or where rows are read. */
  readonly otherDays?: readonly (readonly Sample[])[];
};

/** The values behind counts, ascending, every row once; or why they cannot be had. */
export type ValuesBeside =
  | { readonly reference: Float64Array; readonly current: Float64Array }
  | { readonly missing: Extract<UnscoredReason, 'values_not_kept' | 'too_many_values'> };

/** What one subject is measured from. `values`: for methods that counts do not serve; absent where none was asked for. */
export type SubjectSamples =
  | (Compared<CountSample> & { readonly form: 'numeric'; readonly mode: 'buckets'; readonly grid: Grid; readonly values?: ValuesBeside })
  | (Compared<ValueSample> & { readonly form: 'numeric'; readonly mode: 'exact' })
  | (Compared<CountSample> & {
      readonly form: 'categorical';
      readonly mode: 'buckets' | 'exact';
      readonly words: ReadonlyMap<number, string>;
    });

export const NO_SPECIAL: Special = { missing: 0, mistyped: 0, infinite: 0 };
export const NO_COUNTS: CountSample = { rows: 0, counted: 0, counts: new Map(), special: NO_SPECIAL };

const addSpecial = (a: Special, b: Special): Special => ({
  missing: a.missing + b.missing,
  mistyped: a.mistyped + b.mistyped,
  infinite: a.infinite + b.infinite,
});

/** The sum of samples: integer counts, so the order does not matter. */
export const sumOfCounts = (samples: readonly CountSample[]): CountSample => {
  const [only] = samples;
  if (only && samples.length === 1) return only;
  const counts = new Map<number, number>();
  let [rows, counted, special] = [0, 0, NO_SPECIAL];
  for (const sample of samples) {
    for (const [bucket, count] of sample.counts) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
    rows += sample.rows;
    counted += sample.counted;
    special = addSpecial(special, sample.special);
  }
  return { rows, counted, counts, special };
};

/** All values of several windows, ascending. */
export const sumOfValues = (samples: readonly ValueSample[]): ValueSample => {
  const values = new Float64Array(samples.reduce((sum, sample) => sum + sample.values.length, 0));
  let [rows, counted, special, at] = [0, 0, NO_SPECIAL, 0];
  for (const sample of samples) {
    values.set(sample.values, at);
    at += sample.values.length;
    rows += sample.rows;
    counted += sample.counted;
    special = addSpecial(special, sample.special);
  }
  return { rows, counted, values: values.sort(), special };
};
