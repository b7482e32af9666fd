import { StatisticsError } from '../errors.js';
import { requirePairs } from '../requirements.js';
import { compensatedSum } from '../summation.js';
import { type BandOptions, type BandedValue, influenceEstimate, levelOf, SHARE } from './band.js';
import { type Average } from './class-average.js';
import { placementsOf } from './placements.js';

/** Scores of each class, one per row, higher means more likely this class. All labels are among the classes. */
export type ClassScores = { readonly truth: readonly string[]; readonly scores: ReadonlyMap<string, ArrayLike<number>> };

const NAME = 'oneAgainstRestAuc';

/** Value and, per row, n times what the row's weight adds to it. */
type Influenced = { readonly value: number; readonly influence: Float64Array };

const ofClass = (truth: readonly boolean[], scores: ArrayLike<number>): Influenced => {
  const { shares, area, positives, negatives } = placementsOf(NAME, truth, scores);
  const n = truth.length;
  return { value: area, influence: shares.map((share, i) => ((share - area) * n) / (truth[i] === true ? positives : negatives)) };
};

/** All (row, class) pairs as one yes/no question. Pairs of one row go together: their parts of the variance are added before squaring. */
const pooled = ({ truth, scores }: ClassScores): Influenced => {
  const flags = [...scores.keys()].flatMap((name) => truth.map((label) => label === name));
  const { value, influence } = ofClass(flags, Float64Array.from([...scores.values()].flatMap((column) => Array.from(column))));
  const perRow = new Float64Array(truth.length);
  influence.forEach((each, i) => (perRow[i % truth.length] = (perRow[i % truth.length] ?? 0) + each / scores.size));
  return { value, influence: perRow };
};

const averaged = ({ truth, scores }: ClassScores, average: 'macro' | 'weighted'): Influenced => {
  const n = truth.length;
  const parts = [...scores].map(([name, column]) => {
    const flags = truth.map((label) => label === name);
    const labels = flags.filter(Boolean).length;
    return { ...ofClass(flags, column), flags, weight: average === 'macro' ? 1 / scores.size : labels / n };
  });
  const value = compensatedSum(parts.map((part) => part.weight * part.value));
  const influence = new Float64Array(n);
  for (const part of parts)
    part.influence.forEach((each, i) => {
      // A label more of a class also adds to the weight of that class.
      const weightier = average === 'weighted' && part.flags[i] === true ? part.value - value : 0;
      influence[i] = (influence[i] ?? 0) + part.weight * each + weightier;
    });
  return { value, influence };
};

/**
 * Area under the ROC curve of each class against all others, put together: `macro` is the plain mean over classes, `weighted` the mean by number
 * of labels, `micro` one curve of all (row, class) pairs. 0.5 is chance, 1 perfect; ties as half.
 *
 * `sklearn.metrics.roc_auc_score(multi_class='ovr', average=…)`, also for scores that do not add up to 1. Band: delta method, that is DeLong's
 * placements with the covariances between classes. Smallest sample: one label of each class and one of another. O(classes · n log n).
 * Source: Provost and Domingos 2001; DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988). Oracle: oracles/performance-bands.json.
 * @throws StatisticsError `oneAgainstRestAuc requires scores of every label's class` | `… of at least two classes` | as `placementsOf`
 * @example oneAgainstRestAuc({ truth: ['a', 'b'], scores: new Map([['a', [0.9, 0.2]], ['b', [0.1, 0.8]]]) }, 'macro').value // 1
 */
export const oneAgainstRestAuc = (rows: ClassScores, average: Average, options: BandOptions = {}): BandedValue => {
  const level = levelOf(NAME, options);
  if (rows.scores.size < 2) throw new StatisticsError(`${NAME} requires scores of at least two classes`);
  if (!rows.truth.every((label) => rows.scores.has(label))) throw new StatisticsError(`${NAME} requires scores of every label's class`);
  for (const column of rows.scores.values()) requirePairs(NAME, rows.truth, column);
  const { value, influence } = average === 'micro' ? pooled(rows) : averaged(rows, average);
  return influenceEstimate(value, influence, SHARE, level);
};
