import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/performance-bands.json' with { type: 'json' };
import { averagePrecision } from './average-precision.js';
import { balancedAccuracy, informedness } from './balanced-accuracy.js';
import { type BandedValue } from './band.js';
import { brierEstimate } from './brier.js';
import { businessValue } from './business-value.js';
import { classAverage } from './class-average.js';
import { type ConfusionCounts } from './classification.js';
import { cohenKappa } from './cohen-kappa.js';
import { decisionShare } from './decision-share.js';
import { expectedCalibrationError, expectedCalibrationErrorEstimate } from './expected-calibration-error.js';
import { f1 } from './f1.js';
import { meanSquaredLogarithmicError, rootMeanSquaredLogarithmicError } from './logarithmic-error.js';
import { logLossEstimate } from './log-loss.js';
import { matthews } from './matthews.js';
import { confusionMatrix, type ConfusionMatrix } from './multiclass.js';
import { oneAgainstRestAuc } from './one-against-rest-auc.js';
import { meanAbsolutePercentageError } from './percentage-error.js';
import { quantileLoss } from './quantile-loss.js';
import { rSquared } from './r-squared.js';
import { meanAbsoluteErrorEstimate, meanSquaredErrorEstimate, rootMeanSquaredErrorEstimate } from './regression.js';
import { rocAucEstimate } from './roc-auc.js';
import { wilson } from './wilson.js';

const { shares, decisions, classes, scores, classScores, numbers } = oracle.cases;

/** Equal within the tolerance of the oracle, relative to the value expected. */
const near = (actual: number | undefined, expected: number): void => {
  expect(Math.abs((actual ?? NaN) - expected)).toBeLessThanOrEqual(oracle.tolerance * Math.max(Math.abs(expected), 1e-6));
};
const same = (actual: BandedValue | undefined, expected: { readonly value: number; readonly error: number | null }): void => {
  near(actual?.value, expected.value);
  if (expected.error !== null) near(actual?.error, expected.error);
};
const countsOf = ([truePositives = 0, falsePositives = 0, falseNegatives = 0, trueNegatives = 0]: readonly number[]): ConfusionCounts => ({
  truePositives,
  falsePositives,
  falseNegatives,
  trueNegatives,
});
/** What a word of the oracle file means among the words of the library. */
const oneOf = <const T extends string>(words: readonly T[], word: string): T => {
  const found = words.find((each) => each === word);
  if (found === undefined) throw new Error(`the oracle file says ${word}`);
  return found;
};
const AVERAGES = ['macro', 'weighted', 'micro'] as const;
const SHARES = [
  'accuracy',
  'precision',
  'recall',
  'specificity',
  'negative_predictive_value',
  'false_positive_rate',
  'false_negative_rate',
  'predicted_positive_rate',
  'actual_positive_rate',
] as const;
const matrixOf = ({ truePositives, falsePositives, falseNegatives, trueNegatives }: ConfusionCounts): ConfusionMatrix => ({
  classes: ['no', 'yes'],
  cells: [
    [trueNegatives, falsePositives],
    [falseNegatives, truePositives],
  ],
});

describe('shares of decisions', () => {
  it.each(shares)('have the Wilson band of statsmodels ($successes of $trials at $level)', ({ successes, trials, level, bounds }) => {
    const { lower, upper, by } = wilson(successes, trials, { level });
    near(lower, bounds[0] ?? NaN);
    near(upper, bounds[1] ?? NaN);
    expect(by).toBe('wilson');
  });

  it.each(decisions)('equal scikit-learn and statsmodels ($counts)', (given) => {
    const counts = countsOf(given.counts);
    for (const share of SHARES) near(decisionShare(share, counts)?.value, given.shares[share]);
    near(f1(counts)?.value, given.f1);
    near(f1(counts)?.band?.lower, given.f1Bounds[0] ?? NaN);
    near(f1(counts)?.band?.upper, given.f1Bounds[1] ?? NaN);
    near(balancedAccuracy(counts)?.value, given.balancedAccuracy);
    near(informedness(counts)?.value, given.informedness);
    near(informedness(counts)?.band?.lower, given.informednessBounds[0] ?? NaN);
    near(informedness(counts)?.band?.upper, given.informednessBounds[1] ?? NaN);
    near(matthews(matrixOf(counts))?.value, given.matthews);
    near(cohenKappa(matrixOf(counts))?.value, given.kappa);
  });

  it('leave out a share of nothing, and a correlation with one class', () => {
    const never = countsOf([0, 0, 3, 5]);
    expect(decisionShare('precision', never)).toBeUndefined();
    expect(f1(countsOf([0, 0, 0, 5]))).toBeUndefined();
    expect(informedness(countsOf([3, 0, 2, 0]))).toBeUndefined();
    expect(matthews(matrixOf(never))).toBeUndefined();
    expect(cohenKappa(matrixOf(countsOf([0, 0, 0, 5])))).toBeUndefined();
    expect(cohenKappa(matrixOf(never))?.value).toBe(0);
  });

  it('hold their value in a band that grows with the level and shrinks with the sample', () => {
    const count = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(fc.tuple(count, count, count, count), (four) => {
        fc.pre(four.some((n) => n > 0));
        const counts = countsOf(four);
        for (const measure of [f1, informedness, balancedAccuracy, (c: ConfusionCounts) => decisionShare('accuracy', c)]) {
          const [wide, narrow] = [measure(counts), measure(countsOf(four.map((n) => n * 9)))];
          if (!wide?.band || !narrow?.band) continue;
          expect(wide.band.lower).toBeLessThanOrEqual(wide.value);
          expect(wide.band.upper).toBeGreaterThanOrEqual(wide.value);
          expect(narrow.band.upper - narrow.band.lower).toBeLessThan(wide.band.upper - wide.band.lower);
        }
        const [loose, tight] = [decisionShare('accuracy', counts, { level: 0.5 }), decisionShare('accuracy', counts, { level: 0.99 })];
        expect(tight?.band?.upper).toBeGreaterThanOrEqual(loose?.band?.upper ?? NaN);
        expect(tight?.band?.lower).toBeLessThanOrEqual(loose?.band?.lower ?? NaN);
      }),
    );
  });
});

