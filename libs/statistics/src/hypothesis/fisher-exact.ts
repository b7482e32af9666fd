import { StatisticsError } from '../errors.js';
import { type Score } from '../score.js';
import { hypergeometricProbability, type Urn } from '../special/hypergeometric.js';
import { hypergeometricTail } from './hypergeometric-tail.js';
import { twoProportions } from './two-categories.js';

/** Tables whose probabilities differ by less than this, relatively, are as probable as each other: rounding must not drop a mirror image. */
const AS_PROBABLE = 1 + 1e-7;

/** The table nearest to the mode, on the way to `outside`, that is no more probable than `limit`; by bisection. */
const firstAsRare = (mode: number, outside: number, urn: Urn, limit: number): number => {
  let [inner, outer] = [mode, outside];
  while (Math.abs(outer - inner) > 1) {
    const middle = Math.trunc((inner + outer) / 2);
    if (hypergeometricProbability(middle, urn) <= limit) outer = middle;
    else inner = middle;
  }
  return outer;
};

/** Two-sided p-value: all tables with the same margins that are at most as probable as the one with x. */
const twoSided = (x: number, urn: Urn): number => {
  const [low, high] = [Math.max(0, urn.marked + urn.drawn - urn.size), Math.min(urn.marked, urn.drawn)];
  const mode = Math.min(Math.max(Math.floor(((urn.marked + 1) * (urn.drawn + 1)) / (urn.size + 2)), low), high);
  const limit = hypergeometricProbability(x, urn) * AS_PROBABLE;
  if (hypergeometricProbability(mode, urn) <= limit) return 1;
  const [below, above] = [firstAsRare(mode, low - 1, urn, limit), firstAsRare(mode, high + 1, urn, limit)];
  return Math.min(hypergeometricTail(below, urn, -1) + hypergeometricTail(above, urn, 1), 1);
};

/**
 * Fisher's exact test on a 2×2 table: is a word as frequent in both samples? Two categories only, such as `false` and `true`.
 *
 * Two-sided p-value: the probability, margins given, of all tables at most as probable as the observed one, two within 1e-7 of each other
 * taken as equal; `scipy.stats.fisher_exact(table)` with its default. Exact for any counts and conservative: it
 * rejects less often than the level says. Score = |current share − reference share| of the second
 * category, since the odds ratio, which scipy gives as the statistic and which is in the parameters (null where it divides by zero), is
 * infinite as soon as one cell is empty: 0 for equal shares, 1 for nothing in common, symmetric.
 * A column that is constant on both sides scores 0 with p = 1. O(√(n + m)) terms. Source: Fisher, JRSS 98 (1935), 39.
 * Oracle: oracles/fisher-exact.json (scipy, tolerance 1e-9 relative).
 * @param reference counts of both categories
 * @param current counts of both categories, in the same order
 * @throws StatisticsError `fisherExact requires two categories, got 3` | `fisherExact requires whole counts` | `… equally many bins` | …
 * @example fisherExact([8, 2], [1, 5]).pValue // 0.0349…
 */
export const fisherExact = (reference: readonly number[], current: readonly number[]): Score => {
  const { successes, sizes } = twoProportions('fisherExact', reference, current);
  if (![...reference, ...current].every((count) => Number.isSafeInteger(count)))
    throw new StatisticsError('fisherExact requires whole counts');
  const [[a, b], [n, m]] = [successes, sizes];
  const across = a * (m - b);
  const parameters = { alternative: 'two-sided', oddsRatio: across === 0 ? null : (b * (n - a)) / across };
  return { score: Math.abs(b / m - a / n), pValue: twoSided(b, { size: n + m, marked: a + b, drawn: m }), parameters };
};
