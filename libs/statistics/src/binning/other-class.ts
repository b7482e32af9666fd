import { StatisticsError } from '../errors.js';
import { compensatedSum } from '../summation.js';

/**
 * Which categories are counted together as "other" before a test of counts.
 * `expectedMin`: those expected less often than this in the smaller sample (Cochran's rule says 5).
 * `categoriesMax`: the rarest, so that no more classes remain than this, "other" among them.
 */
export type OtherRule = { readonly expectedMin?: number; readonly categoriesMax?: number };

/** Two rows of counts after pooling: the kept categories in their order, then "other" when `pooled` categories are in it. */
export type PooledCategories = { readonly reference: readonly number[]; readonly current: readonly number[]; readonly pooled: number };

const requireRule = (name: string, { expectedMin, categoriesMax }: OtherRule): void => {
  if (expectedMin !== undefined && !(expectedMin > 0 && Number.isFinite(expectedMin)))
    throw new StatisticsError(`${name} requires an expectedMin above 0`);
  if (categoriesMax !== undefined && !(Number.isInteger(categoriesMax) && categoriesMax >= 2))
    throw new StatisticsError(`${name} requires a categoriesMax of at least 2`);
};

/**
 * Pools rare categories into one class "other". Decided by the counts of both samples together, so that neither side chooses the classes
 * and a test on them keeps its size; not so for bins cut at quantiles of the reference, whose counts in it are fixed, so that those of the
 * current sample alone would decide. Equally frequent categories are kept in their order. "Other" itself reaches `expectedMin` too: while it does
 * not, the rarest kept category joins it. Categories that are empty on both sides are left out. O(k log k).
 * @param name the method asked, for its errors
 * @throws StatisticsError `<name> requires an expectedMin above 0` | `<name> requires a categoriesMax of at least 2`
 * @example poolRare('f', { reference: [50, 48, 1, 1], current: [50, 47, 2, 1] }, { expectedMin: 2 }) // [50, 48, 2] and [50, 47, 3], pooled 2
 */
export const poolRare = (
  name: string,
  counts: { readonly reference: readonly number[]; readonly current: readonly number[] },
  rule: OtherRule,
): PooledCategories => {
  requireRule(name, rule);
  const [n, m] = [compensatedSum(counts.reference), compensatedSum(counts.current)];
  const totals = counts.reference.map((count, i) => count + (counts.current[i] ?? 0));
  const present = totals.map((_, i) => i).filter((i) => (totals[i] ?? 0) > 0);
  const byFrequency = [...present].sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0) || a - b);
  const kept = new Set(
    byFrequency.slice(
      0,
      keptCount(
        byFrequency.map((i) => totals[i] ?? 0),
        Math.min(n, m) / (n + m),
        rule,
      ),
    ),
  );
  const pool = (row: readonly number[]): number[] => {
    const own = present.filter((i) => kept.has(i)).map((i) => row[i] ?? 0);
    const rest = present.filter((i) => !kept.has(i)).map((i) => row[i] ?? 0);
    return rest.length === 0 ? own : [...own, compensatedSum(rest)];
  };
  return { reference: pool(counts.reference), current: pool(counts.current), pooled: present.length - kept.size };
};

/** How many of the categories, most frequent first, keep a class of their own. `share` is what the smaller sample is expected to hold. */
const keptCount = (totals: readonly number[], share: number, { expectedMin = 0, categoriesMax = Infinity }: OtherRule): number => {
  const frequent = totals.filter((total) => total * share >= expectedMin).length;
  let kept = totals.length > categoriesMax ? Math.min(frequent, categoriesMax - 1) : frequent;
  if (kept === totals.length) return kept;
  let other = compensatedSum(totals.slice(kept));
  for (; kept > 0 && other * share < expectedMin; kept -= 1) other += totals[kept - 1] ?? 0;
  return kept;
};
