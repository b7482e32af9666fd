/** Receives a block of equal values: how many each sample has of them. Blocks come in ascending order and none is empty. */
type Visit = (reference: number, current: number) => void;

/** Walks through both sorted samples as one, a block of ties at a time. O(n + m), no memory. */
export const tiedBlocks = (reference: ArrayLike<number>, current: ArrayLike<number>, visit: Visit): void => {
  const [n, m] = [reference.length, current.length];
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    const at = Math.min(i < n ? (reference[i] ?? NaN) : Infinity, j < m ? (current[j] ?? NaN) : Infinity);
    const [fromI, fromJ] = [i, j];
    while (i < n && reference[i] === at) i += 1;
    while (j < m && current[j] === at) j += 1;
    visit(i - fromI, j - fromJ);
  }
};
