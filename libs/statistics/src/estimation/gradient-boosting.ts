import { StatisticsError } from '../errors.js';
import { requireFinite } from '../requirements.js';
import { compensatedMean } from '../summation.js';
import { codesOf, featureBins } from './feature-bins.js';
import { regressionTree, treeAt } from './regression-tree.js';

const TREES = 100;
const LEARNING_RATE = 0.1;
const LEAVES = 31;
const ROWS_PER_LEAF = 20;

/** What a booster was grown with; stored with what it estimates. */
export const BOOSTING = { trees: TREES, learningRate: LEARNING_RATE, leaves: LEAVES, rowsPerLeaf: ROWS_PER_LEAF };

/** Predicts a number from columns of features in the order they were learnt in; NaN is a missing value. */
export type Regressor = (features: readonly ArrayLike<number>[]) => Float64Array;

/**
 * Learns to predict a number: gradient boosting of regression trees on binned features, with squared error.
 *
 * Starts at the mean; each of 100 trees (31 leaves grown best first, at least 20 rows in a leaf) is fitted to what is still missing and adds a tenth of
 * it. Features have up to 255 bins, cut at even steps through the reference, and one for missing values, which counts as the lowest. These are the
 * defaults of LightGBM; without sampling, so nothing is drawn and the same rows always give the same trees. Below 40 rows it says the mean. Cost: about
 * 100 · 5 · n · features additions. Source: Friedman, Ann. Statist. 29 (2001), 1189-1232.
 * @throws StatisticsError `gradientBoosting requires as many values in every feature as targets` | `gradientBoosting requires finite values`
 */
export const gradientBoosting = (features: readonly ArrayLike<number>[], target: ArrayLike<number>): Regressor => {
  requireFinite('gradientBoosting', target);
  if (features.some((column) => column.length !== target.length))
    throw new StatisticsError('gradientBoosting requires as many values in every feature as targets');
  const bins = features.map(featureBins);
  const binned = bins.map((cuts, i) => codesOf(cuts, features[i] ?? []));
  const mean = compensatedMean(target);
  const rest = Float64Array.from(target, (value) => value - mean);
  const trees = Array.from({ length: TREES }, () => {
    const tree = regressionTree(binned, rest, { leaves: LEAVES, rowsPerLeaf: ROWS_PER_LEAF });
    for (let row = 0; row < rest.length; row += 1) rest[row] = (rest[row] ?? 0) - LEARNING_RATE * treeAt(tree, binned, row);
    return tree;
  });
  return (columns) => {
    const codes = bins.map((cuts, i) => codesOf(cuts, columns[i] ?? []));
    return Float64Array.from({ length: columns[0]?.length ?? 0 }, (_, row) =>
      trees.reduce((sum, tree) => sum + LEARNING_RATE * treeAt(tree, codes, row), mean),
    );
  };
};
