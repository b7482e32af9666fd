import { describe, expect, it } from '@jest/globals';
import { demographicParity } from '../fairness/demographic-parity.js';
import { disparateImpact } from '../fairness/disparate-impact.js';
import { type GroupedDecisions } from '../fairness/disparity.js';
import { equalOpportunity } from '../fairness/equal-opportunity.js';
import { equalisedOdds } from '../fairness/equalised-odds.js';
import { type Random, seededRandom } from '../random.js';
import { averagePrecision } from './average-precision.js';
import { balancedAccuracy, informedness } from './balanced-accuracy.js';
import { type BandedValue } from './band.js';
import { brierEstimate } from './brier.js';
import { businessValue } from './business-value.js';
import { type Average, classAverage, type ClassShare } from './class-average.js';
import { type ConfusionCounts } from './classification.js';
import { cohenKappa } from './cohen-kappa.js';
import { decisionShare, type DecisionShare } from './decision-share.js';
import { expectedCalibrationErrorEstimate } from './expected-calibration-error.js';
import { f1 } from './f1.js';
import { logLossEstimate } from './log-loss.js';
import { meanSquaredLogarithmicError, rootMeanSquaredLogarithmicError } from './logarithmic-error.js';
import { matthews } from './matthews.js';
import { PERFORMANCE_METRICS } from './metrics.js';
import { confusionMatrix, type ConfusionMatrix, oneAgainstRest } from './multiclass.js';
import { type ClassScores, oneAgainstRestAuc } from './one-against-rest-auc.js';
import { meanAbsolutePercentageError } from './percentage-error.js';
import { quantileLoss } from './quantile-loss.js';
import { rSquared } from './r-squared.js';
import { meanAbsoluteErrorEstimate, meanSquaredErrorEstimate, rootMeanSquaredErrorEstimate } from './regression.js';
import { rocAucEstimate } from './roc-auc.js';

const ROWS = 500;
const RUNS = 400;

type Draw<Sample> = (random: Random, rows: number) => Sample;
type Measure<Sample> = (sample: Sample) => BandedValue | undefined;

/** In how many of so many seeded samples the band holds the true value: that of a sample a hundred times as large, unless it is known. */
const coverage = <Sample>(draw: Draw<Sample>, measure: Measure<Sample>, known?: number): number => {
  const random = seededRandom(5);
  const truth = known ?? measure(draw(random, ROWS * 100))?.value ?? NaN;
  let held = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const band = measure(draw(random, ROWS))?.band;
    if (band && band.lower <= truth && truth <= band.upper) held += 1;
  }
  return held / RUNS;
};

type Scored = { readonly truth: readonly boolean[]; readonly scores: readonly number[] };
/** Probabilities of a rare class, three in ten on average, whose chance is `chance(p)`. */
const scoredBy =
  (chance: (p: number) => number): Draw<Scored> =>
  (random, rows) => {
    const scores = Array.from({ length: rows }, () => random() ** 2.3);
    return { truth: scores.map((p) => random() < chance(p)), scores };
  };