describe('classes', () => {
  it.each(classes)('have the values of scikit-learn, errors by complex steps and statsmodels ($cells)', (given) => {
    same(matthews(given), given.matthews);
    same(cohenKappa(given), given.kappa);
    for (const { metric, average, ...expected } of given.averages)
      same(classAverage(given, oneOf(['precision', 'recall', 'f1'], metric), oneOf(AVERAGES, average)), expected);
  });

  it('do not depend on how they are called', () => {
    const cell = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 9, maxLength: 9 }), (flat) => {
        fc.pre(flat.some((n) => n > 0));
        const order = [2, 0, 1];
        const at = (i = 0, j = 0): number => flat[3 * i + j] ?? 0;
        const matrix = { classes: ['a', 'b', 'c'], cells: [0, 1, 2].map((i) => [0, 1, 2].map((j) => at(i, j))) };
        const other = { classes: ['a', 'b', 'c'], cells: order.map((i) => order.map((j) => at(i, j))) };
        for (const measure of [
          matthews,
          cohenKappa,
          (m: ConfusionMatrix) => classAverage(m, 'f1', 'macro'),
          (m: ConfusionMatrix) => classAverage(m, 'precision', 'weighted'),
        ]) {
          const [a, b] = [measure(matrix), measure(other)];
          expect(a === undefined).toBe(b === undefined);
          expect(b?.value ?? 0).toBeCloseTo(a?.value ?? 0, 12);
          expect(b?.error ?? 0).toBeCloseTo(a?.error ?? 0, 9);
        }
      }),
    );
  });

  it('have no band where all answers are right: one of no width would claim certainty', () => {
    const perfect = confusionMatrix(['a', 'b', 'c', 'a'], ['a', 'b', 'c', 'a']);
    expect(matthews(perfect)).toEqual({ value: 1 });
    expect(cohenKappa(perfect)).toEqual({ value: 1 });
    expect(classAverage(perfect, 'f1', 'macro')).toEqual({ value: 1 });
    expect(classAverage(perfect, 'f1', 'micro')?.band?.lower).toBeLessThan(0.6);
  });

  it('refuse a matrix that is none', () => {
    const name = (n: number): ConfusionMatrix => ({ classes: ['a', 'b'], cells: [[1, n]] });
    expect(() => matthews(name(1))).toThrow('matthews requires one row and one column per class');
    expect(() => cohenKappa({ classes: ['a'], cells: [[-1]] })).toThrow('cohenKappa requires finite, non-negative counts');
    expect(() => classAverage({ classes: ['a'], cells: [[0]] }, 'f1', 'macro')).toThrow(
      'classAverage requires at least one labelled answer',
    );
    expect(() => classAverage({ classes: ['a'], cells: [[1]] }, 'f1', 'macro', { level: 1 })).toThrow(
      'classAverage requires a level between 0 and 1',
    );
  });
});

