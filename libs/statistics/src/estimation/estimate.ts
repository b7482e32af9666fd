import { compensatedMean, populationDeviation } from '../summation.js';

/** From `lower` to `upper`, both included. */
export type Interval = { readonly lower: number; readonly upper: number };

/** What a metric is estimated to be in one chunk. */
export type Estimate<Metric extends string> = {
  readonly metric: Metric;
  readonly value: number;
  /** Standard error that chunks of this size have, seen on the reference. */
  readonly samplingError: number;
  /** Value ± three sampling errors, cut off where the metric ends. */
  readonly band: Interval;
  /** Mean ± three deviations of the realised metric over the chunks of the reference, cut off where the metric ends. */
  readonly threshold: Interval;
};

/** How many sampling errors make the band. */
export const BAND_ERRORS = 3;
/** How many deviations between chunks make the threshold. */
export const THRESHOLD_DEVIATIONS = 3;

const around = (middle: number, distance: number, { lower, upper }: Interval): Interval => ({
  lower: Math.max(middle - distance, lower),
  upper: Math.min(middle + distance, upper),
});

/**
 * Where each metric lay in the chunks of the reference: mean ± three population deviations (numpy ddof 0). Ten chunks say little about a deviation:
 * on unchanged data a value lies outside in some percent of the chunks, not in 0.3 %. A metric that fewer than two chunks have is left out.
 */
export const thresholdsOf = <Metric extends string>(
  chunks: readonly ReadonlyMap<Metric, number>[],
  limitsOf: (metric: Metric) => Interval,
): ReadonlyMap<Metric, Interval> => {
  const thresholds = new Map<Metric, Interval>();
  for (const metric of new Set(chunks.flatMap((chunk) => [...chunk.keys()]))) {
    const values = chunks.flatMap((chunk) => chunk.get(metric) ?? []);
    if (values.length < 2) continue;
    thresholds.set(metric, around(compensatedMean(values), THRESHOLD_DEVIATIONS * populationDeviation(values), limitsOf(metric)));
  }
  return thresholds;
};

/** What a reference says about the metrics of any later chunk. */
export type Fitted<Metric extends string> = {
  readonly thresholds: ReadonlyMap<Metric, Interval>;
  /** Sampling error times the root of the rows: divided by √n it is the standard error of a chunk of n rows. */
  readonly errors: ReadonlyMap<Metric, number>;
  readonly limitsOf: (metric: Metric) => Interval;
};

/** Values of a chunk with band and threshold. A metric whose error or threshold the reference cannot give is left out. */
export const estimatesOf = <Metric extends string>(
  values: ReadonlyMap<Metric, number>,
  rows: number,
  { thresholds, errors, limitsOf }: Fitted<Metric>,
): Estimate<Metric>[] =>
  [...values].flatMap(([metric, value]) => {
    const [threshold, error] = [thresholds.get(metric), errors.get(metric)];
    if (!threshold || error === undefined) return [];
    const samplingError = error / Math.sqrt(rows);
    return [{ metric, value, samplingError, band: around(value, BAND_ERRORS * samplingError, limitsOf(metric)), threshold }];
  });
