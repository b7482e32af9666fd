import { StatisticsError } from '../errors.js';
import { requireFinite, requirePairs } from '../requirements.js';
import { compensatedSum } from '../summation.js';
import { type BandOptions, type BandedValue, levelOf, normalReach } from './band.js';

/** Rows of one score: how many are positive, how many of all score at least as high, and how many of those are positive. */
type Step = { readonly rows: readonly number[]; readonly positives: number; readonly reached: number; readonly found: number };

const stepsOf = (truth: readonly boolean[], scores: ArrayLike<number>): Step[] => {
  const order = Array.from({ length: truth.length }, (_, i) => i).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const steps: Step[] = [];
  let found = 0;
  for (let start = 0; start < order.length;) {
    const value = scores[order[start] ?? 0];
    let end = start;
    while (end < order.length && scores[order[end] ?? 0] === value) end += 1;
    const rows = order.slice(start, end);
    const positives = rows.filter((row) => truth[row] === true).length;
    found += positives;
    steps.push({ rows, positives, reached: end, found });
    start = end;
  }
  return steps;
};

/** Variance of average precision: the sum over rows of the squared derivative by the row's weight. */
const varianceOf = (truth: readonly boolean[], steps: readonly Step[], value: number): number => {
  const positives = steps.at(-1)?.found ?? 0;
  const squares: number[] = [];
  // What one row more at a score takes from the precision of every lower step, and what it gives if it is positive.
  let [taken, given] = [0, 0];
  for (const step of steps.toReversed()) {
    const precision = step.found / step.reached;
    given += step.positives / step.reached;
    taken += (step.positives * precision) / step.reached;
    for (const row of step.rows) squares.push(((truth[row] === true ? precision - value + given - taken : -taken) / positives) ** 2);
  }
  return compensatedSum(squares);
};

/**
 * Average precision, the area under the precision-recall curve as steps: the mean over positives of the precision at their score. 1 ranks all
 * positives first; a ranking that tells nothing has the share of positives.
 *
 * Σ (Rₖ − Rₖ₋₁) · Pₖ over falling scores, rows of one score together: `sklearn.metrics.average_precision_score`, no interpolation. Band: delta
 * method on the log-odds of the value, so it stays inside 0 and 1; with fewer than about twenty positives it is too narrow. Smallest sample: one
 * positive. O(n log n). Source: Su, Yuan and Zhu, ICTIR 2015; Boyd, Eng and Page, ECML 2013. Oracle: oracles/performance-bands.json (error:
 * complex-step derivatives by numpy).
 * @param truth true for the positive class
 * @param scores higher means more likely positive
 * @throws StatisticsError `averagePrecision requires as many answers as labels` | `… finite values` | `… a positive among the labels`
 * @example averagePrecision([false, false, true, true], [0.1, 0.4, 0.35, 0.8]).value // 0.833…
 */
export const averagePrecision = (truth: readonly boolean[], scores: ArrayLike<number>, options: BandOptions = {}): BandedValue => {
  requirePairs('averagePrecision', truth, scores);
  requireFinite('averagePrecision', scores);
  const level = levelOf('averagePrecision', options);
  const positives = truth.filter(Boolean).length;
  if (positives === 0) throw new StatisticsError('averagePrecision requires a positive among the labels');
  const steps = stepsOf(truth, scores);
  const value = compensatedSum(steps.map((step) => (step.positives * step.found) / step.reached)) / positives;
  const error = Math.sqrt(varianceOf(truth, steps, value));
  // All rows right, or none to tell apart: what is left of the variance is rounding.
  if (!(error > 1e-14) || value >= 1) return { value };
  const odds = value / (1 - value);
  const factor = Math.exp((normalReach(level) * error) / (value * (1 - value)));
  const [low, high] = [odds / factor, odds * factor];
  return { value, error, band: { lower: low / (1 + low), upper: high / (1 + high), level, by: 'delta' } };
};
