/** Pairs of places i < j whose values differ by at most `limit`. One walk with two fingers, O(n). */
const pairsWithin = (sorted: ArrayLike<number>, limit: number): number => {
  let [first, pairs] = [0, 0];
  for (let last = 0; last < sorted.length; last += 1) {
    while ((sorted[last] ?? 0) - (sorted[first] ?? 0) > limit) first += 1;
    pairs += last - first;
  }
  return pairs;
};

/** The difference with this rank (from 1) among all pairs. Halves doubles until none lies between, so the answer is exact. */
const differenceOfRank = (sorted: ArrayLike<number>, rank: number): number => {
  let [low, high] = [0, (sorted[sorted.length - 1] ?? 0) - (sorted[0] ?? 0)];
  if (pairsWithin(sorted, 0) >= rank) return 0;
  for (let middle = high / 2; middle > low && middle < high; middle = low + (high - low) / 2) {
    if (pairsWithin(sorted, middle) >= rank) high = middle;
    else low = middle;
  }
  return high;
};

/**
 * The median of the squared differences of all pairs of values, and where more than half of the pairs are ties, of the pairs that differ;
 * 0 when all values are
 * equal. As `numpy.median` the mean of both middle ones for an even number of pairs. About 60 walks through the values, no list of pairs.
 * @param sorted ascending
 */
export const medianSquaredDifference = (sorted: ArrayLike<number>): number => {
  const all = (sorted.length * (sorted.length - 1)) / 2;
  const ties = pairsWithin(sorted, 0);
  if (ties === all) return 0;
  const median = (skipped: number): number => {
    const count = all - skipped;
    const [lower, upper] = [skipped + Math.ceil(count / 2), skipped + Math.floor(count / 2) + 1];
    const low = differenceOfRank(sorted, lower) ** 2;
    return lower === upper ? low : (low + differenceOfRank(sorted, upper) ** 2) / 2;
  };
  const plain = median(0);
  return plain > 0 ? plain : median(ties);
};
