import { StatisticsError } from '../errors.js';
import { requireFinite, requirePairs } from '../requirements.js';

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
export const rocAuc = (truth: readonly boolean[], scores: ArrayLike<number>): number => {
  requirePairs('rocAuc', truth, scores);
  requireFinite('rocAuc', scores);
  const order = Array.from({ length: truth.length }, (_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const positives = truth.filter(Boolean).length;
  const negatives = truth.length - positives;
  if (positives === 0 || negatives === 0) throw new StatisticsError('rocAuc requires both classes among the labels');
  // Twice the rank sum keeps mid-ranks whole: the result is exact up to the last division.
  let twiceRanks = 0;
  for (let start = 0; start < order.length;) {
    const value = scores[order[start] ?? 0];
    let end = start;
    let tied = 0;
    for (; end < order.length && scores[order[end] ?? 0] === value; end += 1) if (truth[order[end] ?? 0] === true) tied += 1;
    twiceRanks += tied * (start + 1 + end);
    start = end;
  }
  return (twiceRanks / 2 - (positives * (positives + 1)) / 2) / (positives * negatives);
};