describe('business value per decision', () => {
  it.each(classes)('is the mean over rows, as numpy says ($classes)', ({ businessValue: expected, worth, ...matrix }) => {
    const values = Object.fromEntries(
      matrix.classes.map((truth, i) => [truth, Object.fromEntries(matrix.classes.map((answer, j) => [answer, worth[i]?.[j] ?? 0]))]),
    );
    same(businessValue(matrix, values), expected);
  });

  it('divides by the number of answers, not by how often each was given (NannyML 0.13)', () => {
    // 90 right "no" worth 1 each, 8 right "yes" worth 10, 2 wrong "yes" at −20: 130 for 100 answers. By columns it would be 1 + 8 − 4 = 5.
    const matrix = { classes: ['no', 'yes'], cells: [[90, 2], [0, 8]] }; // prettier-ignore
    const values = { no: { no: 1, yes: -20 }, yes: { no: -5, yes: 10 } };
    expect(businessValue(matrix, values).value).toBeCloseTo(1.3, 12);
  });

  it('needs a value for what happened only', () => {
    const matrix = confusionMatrix(['y', 'n'], ['y', 'y']);
    expect(businessValue(matrix, { y: { y: 10 }, n: { y: -4 } }).value).toBe(3);
    expect(() => businessValue(matrix, { y: { y: 10 } })).toThrow(
      'businessValue requires a finite value for every label and answer that meet',
    );
  });
});

describe('rankings', () => {
  it.each(scores)('equal scikit-learn, DeLong over all pairs and complex steps ($rocAuc.value)', (given) => {
    same(rocAucEstimate(given.truth, given.scores), given.rocAuc);
    same(averagePrecision(given.truth, given.scores), given.averagePrecision);
    same(brierEstimate(given.truth, given.scores), given.brier);
    same(logLossEstimate(given.truth, given.scores), given.logLoss);
  });

  it.each(scores)('of calibration follow from half-normal gaps as scipy has them ($rocAuc.value)', (given) => {
    const never = given.truth.map(() => false);
    for (const [found, expected] of [
      [expectedCalibrationErrorEstimate(given.truth, given.scores), given.calibration],
      [expectedCalibrationErrorEstimate(never, given.scores, { bins: 3, level: 0.9 }), given.calibrationOfThreeBins],
    ] as const) {
      near(found.value, expected.value);
      expect(found.band?.lower).toBeCloseTo(expected.bounds[0] ?? NaN, 9);
      expect(found.band?.upper).toBeCloseTo(expected.bounds[1] ?? NaN, 9);
    }
  });

  it('of calibration hold their value, do not depend on the order of rows, and are not there for certainty that was right', () => {
    const rows = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(rows, (pairs) => {
        const [truth, given] = [pairs.map(([t]) => t), pairs.map(([, s]) => s / 10)];
        const { value, band } = expectedCalibrationErrorEstimate(truth, given);
        expect(value).toBe(expectedCalibrationError(truth, given));
        expect(band?.lower).toBeLessThanOrEqual(value);
        expect(band?.upper).toBeGreaterThanOrEqual(value);
        const turned = expectedCalibrationErrorEstimate(truth.toReversed(), given.toReversed());
        expect(turned.band?.lower).toBeCloseTo(band?.lower ?? NaN, 12);
        expect(turned.band?.upper).toBeCloseTo(band?.upper ?? NaN, 12);
      }),
    );
    expect(expectedCalibrationErrorEstimate([true, false], [1, 0])).toEqual({ value: 0 });
    expect(() => expectedCalibrationErrorEstimate([true], [0.5], { level: 1 })).toThrow(
      'expectedCalibrationError requires a level between 0 and 1',
    );
  });

  it.each(classScores.cases)('of classes equal scikit-learn one against rest ($average)', ({ average, ...expected }) => {
    same(
      oneAgainstRestAuc({ truth: classScores.truth, scores: new Map(Object.entries(classScores.scores)) }, oneOf(AVERAGES, average)),
      expected,
    );
  });

  it('keep the lowest positive in the error of the area (NannyML 0.13 drops it)', () => {
    // Positives win 1, 1 and 0 of 2 pairs: variance 1/3 over 3. Negatives are beaten by 2/3 each: no variance. NannyML sees 1 and 1 only.
    const { value, error } = rocAucEstimate([true, true, true, false, false], [0.9, 0.8, 0.1, 0.5, 0.4]);
    expect(value).toBeCloseTo(2 / 3, 12);
    expect(error).toBeCloseTo(1 / 3, 12);
  });

  it('depend on the order of scores alone, and not on the order of rows', () => {
    const rows = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 9 })), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(rows, (pairs) => {
        const truth = pairs.map(([t]) => t);
        fc.pre(truth.includes(true) && truth.includes(false));
        const given = pairs.map(([, s]) => s);
        for (const measure of [rocAucEstimate, averagePrecision]) {
          const { value, error = 0 } = measure(truth, given);
          const stretched = measure(truth, given.map((s) => Math.exp(s) - 7)); // prettier-ignore
          const turned = measure(truth.toReversed(), given.toReversed());
          expect(stretched).toEqual(measure(truth, given));
          expect(turned.value).toBeCloseTo(value, 12);
          expect(turned.error ?? 0).toBeCloseTo(error, 9);
        }
      }),
    );
  });

  it('have a band also where the classes are parted without exception', () => {
    const parted = rocAucEstimate([true, true, true, false, false], [5, 4, 3, 2, 1]);
    expect(parted).toEqual({ value: 1, band: wilson(2, 2) });
    expect(rocAucEstimate([false, true], [2, 1]).value).toBe(0);
    expect(averagePrecision([true, false], [2, 1])).toEqual({ value: 1 });
    expect(rocAucEstimate([true, false, false], [1, 1, 1])).toEqual({ value: 0.5 });
  });

  it('refuse what cannot be ranked', () => {
    expect(() => averagePrecision([false], [1])).toThrow('averagePrecision requires a positive among the labels');
    expect(() => averagePrecision([true], [NaN])).toThrow('averagePrecision requires finite values');
    expect(() => oneAgainstRestAuc({ truth: ['a'], scores: new Map([['a', [1]]]) }, 'macro')).toThrow('scores of at least two classes');
    const two = new Map([['a', [1]], ['b', [1]]]); // prettier-ignore
    expect(() => oneAgainstRestAuc({ truth: ['c'], scores: two }, 'macro')).toThrow(
      "oneAgainstRestAuc requires scores of every label's class",
    );
    expect(() => oneAgainstRestAuc({ truth: ['a'], scores: two }, 'weighted')).toThrow('requires both classes among the labels');
  });
});

