import { StatisticsError } from './errors.js';
import { radixSort } from './radix-sort.js';

/** From about this size on sorting by digits pays for its passes. */
const RADIX_FROM = 600;
const isLittleEndian = (): boolean => new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The values in ascending order as a new array of doubles; the argument is left as it was. −0 counts as 0. */
export const sortedValues = (values: ArrayLike<number>): Float64Array => {
  const sorted = new Float64Array(values.length);
  let numbers = true;
  for (let i = 0; i < values.length; i += 1) {
    const value = (values[i] ?? NaN) + 0;
    sorted[i] = value;
    if (value !== value) numbers = false;
  }
  return numbers && sorted.length >= RADIX_FROM && isLittleEndian() ? radixSort(sorted) : sorted.sort();
};

/** Quantile of a sorted sample by linear interpolation at (n − 1)·p, in numpy's order of operations (`numpy.quantile`, method `linear`). */
export const quantileOfSorted = (sorted: ArrayLike<number>, p: number): number => {
  if (sorted.length === 0) throw new StatisticsError('quantileOfSorted requires at least one value');
  if (!(p >= 0 && p <= 1)) throw new StatisticsError('quantileOfSorted requires a probability between 0 and 1');
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  const t = at - below;
  if (!Number.isFinite(high - low)) return low * (1 - t) + high * t;
  // numpy interpolates from the nearer end, which keeps the result between both and exact at t = 1.
  return t >= 0.5 ? high - (high - low) * (1 - t) : low + (high - low) * t;
};
