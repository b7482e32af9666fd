import { type BandOptions, type BandedValue } from './band.js';
import { type ConfusionCounts } from './classification.js';
import { decisionShare } from './decision-share.js';
import { differenceOfShares } from './square-and-add.js';

/**
 * Youden's J, informedness: recall − false positive rate. 1 is perfect, 0 tells nothing, −1 is always wrong; does not depend on how common
 * "yes" is. Band: Newcombe's, since the two shares come from different rows. Absent where a class has no rows. O(1).
 * `sklearn.metrics.balanced_accuracy_score(adjusted=True)` for two classes. Source: Youden, Cancer 3 (1950). Oracle: performance-bands.json.
 * @throws StatisticsError as `decisionShare`
 * @example informedness({ truePositives: 6, falsePositives: 2, falseNegatives: 3, trueNegatives: 9 })?.value // 0.484…
 */
export const informedness = (counts: ConfusionCounts, options: BandOptions = {}): BandedValue | undefined => {
  const recall = decisionShare('recall', counts, options);
  const falsePositiveRate = decisionShare('false_positive_rate', counts, options);
  return recall && falsePositiveRate && differenceOfShares(recall, falsePositiveRate);
};

/**
 * Balanced accuracy: the mean of recall and specificity, (1 + informedness) / 2, with its band. 0.5 tells nothing, 1 is perfect. O(1).
 * `sklearn.metrics.balanced_accuracy_score` for two classes. Oracle: oracles/performance-bands.json.
 * @throws StatisticsError as `decisionShare`
 * @example balancedAccuracy({ truePositives: 6, falsePositives: 2, falseNegatives: 3, trueNegatives: 9 })?.value // 0.742…
 */
export const balancedAccuracy = (counts: ConfusionCounts, options: BandOptions = {}): BandedValue | undefined => {
  const informed = informedness(counts, options);
  if (!informed?.band) return undefined;
  const half = (value: number): number => (1 + value) / 2;
  return { value: half(informed.value), band: { ...informed.band, lower: half(informed.band.lower), upper: half(informed.band.upper) } };
};