const scored = scoredBy((p) => p);
const counts: Draw<ConfusionCounts> = (random, rows) => {
  const { truth, scores } = scored(random, rows);
  return oneAgainstRest(
    confusionMatrix(
      truth.map(String),
      scores.map((p) => String(p > 0.5)),
    ),
    'true',
  );
};
const classesOf: Draw<ConfusionMatrix> = (random, rows) => {
  const truth = Array.from({ length: rows }, () => (random() < 0.5 ? 'a' : random() < 0.6 ? 'b' : 'c'));
  return confusionMatrix(truth, truth.map((word) => (random() < 0.7 ? word : random() < 0.5 ? 'a' : 'b'))); // prettier-ignore
};
const classScores: Draw<ClassScores> = (random, rows) => {
  const truth = Array.from({ length: rows }, () => (random() < 0.5 ? 'a' : random() < 0.6 ? 'b' : 'c'));
  return { truth, scores: new Map(['a', 'b', 'c'].map((name) => [name, truth.map((word) => random() + (word === name ? 0.4 : 0))])) };
};
type Numbers = { readonly truth: readonly number[]; readonly answers: readonly number[] };
const numbers: Draw<Numbers> = (random, rows) => {
  const truth = Array.from({ length: rows }, () => 5 + 10 * random());
  return { truth, answers: truth.map((value) => value + 3 * (random() + random() - 0.9)) };
};
/** Amounts with a long tail, and errors that grow with them: one row in a hundred carries a fifth of the squared error. */
const amounts: Draw<Numbers> = (random, rows) => {
  const truth = Array.from({ length: rows }, () => -Math.log(1 - random()));
  return { truth, answers: truth.map((value) => value + (random() - 0.4) * (0.5 + value)) };
};
/** Two groups, one of which is told yes more often, mostly where it is true. */
const groups: Draw<GroupedDecisions> = (random, rows) => {
  const names = Array.from({ length: rows }, () => (random() < 0.6 ? 'x' : 'y'));
  const truth = names.map(() => random() < 0.4);
  return { groups: names, truth, said: truth.map((yes, i) => random() < (yes ? (names[i] === 'x' ? 0.8 : 0.5) : names[i] === 'x' ? 0.3 : 0.2)) }; // prettier-ignore
};

const WORTH = { a: { a: 5, b: -3, c: 0 }, b: { a: -10, b: 8, c: 0 }, c: { a: -1, b: -2, c: 4 } };
const share = (id: DecisionShare): number => coverage(counts, (c) => decisionShare(id, c));
const average = (metric: ClassShare, over: Average): number => coverage(classesOf, (m) => classAverage(m, metric, over));
const area = (over: Average): number => coverage(classScores, (s) => oneAgainstRestAuc(s, over));
const fair = (measure: Measure<GroupedDecisions>): number => coverage(groups, measure);

/** Coverage by the ids of the catalogue. */
const MEASURED: Readonly<Record<string, () => number>> = {
  accuracy: () => share('accuracy'),
  precision: () => share('precision'),
  recall: () => share('recall'),
  specificity: () => share('specificity'),
  negative_predictive_value: () => share('negative_predictive_value'),
  false_positive_rate: () => share('false_positive_rate'),
  false_negative_rate: () => share('false_negative_rate'),
  predicted_positive_rate: () => share('predicted_positive_rate'),
  actual_positive_rate: () => share('actual_positive_rate'),
  f1: () => coverage(counts, f1),
  balanced_accuracy: () => coverage(counts, balancedAccuracy),
  informedness: () => coverage(counts, informedness),
  precision_macro: () => average('precision', 'macro'),
  precision_weighted: () => average('precision', 'weighted'),
  precision_micro: () => average('precision', 'micro'),
  recall_macro: () => average('recall', 'macro'),
  recall_weighted: () => average('recall', 'weighted'),
  recall_micro: () => average('recall', 'micro'),
  f1_macro: () => average('f1', 'macro'),
  f1_weighted: () => average('f1', 'weighted'),
  f1_micro: () => average('f1', 'micro'),
  matthews: () => coverage(classesOf, matthews),
  cohen_kappa: () => coverage(classesOf, cohenKappa),
  business_value: () => coverage(classesOf, (m) => businessValue(m, WORTH)),
  roc_auc: () => coverage(scored, (s) => rocAucEstimate(s.truth, s.scores)),
  average_precision: () => coverage(scored, (s) => averagePrecision(s.truth, s.scores)),
  roc_auc_macro: () => area('macro'),
  roc_auc_weighted: () => area('weighted'),
  roc_auc_micro: () => area('micro'),
  brier: () => coverage(scored, (s) => brierEstimate(s.truth, s.scores)),
  expected_calibration_error: () => coverage(scored, (s) => expectedCalibrationErrorEstimate(s.truth, s.scores), 0),
  log_loss: () => coverage(scored, (s) => logLossEstimate(s.truth, s.scores)),
  mae: () => coverage(numbers, (s) => meanAbsoluteErrorEstimate(s.truth, s.answers)),
  rmse: () => coverage(numbers, (s) => rootMeanSquaredErrorEstimate(s.truth, s.answers)),
  quantile_loss: () => coverage(numbers, (s) => quantileLoss(s.truth, s.answers, { quantile: 0.8 })),
  mse: () => coverage(numbers, (s) => meanSquaredErrorEstimate(s.truth, s.answers)),
  mape: () => coverage(numbers, (s) => meanAbsolutePercentageError(s.truth, s.answers)),
  msle: () => coverage(numbers, (s) => meanSquaredLogarithmicError(s.truth, s.answers)),
  rmsle: () => coverage(numbers, (s) => rootMeanSquaredLogarithmicError(s.truth, s.answers)),
  r_squared: () => coverage(numbers, (s) => rSquared(s.truth, s.answers)),
  demographic_parity_difference: () => fair((g) => demographicParity(g).difference),
  equal_opportunity_difference: () => fair((g) => equalOpportunity(g).difference),
  equalised_odds_difference: () => fair((g) => equalisedOdds(g).difference),
  demographic_parity_ratio: () => fair((g) => demographicParity(g).ratio),
  equal_opportunity_ratio: () => fair((g) => equalOpportunity(g).ratio),
  equalised_odds_ratio: () => fair((g) => equalisedOdds(g).ratio),
  disparate_impact: () => fair((g) => disparateImpact(g, 'x')[0]?.ratio),
};

