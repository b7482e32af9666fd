import { detectorMethod, type Rule } from './detector.js';

/** Rows of buckets, the oldest first in each: a bucket of row r stands for 2ʳ values, by their sum and their squared deviations. */
type Window = {
  width: number;
  total: number;
  squares: number;
  totals: number[][];
  deviations: number[][];
};

type Limits = {
  readonly delta: number;
  readonly clock: number;
  readonly max_buckets: number;
  readonly min_window_length: number;
  readonly grace_period: number;
};

/** The two oldest buckets of a row that grew too long become one of the next. */
const compress = ({ totals, deviations }: Window, longest: number): void => {
  for (let row = 0; (totals[row]?.length ?? 0) > longest; row += 1) {
    const [a = 0, b = 0] = totals[row]?.splice(0, 2) ?? [];
    const [p = 0, q = 0] = deviations[row]?.splice(0, 2) ?? [];
    const size = 2 ** row;
    (totals[row + 1] ??= []).push(a + b);
    (deviations[row + 1] ??= []).push(p + q + (a / size - b / size) ** 2 * (size / 2));
  }
};

const insert = (window: Window, value: number, longest: number): void => {
  if (window.width > 0) window.squares += (window.width / (window.width + 1)) * (value - window.total / window.width) ** 2;
  window.width += 1;
  window.total += value;
  (window.totals[0] ??= []).push(value);
  (window.deviations[0] ??= []).push(0);
  compress(window, longest);
};

const dropOldest = (window: Window): void => {
  const row = window.totals.length - 1;
  const size = 2 ** row;
  const total = window.totals[row]?.shift() ?? 0;
  const deviation = window.deviations[row]?.shift() ?? 0;
  window.width -= size;
  window.total -= total;
  const between = (total / size - window.total / window.width) ** 2 * ((size * window.width) / (size + window.width));
  // Rounding must not leave a negative variance: every bound would be NaN and no change ever found.
  window.squares = Math.max(0, window.squares - deviation - between);
  while (window.totals.at(-1)?.length === 0) {
    window.totals.pop();
    window.deviations.pop();
  }
};

/** Whether the means before and after some bucket's end are further apart than chance allows. Every bucket's end is tried. */
const isCut = ({ width, total, squares, totals }: Window, limits: Limits): boolean => {
  const shortest = limits.min_window_length;
  const confidence = Math.log((2 * Math.log(width)) / limits.delta);
  let [oldSize, oldTotal, newTotal] = [0, 0, total];
  for (let row = totals.length - 1; row >= 0; row -= 1) {
    for (const bucket of totals[row] ?? []) {
      oldSize += 2 ** row;
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
  start: () => ({ width: 0, total: 0, squares: 0, totals: [], deviations: [] }),
  step: (window, value) => {
    insert(window, value, limits.max_buckets);
    if (window.width % limits.clock !== 0 || window.width <= limits.grace_period || !isCut(window, limits)) return 'none';
    do dropOldest(window);
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
