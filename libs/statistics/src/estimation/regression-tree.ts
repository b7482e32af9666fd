/** A tree over binned features: rows whose code is at most `code` go left. */
export type TreeNode =
  { readonly value: number } | { readonly feature: number; readonly code: number; readonly left: TreeNode; readonly right: TreeNode };

/** Codes of every feature, each as long as the target. */
export type Binned = readonly Uint8Array[];

const BINS = 256;

/** Sums and counts of the target per feature and bin. Plain sums: the order of the rows is fixed, and a split needs no fifteen digits. */
type Histogram = { readonly sums: Float64Array; readonly counts: Int32Array };
type Split = { readonly gain: number; readonly feature: number; readonly code: number };
type Leaf = { readonly rows: Int32Array; readonly sum: number; readonly histogram: Histogram; readonly split: Split | undefined };

const histogramOf = (features: Binned, target: Float64Array, rows: Int32Array): Histogram => {
  const [sums, counts] = [new Float64Array(features.length * BINS), new Int32Array(features.length * BINS)];
  features.forEach((codes, feature) => {
    const base = feature * BINS;
    for (const row of rows) {
      const at = base + (codes[row] ?? 0);
      sums[at] = (sums[at] ?? 0) + (target[row] ?? 0);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  });
  return { sums, counts };
};

const difference = (whole: Histogram, part: Histogram): Histogram => {
  const [sums, counts] = [whole.sums.slice(), whole.counts.slice()];
  for (let i = 0; i < sums.length; i += 1) {
    sums[i] = (sums[i] ?? 0) - (part.sums[i] ?? 0);
    counts[i] = (counts[i] ?? 0) - (part.counts[i] ?? 0);
  }
  return { sums, counts };
};

/** The split that lowers the squared error most; the first feature and bin where several do. */
const bestSplit = ({ sums, counts }: Histogram, rows: number, sum: number, fewest: number): Split | undefined => {
  let best: Split | undefined;
  for (let base = 0; base < sums.length; base += BINS) {
    let [leftSum, leftCount] = [0, 0];
    for (let code = 0; code < BINS - 1 && rows - leftCount >= fewest; code += 1) {
      const here = counts[base + code] ?? 0;
      if (here === 0) continue;
      leftCount += here;
      leftSum += sums[base + code] ?? 0;
      const rightCount = rows - leftCount;
      if (leftCount < fewest || rightCount < fewest) continue;
      const gain = leftSum ** 2 / leftCount + (sum - leftSum) ** 2 / rightCount - sum ** 2 / rows;
      if (gain > (best?.gain ?? MINIMAL_GAIN)) best = { gain, feature: base / BINS, code };
    }
  }
  return best;
};

/** Below this a gain is rounding. */
const MINIMAL_GAIN = 1e-12;

const sumOf = (target: Float64Array, rows: Int32Array): number => rows.reduce((sum, row) => sum + (target[row] ?? 0), 0);

type Growing = { leaf: Leaf; children?: readonly [Growing, Growing]; split?: Split };

const finished = (node: Growing): TreeNode =>
  node.children && node.split
    ? { feature: node.split.feature, code: node.split.code, left: finished(node.children[0]), right: finished(node.children[1]) }
    : { value: node.leaf.sum / node.leaf.rows.length };

export type TreeOptions = { readonly leaves: number; readonly rowsPerLeaf: number };

/**
 * A regression tree by least squares, grown leaf by leaf: the split that lowers the squared error most is made next, until `leaves` are reached or no
 * split leaves `rowsPerLeaf` rows on both sides. Deterministic: nothing is drawn, ties go to the first feature and bin. The histogram of the larger
 * child is the difference of parent and smaller child, so a level costs at most half the rows times the features.
 */
export const regressionTree = (features: Binned, target: Float64Array, { leaves, rowsPerLeaf }: TreeOptions): TreeNode => {
  const leafOf = (rows: Int32Array, histogram: Histogram): Leaf => {
    const sum = sumOf(target, rows);
    return { rows, sum, histogram, split: bestSplit(histogram, rows.length, sum, rowsPerLeaf) };
  };
  const all = Int32Array.from(target.keys());
  const root: Growing = { leaf: leafOf(all, histogramOf(features, target, all)) };
  const open = [root];
  while (open.length < leaves) {
    const next = open.reduce((best, node) => ((node.leaf.split?.gain ?? 0) > (best.leaf.split?.gain ?? 0) ? node : best));
    const { split, rows, histogram } = next.leaf;
    if (!split) break;
    const codes = features[split.feature] ?? new Uint8Array(0);
    const left = rows.filter((row) => (codes[row] ?? 0) <= split.code);
    const right = rows.filter((row) => (codes[row] ?? 0) > split.code);
    const smaller = histogramOf(features, target, left.length <= right.length ? left : right);
    const larger = difference(histogram, smaller);
    const [first, second] = left.length <= right.length ? [smaller, larger] : [larger, smaller];
    next.split = split;
    next.children = [{ leaf: leafOf(left, first) }, { leaf: leafOf(right, second) }];
    open.splice(open.indexOf(next), 1, ...next.children);
  }
  return finished(root);
};

/** What the tree says about one row. */
export const treeAt = (tree: TreeNode, features: Binned, row: number): number => {
  let node = tree;
  while (!('value' in node)) node = (features[node.feature]?.[row] ?? 0) <= node.code ? node.left : node.right;
  return node.value;
};
