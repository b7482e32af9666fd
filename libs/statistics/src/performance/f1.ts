import { type BandOptions, type BandedValue } from './band.js';
import { type ConfusionCounts } from './classification.js';
import { requireCounts } from './decision-share.js';
import { wilson } from './wilson.js';

/**
 * F1: the harmonic mean of precision and recall, 2TP / (2TP + FP + FN). 0 finds nothing, 1 finds all and nothing else.
 *
 * F1 = 2J / (1 + J) where J = TP / (TP + FP + FN) is a plain share, so the band is Wilson's band of J carried through that rising function,
 * and has width also at 0 and at 1. Absent where neither truth nor answer was ever "yes". O(1). `sklearn.metrics.f1_score`. Source of the
 * transformation: Takahashi et al., Applied Intelligence 52 (2022). Oracle: oracles/performance-bands.json.
 * @throws StatisticsError `f1 requires finite, non-negative counts` | `f1 requires at least one labelled answer`
 * @example f1({ truePositives: 6, falsePositives: 2, falseNegatives: 3, trueNegatives: 9 })?.value // 0.705…
 */
export const f1 = (counts: ConfusionCounts, options: BandOptions = {}): BandedValue | undefined => {
  requireCounts('f1', counts);
  const found = counts.truePositives;
  const wrong = counts.falsePositives + counts.falseNegatives;
  if (found + wrong === 0) return undefined;
  const band = wilson(found, found + wrong, options);
  const fromShare = (share: number): number => (2 * share) / (1 + share);
  return { value: (2 * found) / (2 * found + wrong), band: { ...band, lower: fromShare(band.lower), upper: fromShare(band.upper) } };
};
