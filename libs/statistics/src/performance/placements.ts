import { StatisticsError } from '../errors.js';
import { requireFinite, requirePairs } from '../requirements.js';

/** How each row stands among the rows of the other class: its share of pairs won (ties as half), whichever class it is of. */
export type Placements = { readonly shares: Float64Array; readonly area: number; readonly positives: number; readonly negatives: number };

/**
 * Placements of all rows by mid-ranks, one sort: O(n log n).
 * @throws StatisticsError `… requires as many answers as labels` | `… requires finite values` | `… requires both classes among the labels`
 */
export const placementsOf = (name: string, truth: readonly boolean[], scores: ArrayLike<number>): Placements => {
  requirePairs(name, truth, scores);
  requireFinite(name, scores);
  const positives = truth.filter(Boolean).length;
  const negatives = truth.length - positives;
  if (positives === 0 || negatives === 0) throw new StatisticsError(`${name} requires both classes among the labels`);
  const order = Array.from({ length: truth.length }, (_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const shares = new Float64Array(truth.length);
  let [below, above, pairsWon] = [0, positives, 0];
  for (let start = 0; start < order.length;) {
    const value = scores[order[start] ?? 0];
    let end = start;
    let tiedPositives = 0;
    for (; end < order.length && scores[order[end] ?? 0] === value; end += 1) if (truth[order[end] ?? 0] === true) tiedPositives += 1;
    const tiedNegatives = end - start - tiedPositives;
    above -= tiedPositives;
    for (const row of order.slice(start, end))
      shares[row] = truth[row] === true ? (below + tiedNegatives / 2) / negatives : (above + tiedPositives / 2) / positives;
    pairsWon += tiedPositives * (below + tiedNegatives / 2);
    below += tiedNegatives;
    start = end;
  }
  return { shares, area: pairsWon / (positives * negatives), positives, negatives };
};
