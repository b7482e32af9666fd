import { detectorMethod, type Rule } from './detector.js';

/**
 * Rows of buckets, the oldest first in each: a bucket of row r stands for 2ʳ values, by their sum and their squared deviations. Flat, since
 * every value moves some: row r begins at r times the slots of a row, and its first `counts[r]` slots are filled.
 */
type Window = {
  width: number;
  total: number;
  squares: number;
  counts: number[];
  totals: number[];
  deviations: number[];
};

type Limits = {
  readonly delta: number;
  readonly clock: number;
  readonly max_buckets: number;
  readonly min_window_length: number;
  readonly grace_period: number;
};

/** A row holds one bucket more than it may keep until two of them are merged. */
const slotsOf = ({ max_buckets: longest }: Limits): number => longest + 1;

/** The slot for a row's next bucket, which is then filled. A row that is new has all its slots at once. */
const nextSlot = ({ counts, totals, deviations }: Window, row: number, slots: number): number => {
  if (row === counts.length) {
    counts.push(0);
    for (let i = 0; i < slots; i += 1) {
      totals.push(0);
      deviations.push(0);
    }
  }
  const filled = counts[row] ?? 0;
  counts[row] = filled + 1;
  return row * slots + filled;
};

/** Moves what a row holds to its beginning, over its oldest buckets. */
const forgetOldest = ({ counts, totals, deviations }: Window, row: number, slots: number, oldest: number): void => {
  const left = (counts[row] ?? 0) - oldest;
  counts[row] = left;
  for (let at = row * slots, end = at + left; at < end; at += 1) {
    totals[at] = totals[at + oldest] ?? 0;
    deviations[at] = deviations[at + oldest] ?? 0;
  }
};

/** The two oldest buckets of a row that grew too long become one of the next. */
const compress = (window: Window, slots: number): void => {
  const { counts, totals, deviations } = window;
  for (let row = 0, size = 1; counts[row] === slots; row += 1, size *= 2) {
    const at = row * slots;
    const [a, b] = [totals[at] ?? 0, totals[at + 1] ?? 0];
    const merged = (deviations[at] ?? 0) + (deviations[at + 1] ?? 0) + (a / size - b / size) ** 2 * (size / 2);
    forgetOldest(window, row, slots, 2);
    const to = nextSlot(window, row + 1, slots);
    totals[to] = a + b;
    deviations[to] = merged;
  }
};

const insert = (window: Window, value: number, slots: number): void => {
  if (window.width > 0) window.squares += (window.width / (window.width + 1)) * (value - window.total / window.width) ** 2;
  window.width += 1;
  window.total += value;
  const at = nextSlot(window, 0, slots);
  window.totals[at] = value;
  window.deviations[at] = 0;
  compress(window, slots);
};

const dropOldest = (window: Window, slots: number): void => {
  const row = window.counts.length - 1;
  const size = 2 ** row;
  const [total, deviation] = [window.totals[row * slots] ?? 0, window.deviations[row * slots] ?? 0];
  forgetOldest(window, row, slots, 1);
  window.width -= size;
  window.total -= total;
  const between = (total / size - window.total / window.width) ** 2 * ((size * window.width) / (size + window.width));
  // Rounding must not leave a negative variance: every bound would be NaN and no change ever found.
  window.squares = Math.max(0, window.squares - deviation - between);
  while (window.counts.at(-1) === 0) window.counts.pop();
  window.totals.length = window.counts.length * slots;
  window.deviations.length = window.totals.length;
};

/** Whether the means before and after some bucket's end are further apart than chance allows. Every bucket's end is tried. */
const isCut = ({ width, total, squares, counts, totals }: Window, limits: Limits): boolean => {
  const [shortest, slots] = [limits.min_window_length, slotsOf(limits)];
  const confidence = Math.log((2 * Math.log(width)) / limits.delta);
  let [oldSize, oldTotal, newTotal] = [0, 0, total];
  for (let row = counts.length - 1, size = 2 ** row; row >= 0; row -= 1, size /= 2) {
    for (let at = row * slots, end = at + (counts[row] ?? 0); at < end; at += 1) {
      const bucket = totals[at] ?? 0;
      oldSize += size;
      oldTotal += bucket;
      newTotal -= bucket;
      const newSize = width - oldSize;
      if (newSize < shortest) return false;
      if (oldSize < shortest) continue;
      const noise = 1 / (oldSize - shortest + 1) + 1 / (newSize - shortest + 1);
      const bound = Math.sqrt(2 * noise * (squares / width) * confidence) + (2 / 3) * confidence * noise;
      if (Math.abs(oldTotal / oldSize - newTotal / newSize) > bound) return true;
    }
  }
  return false;
};

const adwinRule = (limits: Limits): Rule<Window> => ({
  start: () => ({ width: 0, total: 0, squares: 0, counts: [], totals: [], deviations: [] }),
  step: (window, value) => {
    insert(window, value, slotsOf(limits));
    if (window.width % limits.clock !== 0 || window.width <= limits.grace_period || !isCut(window, limits)) return 'none';
    do dropOldest(window, slotsOf(limits));
    while (isCut(window, limits));
    return 'change';
  },
  estimate: ({ width, total }) => (width === 0 ? undefined : total / width),
});

/**
 * ADWIN, adaptive windowing: a window that grows while its values look alike. A change is where the means of an older and a newer part differ
 * by more than √(2·m·σ²·ln(2·ln W/δ)) + ⅔·m·ln(2·ln W/δ), with W the width, σ² the variance of the window and m the sum of both reciprocal
 * sizes (each counted from the shortest allowed part on).
 *
 * Finds increases and decreases alike. The second term of the bound does not scale with the values: they should be of the order of 1.
 * Constant streams never change; values that tie are no matter. The window is kept as buckets of 1, 2, 4, … values, at most `max_buckets`
 * of a size; every bucket's end is tried as a cut, the newest included, which older Rivers left out. Smallest window: two parts of
 * `min_window_length`, checked every `clock` values. Amortised O(log W) per value, O(log W) numbers of memory.
 * The estimate is the mean of the window; at a change, of what is left of it once the old part is dropped. The next value starts anew, as in River.
 * Source: Bifet and Gavaldà, SDM 2007, 443-448; the variance by Babcock et al., PODS 2003. Oracle: oracles/adwin.json (River 0.26.1, equal indices).
 */
export const adwin = detectorMethod({
  id: 'adwin',
  version: 1,
  input: 'numbers',
  meaning: 'The mean of an older part of an adaptive window differs from that of the newer part. For values of the order of 1.',
  estimate: 'mean of the window',
  cost: 'O(log n) time and memory',
  source: 'Bifet and Gavaldà 2007',
  parameters: {
    delta: { kind: 'number', default: 0.002, above: 0, below: 1, meaning: 'Chance of a false change per check.' },
    clock: { kind: 'number', default: 32, whole: true, min: 1, meaning: 'Values from check to check.' },
    max_buckets: { kind: 'number', default: 5, whole: true, min: 1, max: 1000, meaning: 'Buckets of one size before two are merged.' },
    min_window_length: { kind: 'number', default: 5, whole: true, min: 1, meaning: 'Fewest values on each side of a cut.' },
    grace_period: { kind: 'number', default: 10, whole: true, min: 0, meaning: 'Values before the first check.' },
  },
  rule: adwinRule,
});
