import { StatisticsError } from '../errors.js';
import { type BandOptions, type BandedValue } from './band.js';
import { type ConfusionCounts } from './classification.js';
import { wilson } from './wilson.js';

/** Refuses anything but counts of at least one labelled yes/no answer, and says how many answers there are. */
export const requireCounts = (name: string, counts: ConfusionCounts): number => {
  const all = [counts.truePositives, counts.falsePositives, counts.falseNegatives, counts.trueNegatives];
  if (!all.every((count) => Number.isFinite(count) && count >= 0))
    throw new StatisticsError(`${name} requires finite, non-negative counts`);
  const answers = all.reduce((sum, count) => sum + count, 0);
  if (answers === 0) throw new StatisticsError(`${name} requires at least one labelled answer`);
  return answers;
};

/** Each share as [what is counted, the rest of those it is a share of]. */
const PARTS = {
  accuracy: (c: ConfusionCounts) => [c.truePositives + c.trueNegatives, c.falsePositives + c.falseNegatives],
  precision: (c: ConfusionCounts) => [c.truePositives, c.falsePositives],
  recall: (c: ConfusionCounts) => [c.truePositives, c.falseNegatives],
  specificity: (c: ConfusionCounts) => [c.trueNegatives, c.falsePositives],
  negative_predictive_value: (c: ConfusionCounts) => [c.trueNegatives, c.falseNegatives],
  false_positive_rate: (c: ConfusionCounts) => [c.falsePositives, c.trueNegatives],
  false_negative_rate: (c: ConfusionCounts) => [c.falseNegatives, c.truePositives],
  predicted_positive_rate: (c: ConfusionCounts) => [c.truePositives + c.falsePositives, c.falseNegatives + c.trueNegatives],
  actual_positive_rate: (c: ConfusionCounts) => [c.truePositives + c.falseNegatives, c.falsePositives + c.trueNegatives],
} satisfies Record<string, (counts: ConfusionCounts) => [number, number]>;

export type DecisionShare = keyof typeof PARTS;

/**
 * One share of the confusion matrix of yes/no answers, with Wilson's band. `recall` is also the true positive rate, `specificity` the true
 * negative rate. Absent where it would be a share of nothing. The band takes counts as rows; with summed weights it is only as good as the
 * weights are equal. O(1). `sklearn.metrics` without its zero_division fill-ins. Oracle: oracles/performance-bands.json.
 * @throws StatisticsError `decisionShare requires finite, non-negative counts` | `… at least one labelled answer` | `wilson requires a level …`
 * @example decisionShare('recall', { truePositives: 6, falsePositives: 2, falseNegatives: 3, trueNegatives: 9 })?.value // 0.666…
 */
export const decisionShare = (share: DecisionShare, counts: ConfusionCounts, options: BandOptions = {}): BandedValue | undefined => {
  requireCounts('decisionShare', counts);
  const [part, rest] = PARTS[share](counts);
  return part + rest === 0 ? undefined : { value: part / (part + rest), band: wilson(part, part + rest, options) };
};