describe('errors of numbers', () => {
  it.each(numbers)('equal scikit-learn, with the standard errors of scipy ($name)', ({ truth, answers, ...given }) => {
    same(meanAbsoluteErrorEstimate(truth, answers), given.mae);
    same(meanSquaredErrorEstimate(truth, answers), given.mse);
    near(rootMeanSquaredErrorEstimate(truth, answers).value, given.rmse);
    near(rootMeanSquaredErrorEstimate(truth, answers).error, given.mse.error / (2 * given.rmse));
    same(meanAbsolutePercentageError(truth, answers), given.mape);
    same(meanSquaredLogarithmicError(truth, answers), given.msle);
    near(rootMeanSquaredLogarithmicError(truth, answers).value, given.rmsle);
    same(rSquared(truth, answers), given.r2);
    for (const { quantile, ...expected } of given.quantile) same(quantileLoss(truth, answers, { quantile }), expected);
  });

  it('scale with the unit of the target, R² and the percentage error not at all', () => {
    const value = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 3, maxLength: 30 }), (rows) => {
        const [truth, answers] = [rows.map(([t]) => t), rows.map(([, a]) => a)];
        fc.pre(new Set(truth).size > 1);
        const times = (values: readonly number[]): number[] => values.map((each) => each * 8);
        expect(meanAbsoluteErrorEstimate(times(truth), times(answers)).value).toBe(8 * meanAbsoluteErrorEstimate(truth, answers).value);
        const [pinball, scaled] = [[truth, answers] as const, [times(truth), times(answers)] as const].map(([t, a]) =>
          quantileLoss(t, a, { quantile: 0.3 }),
        );
        expect(scaled?.value).toBeCloseTo(8 * (pinball?.value ?? NaN), 9);
        expect(rSquared(times(truth), times(answers))).toEqual(rSquared(truth, answers));
        expect(meanAbsolutePercentageError(times(truth), times(answers))).toEqual(meanAbsolutePercentageError(truth, answers));
      }),
    );
  });

  it('have no band for one row, and none for perfect answers', () => {
    expect(meanAbsoluteErrorEstimate([1], [3])).toEqual({ value: 2 });
    expect(rootMeanSquaredErrorEstimate([1, 2], [1, 2])).toEqual({ value: 0 });
    expect(rSquared([1, 2], [1, 2])).toEqual({ value: 1 });
  });

  it('refuse what cannot be measured, by name', () => {
    expect(() => meanAbsolutePercentageError([0, 1], [1, 1])).toThrow('meanAbsolutePercentageError requires labels other than 0');
    expect(() => meanSquaredLogarithmicError([-1], [1])).toThrow('meanSquaredLogarithmicError requires values above -1');
    expect(() => rSquared([2, 2], [1, 3])).toThrow('rSquared requires labels that differ');
    expect(() => quantileLoss([1], [1], { quantile: 1 })).toThrow('quantileLoss requires a quantile between 0 and 1');
    expect(() => meanSquaredErrorEstimate([], [])).toThrow('meanSquaredError requires at least one labelled answer');
    expect(() => meanAbsoluteErrorEstimate([1], [Infinity])).toThrow('meanAbsoluteError requires finite values');
    expect(() => wilson(3, 2)).toThrow('wilson requires between 0 and all of at least one trial');
  });
});
