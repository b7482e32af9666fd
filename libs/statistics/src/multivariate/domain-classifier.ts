import { rocAuc } from '../performance/roc-auc.js';
import { type Random, shuffle } from '../random.js';
import { type Score } from '../score.js';
import { pValueOfSplits, splitsOf } from '../splits.js';
import { boostSmallTrees, codesOfColumn, SMALL_TREES } from './small-trees.js';
import { type Pooled, type PooledColumn, pooledOf, requireTables, seededByTables, type SplitOptions, type Table } from './table.js';

/** Rows taken of each sample at most: the learner is trained five times for every split. */
const MOST = 1000;
const FOLDS = 5;
/** Random splits behind the p-value, whose smallest value is then 1/100. */
const SPLITS = 99;

/** Words by how often they occur in the pooled rows, the most frequent first, as numbers; missing ones as NaN. */
const ranked = (codes: Int32Array, words: number): Float64Array => {
  const counts = new Float64Array(words);
  for (const code of codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  const order = Array.from(counts, (_, code) => code).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  const ranks = new Float64Array(words);
  order.forEach((code, rank) => (ranks[code] = rank));
  return Float64Array.from(codes, (code) => (code < 0 ? NaN : (ranks[code] ?? NaN)));
};

const codesOf = (column: PooledColumn): Uint8Array =>
  codesOfColumn(column.kind === 'numeric' ? column.values : ranked(column.codes, column.words));

/** A fold for every row, dealt at random and to each sample in turn, so that every fold holds as much of it as any other. */
const foldsOf = (members: Float64Array, random: Random): Int8Array => {
  const places = Float64Array.from(members, (_, row) => row);
  shuffle(places, random);
  const folds = new Int8Array(members.length);
  const dealt = [0, 0];
  for (const row of places) {
    const sample = members[row] ?? 0;
    folds[row] = (dealt[sample] ?? 0) % FOLDS;
    dealt[sample] = (dealt[sample] ?? 0) + 1;
  }
  return folds;
};

/** What the learner, trained on the rows of other folds, says of each row: higher for rows that look current. */
const outOfFold = (features: readonly Uint8Array[], members: Float64Array, folds: Int8Array): Float64Array => {
  const said = new Float64Array(members.length);
  const rows = Int32Array.from(members.keys());
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const [learnt, asked] = [rows.filter((row) => folds[row] !== fold), rows.filter((row) => folds[row] === fold)];
    const columns = features.map((codes) => Uint8Array.from([...learnt, ...asked], (row) => codes[row] ?? 0));
    const answers = boostSmallTrees(
      columns,
      Float64Array.from(learnt, (row) => 0.5 - (members[row] ?? 0)),
    );
    asked.forEach((row, i) => (said[row] = answers[learnt.length + i] ?? 0));
  }
  return said;
};

const areaOf = (features: readonly Uint8Array[], members: Float64Array, random: Random): number =>
  rocAuc(
    Array.from(members, (member) => member === 0),
    outOfFold(features, members, foldsOf(members, random)),
  );

const areas = ({ n, m, columns }: Pooled, random: Random, splits: number): number[] => {
  const features = columns.map(codesOf);
  return splitsOf(n, m, random, splits).map((members) => areaOf(features, members, random));
};

/**
 * Domain classifier: how well a learner tells current rows from those of the reference, by columns together.
 *
 * Score = area under the ROC curve of what the learner says of rows it was not trained on: 0.5 is expected without drift, 1 = told apart without
 * exception; below 0.5 is chance (it learnt what does not hold elsewhere). Unchanged by any increasing transformation of a number. Five folds, rows dealt at
 * random (a file sorted by time costs nothing), each with as much of both samples as the others; areas of the pooled answers. The learner is
 * gradient boosting of 10 regression trees (three questions each, at least 10 rows a leaf, rate 0.5) on up to 31 bins a column; missing numbers are a bin of
 * their own; words are ordered by how often they occur in the pooled rows, missing ones apart. Bins and order come from the pooled rows without
 * knowing their sample: taken from the reference alone, words that only the other sample has would give the answer away where nothing drifted.
 * p-value: share of 99 random splits of the pooled rows, each learnt anew, that score at least as much, (b + 1)/(99 + 1), exact for its level. The law of
 * Mann-Whitney, and the limits of 0.45 and 0.65 that others set, are not: answers of folds that learnt from each other's rows are not
 * independent, and how far an area strays from 0.5 depends on the sizes.
 * Above 1,000 rows a side that many are taken at random; the parameters say how many. Smallest sample: ten rows a side (a tree needs 20 rows
 * to split at all). O(splits · folds · trees · rows · columns): a third of a second at 200 rows a side and 5 columns, 3 s at 1,000 and 20.
 * Rows that occur twice may be learnt in one fold and asked in another.
 * Source: Lopez-Paz and Oquab, "Revisiting classifier two-sample tests", ICLR 2017; trees: Friedman, Ann. Statist. 29 (2001), 1189-1232.
 * Oracle: oracles/domain-classifier.json (scikit-learn's boosting with the same settings: areas agree as far as two shuffles of it agree).
 * @throws StatisticsError `domainClassifier requires at least 10 rows in each sample` and what else `requireTables` names
 */
export const domainClassifier = (reference: Table, current: Table, options: SplitOptions = {}): Score => {
  requireTables('domainClassifier', [reference, current], 10);
  const random = options.random ?? seededByTables([reference, current]);
  const pooled = pooledOf([reference, current], MOST, random);
  const splits = options.splits ?? SPLITS;
  const scores = areas(pooled, random, splits);
  const parameters = {
    folds: FOLDS,
    ...SMALL_TREES,
    splits,
    usedReference: pooled.n,
    usedCurrent: pooled.m,
  };
  return { score: scores[0] ?? NaN, pValue: pValueOfSplits(scores, 1e-12), parameters };
};
