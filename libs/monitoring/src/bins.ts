import { type BinningRule, bucketCutsFor, countBins, cutsFor, cutValues } from '#libs/statistics';
import { type JudgementRule } from './definition.js';
import { type Binned } from './judge.js';
import { type Bin } from './measurement.js';
import { type CountSample, type SubjectSamples } from './sample.js';

/** The bins a subject is judged by: one set for the window, its reference and each reference window. */
export type JudgingBins = Binned & { readonly labels: readonly Bin[] };

/**
 * Judging bins. Numbers: at most `bins` of them, edges at quantiles of the reference snapped to bucket edges, outer bins open. Words: one
 * bin each where the smaller sample can be expected to hold `expectedMin` rows of it, all others together. Weighted counts are scaled
 * to the number of rows, because the noise of a score depends on rows. Bins that are empty on both sides are left out.
 * Requires a counted value on both sides.
 */
export const judgingBins = (samples: SubjectSamples, rule: JudgementRule): JudgingBins =>
  withoutEmpty(samples.form === 'numeric' ? numericBins(samples, rule.bins) : wordBins(samples, rule.expectedMin));

const withoutEmpty = ({ labels, current, reference, windows, otherDays }: JudgingBins): JudgingBins => {
  const kept = labels.map((_, bin) => (current[bin] ?? 0) + (reference[bin] ?? 0) > 0);
  const keep = <T>(values: readonly T[]): T[] => values.filter((_, bin) => kept[bin]);
  return {
    labels: keep(labels),
    current: keep(current),
    reference: keep(reference),
    windows: windows.map(keep),
    otherDays: otherDays.map((weekday) => weekday.map(keep)),
  };
};

const scaled = (bins: readonly number[], rows: number): number[] => {
  const weight = bins.reduce((sum, count) => sum + count, 0);
  return weight === rows || weight === 0 ? [...bins] : bins.map((count) => (count * rows) / weight);
};

const intervals = (edges: readonly number[]): Bin[] =>
  Array.from({ length: edges.length + 1 }, (_, i) => ({ kind: 'interval', from: edges[i - 1] ?? null, until: edges[i] ?? null }));

const quantiles = (bins: number): BinningRule => ({ binning: 'quantile', bins });

const numericBins = (samples: Extract<SubjectSamples, { form: 'numeric' }>, bins: number): JudgingBins => {
  if (samples.mode === 'exact') {
    const cuts = cutsFor(quantiles(bins), samples.reference.values, samples.current.values);
    const count = ({ values }: { values: Float64Array }): number[] => countBins(values, cuts);
    return {
      labels: intervals(cuts),
      current: count(samples.current),
      reference: count(samples.reference),
      windows: samples.windows.map(count),
      otherDays: [],
    };
  }
  const cuts = bucketCutsFor(quantiles(bins), samples.reference.counts, samples.current.counts, samples.grid);
  const count = (sample: CountSample): number[] => scaled(binned(sample.counts, cuts), sample.counted);
  const windows = samples.windows.map(count);
  return {
    labels: intervals(cutValues(cuts, samples.grid)),
    current: count(samples.current),
    reference: referenceOf(windows, () => count(samples.reference)),
    windows,
    otherDays: (samples.otherDays ?? []).map((weekday) => weekday.map(count)),
  };
};

/** Integer counts by bin; cuts are bucket numbers. Needs no order of the buckets, which is why it is cheaper than a fold over sorted ones. */
const binned = (counts: ReadonlyMap<number, number>, cuts: readonly number[]): number[] => {
  const bins = new Array<number>(cuts.length + 1).fill(0);
  for (const [bucket, count] of counts) {
    let bin = 0;
    while (bin < cuts.length && bucket >= (cuts[bin] ?? Infinity)) bin += 1;
    bins[bin] = (bins[bin] ?? 0) + count;
  }
  return bins;
};

/** The reference is the sum of its windows also after scaling: the judgement subtracts windows from it. */
const referenceOf = (windows: readonly (readonly number[])[], alone: () => number[]): number[] => {
  const [first, ...others] = windows;
  if (!first) return alone();
  return first.map((count, bin) => others.reduce((sum, window) => sum + (window[bin] ?? 0), count));
};

/** Words of another day that neither the window nor its reference has stand with the rest. */
const withOtherWords = (pool: (bins: readonly number[]) => number[], buckets: readonly number[], { counts }: CountSample): number[] => {
  const known = pool(buckets.map((bucket) => counts.get(bucket) ?? 0));
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const unknown = all - known.reduce((sum, count) => sum + count, 0);
  return known.map((count, bin) => (bin === known.length - 1 ? count + unknown : count));
};

const wordBins = (samples: Extract<SubjectSamples, { form: 'categorical' }>, expectedMin: number): JudgingBins => {
  const { current, reference, windows, words, otherDays = [] } = samples;
  const buckets = [...new Set([...reference.counts.keys(), ...current.counts.keys()])].sort((a, b) => a - b);
  const count = (sample: CountSample): number[] =>
    scaled(
      buckets.map((bucket) => sample.counts.get(bucket) ?? 0),
      sample.counted,
    );
  const parts = windows.map(count);
  const [c, r] = [count(current), referenceOf(parts, () => count(reference))];
  const [n, m] = [current.counted, c.length === 0 ? 0 : r.reduce((sum, value) => sum + value, 0)];
  const own = buckets.map((_, i) => (((c[i] ?? 0) + (r[i] ?? 0)) / (n + m)) * Math.min(n, m) >= expectedMin);
  const pool = (bins: readonly number[]): number[] => {
    const rest = bins.reduce((sum, value, i) => (own[i] ? sum : sum + value), 0);
    return [...bins.filter((_, i) => own[i]), rest];
  };
  const labels: Bin[] = buckets.filter((_, i) => own[i]).map((bucket) => ({ kind: 'word', word: words.get(bucket) ?? `#${bucket}` }));
  return {
    labels: [...labels, { kind: 'rest', words: own.filter((isOwn) => !isOwn).length }],
    current: pool(c),
    reference: pool(r),
    windows: parts.map(pool),
    otherDays: otherDays.map((weekday) => weekday.map((sample) => scaled(withOtherWords(pool, buckets, sample), sample.counted))),
  };
};
