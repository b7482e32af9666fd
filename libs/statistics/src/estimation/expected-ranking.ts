import { CompensatedSum } from '../summation.js';

/** Rows with one and the same score: how many, and how many positives are expected among them. */
type Tie = { readonly count: number; readonly positives: number };

/** Groups of equal scores, the highest first. */
const tiesOf = (probabilities: ArrayLike<number>, scores: ArrayLike<number>): Tie[] => {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const ties: Tie[] = [];
  for (let start = 0; start < order.length;) {
    const score = scores[order[start] ?? 0];
    const positives = new CompensatedSum();
    let end = start;
    for (; end < order.length && scores[order[end] ?? 0] === score; end += 1) positives.add(probabilities[order[end] ?? 0] ?? 0);
    ties.push({ count: end - start, positives: positives.value });
    start = end;
  }
  return ties;
};

/**
 * Area under the ROC curve that is to be expected when the i-th row is positive with probability p_i: expected positives and negatives take the
 * place of counts. With probabilities 0 and 1 it is `rocAuc`; ties count as half.
 *
 * 0.5 no better than chance, 1 perfect. Undefined when no positive or no negative is expected. NannyML 0.13 takes tied scores in the order of the
 * sort and rounds the sums to five digits. O(n log n). Oracle: oracles/cbpe.json.
 * @param probabilities calibrated probabilities
 * @param scores what the model ranks by: uncalibrated, since a calibration curve makes ties
 */
export const expectedRocAuc = (probabilities: ArrayLike<number>, scores: ArrayLike<number>): number | undefined => {
  const [above, area, negatives] = [new CompensatedSum(), new CompensatedSum(), new CompensatedSum()];
  for (const { count, positives } of tiesOf(probabilities, scores)) {
    area.add((count - positives) * (above.value + positives / 2));
    above.add(positives);
    negatives.add(count - positives);
  }
  const pairs = above.value * negatives.value;
  return pairs > 0 ? Math.min(Math.max(area.value / pairs, 0), 1) : undefined;
};

/**
 * Average precision that is to be expected: Σ (recall step) · precision over thresholds from the highest score down, tied scores in one step. With
 * probabilities 0 and 1 it is `sklearn.metrics.average_precision_score`. Undefined when no positive is expected. O(n log n). Oracle: oracles/cbpe.json.
 */
export const expectedAveragePrecision = (probabilities: ArrayLike<number>, scores: ArrayLike<number>): number | undefined => {
  const [above, area] = [new CompensatedSum(), new CompensatedSum()];
  let rows = 0;
  for (const { count, positives } of tiesOf(probabilities, scores)) {
    rows += count;
    above.add(positives);
    area.add((positives * above.value) / rows);
  }
  return above.value > 0 ? Math.min(area.value / above.value, 1) : undefined;
};
