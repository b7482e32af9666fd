import { describe, expect, it } from '@jest/globals';
import { type Random, seededRandom } from '../random.js';
import { averagePrecision } from './average-precision.js';
import { balancedAccuracy } from './balanced-accuracy.js';
import { type BandedValue } from './band.js';
import { brierEstimate } from './brier.js';
import { classAverage } from './class-average.js';
import { type ConfusionCounts } from './classification.js';
import { cohenKappa } from './cohen-kappa.js';
import { decisionShare } from './decision-share.js';
import { f1 } from './f1.js';
import { logLossEstimate } from './log-loss.js';
import { matthews } from './matthews.js';
import { confusionMatrix, type ConfusionMatrix, oneAgainstRest } from './multiclass.js';
import { rSquared } from './r-squared.js';
import { meanAbsoluteErrorEstimate, rootMeanSquaredErrorEstimate } from './regression.js';
import { rocAucEstimate } from './roc-auc.js';

const ROWS = 200;
const RUNS = 400;

/** In how many of so many seeded samples the band holds the value of the metric in a sample two hundred times as large. */
const coverage = <Sample>(draw: (random: Random, rows: number) => Sample, measure: (sample: Sample) => BandedValue | undefined): number => {
  const random = seededRandom(5);
  const truth = measure(draw(random, ROWS * 200))?.value ?? NaN;
  let held = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const band = measure(draw(random, ROWS))?.band;
    if (band && band.lower <= truth && truth <= band.upper) held += 1;
  }
  return held / RUNS;
};

type Scored = { readonly truth: readonly boolean[]; readonly scores: readonly number[] };

/** Calibrated probabilities of a rare class: three in ten on average, scores as they come. */
const scored = (random: Random, rows: number): Scored => {
  const scores = Array.from({ length: rows }, () => random() ** 2.3);
  return { truth: scores.map((p) => random() < p), scores };
};
const counts = (random: Random, rows: number): ConfusionCounts => {
  const { truth, scores } = scored(random, rows);
  return oneAgainstRest(
    confusionMatrix(
      truth.map(String),
      scores.map((p) => String(p > 0.5)),
    ),
    'true',
  );
};
const classesOf = (random: Random, rows: number): ConfusionMatrix => {
  const truth = Array.from({ length: rows }, () => (random() < 0.5 ? 'a' : random() < 0.6 ? 'b' : 'c'));
  return confusionMatrix(truth, truth.map((word) => (random() < 0.7 ? word : random() < 0.5 ? 'a' : 'b'))); // prettier-ignore
};
type Numbers = { readonly truth: readonly number[]; readonly answers: readonly number[] };
const numbers = (random: Random, rows: number): Numbers => {
  const truth = Array.from({ length: rows }, () => 10 * random());
  return { truth, answers: truth.map((value) => value + 3 * (random() + random() - 0.9)) };
};
/** Amounts with a long tail, and errors that grow with them: one row in a hundred carries a fifth of the squared error. */
const amounts = (random: Random, rows: number): Numbers => {
  const truth = Array.from({ length: rows }, () => -Math.log(1 - random()));
  return { truth, answers: truth.map((value) => value + (random() - 0.4) * (0.5 + value)) };
};

describe('bands at the level 0.95 with 200 rows', () => {
  it.each([
    ['accuracy', coverage(counts, (c) => decisionShare('accuracy', c))],
    ['recall', coverage(counts, (c) => decisionShare('recall', c))],
    ['f1', coverage(counts, f1)],
    ['balanced accuracy', coverage(counts, balancedAccuracy)],
    ['roc auc', coverage(scored, (s) => rocAucEstimate(s.truth, s.scores))],
    ['average precision', coverage(scored, (s) => averagePrecision(s.truth, s.scores))],
    ['brier', coverage(scored, (s) => brierEstimate(s.truth, s.scores))],
    ['log loss', coverage(scored, (s) => logLossEstimate(s.truth, s.scores))],
    ['matthews', coverage(classesOf, matthews)],
    ['kappa', coverage(classesOf, cohenKappa)],
    ['f1 macro', coverage(classesOf, (m) => classAverage(m, 'f1', 'macro'))],
    ['precision weighted', coverage(classesOf, (m) => classAverage(m, 'precision', 'weighted'))],
    ['mae', coverage(numbers, (s) => meanAbsoluteErrorEstimate(s.truth, s.answers))],
    ['rmse', coverage(numbers, (s) => rootMeanSquaredErrorEstimate(s.truth, s.answers))],
    ['r2', coverage(numbers, (s) => rSquared(s.truth, s.answers))],
  ])('hold the true %s in 92 to 98 of a hundred samples (%d)', (_, share) => {
    expect(share).toBeGreaterThan(0.92);
    expect(share).toBeLessThan(0.98);
  });

  it('are too narrow where few large errors carry the sum, and say so in their docstring', () => {
    const share = coverage(amounts, (s) => rootMeanSquaredErrorEstimate(s.truth, s.answers));
    expect(share).toBeGreaterThan(0.86);
    expect(share).toBeLessThan(0.93);
  });
});
