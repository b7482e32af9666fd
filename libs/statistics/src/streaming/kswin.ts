import { StatisticsError } from '../errors.js';
import { kolmogorovSmirnov } from '../hypothesis/kolmogorov-smirnov.js';
import { type Random, seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { compensatedMean } from '../summation.js';
import { detectorMethod, type Rule } from './detector.js';

type Recent = {
  /** Values since the beginning; says which draw comes next. */
  count: number;
  /** The latest values, the oldest first. */
  window: number[];
};

type Limits = { readonly alpha: number; readonly window_size: number; readonly stat_size: number; readonly seed: number };

/** A difference of distribution functions up to this is no change, whatever its p-value. */
const NEGLIGIBLE = 0.1;

/** So many of the values, each at most once, every choice as likely as any other (the first steps of a shuffle). */
const drawn = (values: number[], size: number, random: Random): number[] => {
  for (let i = 0; i < size; i += 1) {
    const j = i + Math.floor(random() * (values.length - i));
    [values[i], values[j]] = [values[j] ?? 0, values[i] ?? 0];
  }
  return values.slice(0, size);
};

const kswinRule = ({ alpha, window_size: size, stat_size: newest, seed }: Limits): Rule<Recent> => {
  if (size < 2 * newest) throw new StatisticsError('kswin requires window_size to be at least twice stat_size');
  return {
    start: () => ({ count: 0, window: [] }),
    step: (memory, value) => {
      memory.count += 1;
      memory.window.push(value);
      if (memory.window.length > size) memory.window.shift();
      if (memory.window.length < size) return 'none';
      // A generator for each value, from seed and count: nothing but two numbers has to be remembered.
      const older = drawn(memory.window.slice(0, size - newest), newest, seededRandom(seed * 2 ** 32 + (memory.count % 2 ** 32)));
      const { score, pValue = 1 } = kolmogorovSmirnov(sortedValues(older), sortedValues(memory.window.slice(-newest)));
      return pValue <= alpha && score > NEGLIGIBLE ? 'change' : 'none';
    },
    estimate: ({ window }) => (window.length === 0 ? undefined : compensatedMean(window.slice(-newest))),
  };
};

/**
 * KSWIN, Kolmogorov-Smirnov windowing: the newest `stat_size` values of a sliding window against as many drawn from the older ones, by the
 * exact two-sided test.
 *
 * Finds any change of the distribution, in either direction, not of the mean alone. A change is p ≤ alpha and a difference above 0.1. It tests
 * at every value, so `alpha` is not the chance of a false change in a stream: expect one in less than a thousand values with the default. The draw
 * follows from `seed` and the position: the same stream gives the same changes. After a change the window starts empty, as in River.
 * No warnings. Smallest window: full. O(window) per value, `window_size` numbers of memory. The estimate is the mean of the newest values.
 * Source: Raab, Heusinger and Schleif, Neurocomputing 416 (2020), 340-351. Oracle: oracles/kswin.json (River 0.26.1: equal indices where the draw
 * takes all older values, `window_size` = 2 · `stat_size`; else as soon on average over forty seeds, as its generator is another).
 */
export const kswin = detectorMethod({
  id: 'kswin',
  version: 1,
  input: 'numbers',
  meaning: 'The newest values of a window are distributed unlike a draw from its older ones. Many false alarms with the usual alpha.',
  estimate: 'mean of the newest values',
  cost: 'O(window) time and memory',
  source: 'Raab, Heusinger and Schleif 2020',
  parameters: {
    alpha: { kind: 'number', default: 0.005, above: 0, below: 1, meaning: 'p-value at or below which a single test is a change.' },
    window_size: { kind: 'number', default: 100, whole: true, min: 2, max: 10_000, meaning: 'Values of the sliding window.' },
    stat_size: { kind: 'number', default: 30, whole: true, min: 1, max: 5_000, meaning: 'Newest values that are compared.' },
    seed: { kind: 'number', default: 0, whole: true, min: 0, max: 2 ** 20, meaning: 'Seed of the draw.' },
  },
  rule: kswinRule,
});