describe('bands at the level 0.95 with 500 rows', () => {
  it.each(PERFORMANCE_METRICS.map(({ id }) => id))('hold the true value in 92 to 98 of a hundred samples: %s', (id) => {
    const found = MEASURED[id]?.() ?? NaN;
    expect(found).toBeGreaterThanOrEqual(0.92);
    // The calibration error's band is made to hold whatever the true gaps are, and so holds more often.
    expect(found).toBeLessThanOrEqual(id === 'expected_calibration_error' ? 1 : 0.98);
  });

  it('are too narrow where few large errors carry the sum, and say so in their docstring', () => {
    const found = coverage(amounts, (s) => rootMeanSquaredErrorEstimate(s.truth, s.answers));
    expect(found).toBeGreaterThan(0.86);
    expect(found).toBeLessThan(0.95);
  });
});

describe('the band of the expected calibration error at the level 0.95 with 500 rows', () => {
  const slightly = (p: number): number => 0.9 * p + 0.03;
  const steeper = (p: number): number => (p < 0.5 ? 0.4 * p : 0.6 + 0.4 * p);
  const higher = (p: number): number => 0.7 * p + 0.3;

  it.each([
    ['one bin, calibrated', scored, 1, 0],
    ['fifty bins, calibrated', scored, 50, 0],
    ['ten bins, slightly off', scoredBy(slightly), 10, undefined],
    ['ten bins, off in both directions', scoredBy(steeper), 10, undefined],
    ['ten bins, far off', scoredBy(higher), 10, undefined],
  ])('holds the true error at least as often as it says: %s', (_, draw, bins, known) => {
    expect(coverage(draw, (s) => expectedCalibrationErrorEstimate(s.truth, s.scores, { bins }), known)).toBeGreaterThanOrEqual(0.95);
  });

  it('lies above 0 where probabilities are far off, and reaches 0 where they are right', () => {
    const lowerOf = (draw: Draw<Scored>): number => {
      const { truth, scores } = draw(seededRandom(3), ROWS);
      return expectedCalibrationErrorEstimate(truth, scores).band?.lower ?? NaN;
    };
    expect(lowerOf(scored)).toBe(0);
    expect(lowerOf(scoredBy(higher))).toBeGreaterThan(0.1);
  });
});
