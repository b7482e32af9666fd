import { requireFinite, requirePairs } from '../requirements.js';

/** A rising curve: straight lines between knots, level before the first and after the last. Knots ascend, values never fall. */
export type Isotonic = { readonly knots: readonly number[]; readonly values: readonly number[] };

type Block = { readonly first: number; readonly last: number; readonly weight: number; readonly sum: number };

/** One block per distinct x, in ascending order: equal x share the mean of their y. */
const distinct = (x: ArrayLike<number>, y: ArrayLike<number>): Block[] => {
  const order = Array.from({ length: x.length }, (_, i) => i).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0));
  const blocks: Block[] = [];
  for (let start = 0; start < order.length;) {
    const at = x[order[start] ?? 0] ?? 0;
    let [end, sum] = [start, 0];
    for (; end < order.length && x[order[end] ?? 0] === at; end += 1) sum += y[order[end] ?? 0] ?? 0;
    blocks.push({ first: at, last: at, weight: end - start, sum });
    start = end;
  }
  return blocks;
};

const level = ({ sum, weight }: Block): number => sum / weight;

/** Pool adjacent violators: a block that is not above the one before it is merged with it. */
const pooled = (blocks: readonly Block[]): Block[] => {
  const rising: Block[] = [];
  for (const block of blocks) {
    let merged = block;
    for (let last = rising.at(-1); last && level(last) >= level(merged); last = rising.at(-1)) {
      merged = { first: last.first, last: merged.last, weight: last.weight + merged.weight, sum: last.sum + merged.sum };
      rising.pop();
    }
    rising.push(merged);
  }
  return rising;
};

/**
 * Isotonic regression: the rising curve with the least squared distance from (x, y), by pooling adjacent violators.
 *
 * Equal x are first replaced by their mean y. The curve has a knot at both ends of every level stretch and is straight between stretches
 * (`sklearn.isotonic.IsotonicRegression(increasing=True, out_of_bounds='clip')`). Does not depend on the order of the rows. Smallest sample: one
 * pair. O(n log n). Source: Ayer et al., Ann. Math. Statist. 26 (1955), 641-647. Oracle: oracles/isotonic.json.
 * @throws StatisticsError `isotonicRegression requires as many answers as labels` | `isotonicRegression requires finite values`
 * @example isotonicRegression([1, 2, 3], [0, 1, 0]) // knots [1, 2, 3], values [0, 0.5, 0.5]
 */
export const isotonicRegression = (x: ArrayLike<number>, y: ArrayLike<number>): Isotonic => {
  requirePairs('isotonicRegression', y, x);
  requireFinite('isotonicRegression', x);
  requireFinite('isotonicRegression', y);
  const stretches = pooled(distinct(x, y));
  const ends = stretches.flatMap((block) => (block.first === block.last ? [block] : [{ ...block, last: block.first }, block]));
  return { knots: ends.map(({ last }) => last), values: ends.map(level) };
};

/** The height of the curve at x. O(log knots). */
export const isotonicAt = ({ knots, values }: Isotonic, x: number): number => {
  let [low, high] = [0, knots.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((knots[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const [right, above] = [knots[low] ?? 0, values[low] ?? 0];
  if (low === 0 || x >= right) return above;
  const [left, below] = [knots[low - 1] ?? 0, values[low - 1] ?? 0];
  return below + ((above - below) * (x - left)) / (right - left);
};
