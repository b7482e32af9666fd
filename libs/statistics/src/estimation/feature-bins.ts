import { sortedValues } from '../sorted.js';

/** Ascending cuts: a value lies in bin k when k cuts are below it. */
export type FeatureBins = { readonly cuts: Float64Array };

/** Bin 0 is for missing values (NaN); the others count from 1, so that a code fits into a byte. */
const MOST_BINS = 255;

/** Cuts between neighbouring distinct values; where there are too many, at even steps through the sorted rows. Missing values do not count. O(n log n). */
export const featureBins = (values: ArrayLike<number>): FeatureBins => {
  const sorted = sortedValues(Array.from(values).filter((value) => !Number.isNaN(value)));
  const ends: number[] = [];
  for (let i = 1; i < sorted.length; i += 1) if (sorted[i] !== sorted[i - 1]) ends.push(i);
  const step = sorted.length / MOST_BINS;
  const cuts: number[] = [];
  let next = step;
  for (const end of ends) {
    if (ends.length >= MOST_BINS && end < next) continue;
    cuts.push(((sorted[end - 1] ?? 0) + (sorted[end] ?? 0)) / 2);
    next = end + step;
  }
  return { cuts: Float64Array.from(cuts.slice(0, MOST_BINS - 1)) };
};

const codeOf = (cuts: Float64Array, value: number): number => {
  if (Number.isNaN(value)) return 0;
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low + 1;
};

/** The bin of every value: 0 for missing ones, else one more than the cuts below it. O(n log bins). */
export const codesOf = ({ cuts }: FeatureBins, values: ArrayLike<number>): Uint8Array =>
  Uint8Array.from({ length: values.length }, (_, i) => codeOf(cuts, values[i] ?? NaN));
