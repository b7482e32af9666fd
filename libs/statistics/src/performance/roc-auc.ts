import { compensatedSum } from '../summation.js';
import { type BandOptions, type BandedValue, levelOf, normalEstimate, SHARE } from './band.js';
import { placementsOf } from './placements.js';
import { wilson } from './wilson.js';

/**
 * Area under the receiver operating characteristic: the probability that a random positive scores above a random negative, ties as half.
 *
 * 0.5 means no better than chance, 1 perfect, 0 perfectly wrong. Computed from mid-ranks (Mann-Whitney), so ties need no convention.
 * `sklearn.metrics.roc_auc_score`. Smallest sample: one of each class. O(n log n). Oracle: oracles/performance.json.
 * @param truth true for the positive class
 * @param scores higher means more likely positive
 * @throws StatisticsError `rocAuc requires as many answers as labels` | `rocAuc requires finite values` | `rocAuc requires both classes among the labels`
 * @example rocAuc([false, false, true, true], [0.1, 0.4, 0.35, 0.8]) // 0.75
 */
export const rocAuc = (truth: readonly boolean[], scores: ArrayLike<number>): number => placementsOf('rocAuc', truth, scores).area;

/**
 * Area under the ROC curve as `rocAuc`, with DeLong's band: the variance is that of the positives' shares of negatives they beat over the
 * number of positives, plus the same of the negatives (each with n − 1), ties as half by mid-ranks, no row left out.
 *
 * Where the classes are parted without exception DeLong's variance is 0; the band is then Wilson's, with as many trials as the smaller class has
 * rows, since that many pairs without a common row were all won. No band with one row in a class otherwise. O(n log n).
 * Source: DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988); Sun and Xu, IEEE Signal Processing Letters 21 (2014).
 * Oracle: oracles/performance-bands.json (numpy, all pairs).
 * @throws StatisticsError as `rocAuc`
 * @example rocAucEstimate([false, false, true, true], [0.1, 0.4, 0.35, 0.8]) // value 0.75, error 0.353…
 */
export const rocAucEstimate = (truth: readonly boolean[], scores: ArrayLike<number>, options: BandOptions = {}): BandedValue => {
  const level = levelOf('rocAuc', options);
  const { shares, area, positives, negatives } = placementsOf('rocAuc', truth, scores);
  if (area === 0 || area === 1) {
    const pairs = Math.min(positives, negatives);
    return { value: area, band: wilson(area * pairs, pairs, options) };
  }
  const squares = (ofClass: boolean): number => compensatedSum(shares, (share, i) => (truth[i] === ofClass ? (share - area) ** 2 : 0));
  const variance = squares(true) / (positives - 1) / positives + squares(false) / (negatives - 1) / negatives;
  return normalEstimate({ value: area, error: Math.sqrt(variance), by: 'delong', range: SHARE, level });
};
