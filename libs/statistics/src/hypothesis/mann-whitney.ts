import { type Score } from '../score.js';
import { normalTail } from '../special/regularised-gamma.js';
import { CompensatedSum } from '../summation.js';
import { directionOf } from './direction.js';
import { mannWhitneyBelow } from './mann-whitney-exact.js';
import { requireSamples } from './require-samples.js';
import { tiedBlocks } from './tied-blocks.js';

/** Up to this many values in the smaller sample, and without ties, the p-value is exact, as in `scipy.stats.mannwhitneyu(method='auto')`. */
const EXACT_UP_TO = 8;

/** What the ranks say: pairs with the current value above, less those with it below; Σ (t³) of the ties taken off N³; whether there are ties. */
type Ranks = { readonly excess: number; readonly untied: number; readonly tied: boolean };

const ranksOf = (reference: ArrayLike<number>, current: ArrayLike<number>): Ranks => {
  let [r, c, excess, tied] = [0, 0, 0, false];
  const untied = new CompensatedSum();
  tiedBlocks(reference, current, (inReference, inCurrent) => {
    const [before, size] = [r + c, inReference + inCurrent];
    excess += inCurrent * r - inReference * c;
    // (b + t)³ − b³ − t³: only positive terms, where N³ − Σ t³ would cancel for a column with one frequent value.
    untied.add(3 * before * size * (before + size));
    if (size > 1) tied = true;
    r += inReference;
    c += inCurrent;
  });
  return { excess, untied: untied.value, tied };
};

/** Two-sided, from the normal limit with variance nm/12 · (N³ − Σ t³) / (N (N − 1)) and half a step of continuity correction. */
const normalPValue = (n: number, m: number, { excess, untied }: Ranks): number => {
  if (excess === 0) return 1;
  const deviation = Math.sqrt(((n * m) / 12) * (untied / (n + m) / (n + m - 1)));
  return Math.min(2 * normalTail((Math.abs(excess) - 1) / 2 / deviation), 1);
};

/**
 * Mann-Whitney U test: does a current value lie above a reference value as often as below?
 *
 * Score = |P(current > reference) − P(current < reference)| over all pairs, the rank-biserial correlation: 0 = as often above as below, 1 = no
 * overlap; symmetric; unchanged by any increasing transformation of the feature; blind to a change of spread alone. The parameters hold U of
 * the reference and the direction of the current values, since the test is two-sided: one that looks for lower values only says p = 1 to half
 * of all shifts. p-value of `scipy.stats.mannwhitneyu(reference, current)`, whose statistic is `u`: exact where one sample has at most
 * eight values and nothing is tied, else the normal limit with correction for ties and continuity (conservative for two samples of few
 * values each). Everything tied: p = 1. Smallest sample: one value a side. O(n + m) on sorted input; exact at most 4 · max(n, m) numbers.
 * Source: Mann and Whitney, Ann. Math. Stat. 18 (1947), 50-60; Kerby, Comprehensive Psychology 3 (2014) for the score.
 * Oracle: oracles/mann-whitney.json (scipy; u exactly, p-value 1e-12 relative).
 * @param reference ascending
 * @param current ascending
 * @throws StatisticsError `mannWhitney requires at least one value in each sample` | `mannWhitney requires sorted, finite values`
 * @example mannWhitney([1, 2, 3], [2.5, 4, 5]) // score 0.777…, pValue 0.2, u 1, higher
 */
export const mannWhitney = (reference: ArrayLike<number>, current: ArrayLike<number>): Score => {
  requireSamples('mannWhitney', reference, current, 1);
  const [n, m] = [reference.length, current.length];
  const ranks = ranksOf(reference, current);
  const exact = Math.min(n, m) <= EXACT_UP_TO && !ranks.tied;
  const pValue = exact ? Math.min(2 * mannWhitneyBelow(n, m, (n * m - Math.abs(ranks.excess)) / 2), 1) : normalPValue(n, m, ranks);
  const parameters = {
    alternative: 'two-sided',
    tail: exact ? 'exact' : 'normal',
    u: (n * m - ranks.excess) / 2,
    direction: directionOf(ranks.excess),
  };
  return { score: Math.abs(ranks.excess) / (n * m), pValue, parameters };
};
