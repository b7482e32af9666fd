import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/performance.json' with { type: 'json' };
import { brier } from './brier.js';
import { classificationMetrics } from './classification.js';
import { calibrationBins, expectedCalibrationError } from './expected-calibration-error.js';
import { logLoss } from './log-loss.js';
import { confusionMatrix, macroMetrics, oneAgainstRest } from './multiclass.js';
import { meanAbsoluteError, rootMeanSquaredError } from './regression.js';
import { rocAuc } from './roc-auc.js';

const { binary, certain, multiclass, regression } = oracle.cases;

describe('performance of yes/no answers', () => {
  it.each(binary)('equals scikit-learn on ties and none alike ($rocAuc)', (given) => {
    const words = (flags: readonly boolean[]): string[] => flags.map(String);
    const metrics = classificationMetrics(
      oneAgainstRest(confusionMatrix(words(given.truth), words(given.probabilities.map((p) => p >= 0.5))), 'true'),
    );
    expect(rocAuc(given.truth, given.probabilities)).toBeCloseTo(given.rocAuc, 12);
    expect(logLoss(given.truth, given.probabilities)).toBeCloseTo(given.logLoss, 12);
    expect(brier(given.truth, given.probabilities)).toBeCloseTo(given.brier, 12);
    expect(expectedCalibrationError(given.truth, given.probabilities)).toBeCloseTo(given.expectedCalibrationError, 12);
    expect(metrics.accuracy).toBeCloseTo(given.accuracy, 12);
    expect(metrics.precision).toBeCloseTo(given.precision, 12);
    expect(metrics.recall).toBeCloseTo(given.recall, 12);
    expect(metrics.f1).toBeCloseTo(given.f1, 12);
  });

  it('keeps one confident error finite in the log loss, as scikit-learn clips', () => {
    expect(logLoss(certain.truth, certain.probabilities)).toBeCloseTo(certain.logLoss, 12);
  });

  it('counts ties as half and mirrors when scores are reversed', () => {
    expect(rocAuc([true, false], [0.5, 0.5])).toBe(0.5);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 9 })), { minLength: 2 }), (pairs) => {
        const truth = pairs.map(([t]) => t);
        fc.pre(truth.includes(true) && truth.includes(false));
        const scores = pairs.map(([, s]) => s);
        expect(
          rocAuc(truth, scores) +
            rocAuc(
              truth,
              scores.map((s) => -s),
            ),
        ).toBeCloseTo(1, 12);
      }),
    );
  });

  it('leaves out a share of nothing instead of calling it 0', () => {
    expect(classificationMetrics({ truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 5 })).toEqual({ accuracy: 1 });
  });

  it('draws a reliability diagram without empty bins', () => {
    expect(calibrationBins([true, false, true], [1, 0.05, 0.9375])).toEqual([
      { from: 0, to: 0.1, count: 1, meanProbability: 0.05, observedShare: 0 },
      { from: 0.9, to: 1, count: 2, meanProbability: 0.96875, observedShare: 1 },
    ]);
  });

  it('refuses what cannot be scored', () => {
    expect(() => rocAuc([true], [0.5])).toThrow('rocAuc requires both classes among the labels');
    expect(() => rocAuc([true, false], [0.5])).toThrow('rocAuc requires as many answers as labels');
    expect(() => brier([], [])).toThrow('brier requires at least one labelled answer');
    expect(() => logLoss([true], [1.2])).toThrow('logLoss requires probabilities between 0 and 1');
    expect(() => calibrationBins([true], [0.5], 0)).toThrow('calibrationBins requires at least one bin');
    expect(() => classificationMetrics({ truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 })).toThrow(
      'at least one labelled answer',
    );
    expect(() => classificationMetrics({ truePositives: -1, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 })).toThrow(
      'non-negative counts',
    );
  });
});

describe('performance of classes and numbers', () => {
  it('makes the confusion matrix and macro means of scikit-learn', () => {
    const matrix = confusionMatrix(multiclass.truth, multiclass.answers);
    expect(matrix.cells).toEqual(multiclass.matrix);
    const metrics = macroMetrics(matrix);
    expect(metrics.accuracy).toBeCloseTo(multiclass.accuracy, 12);
    expect(metrics.precision).toBeCloseTo(multiclass.precision, 12);
    expect(metrics.recall).toBeCloseTo(multiclass.recall, 12);
    expect(metrics.f1).toBeCloseTo(multiclass.f1, 12);
  });

  it('knows nothing about a class nobody named', () => {
    expect(classificationMetrics(oneAgainstRest(confusionMatrix(['a'], ['a']), 'z'))).toEqual({ accuracy: 1 });
  });

  it('measures errors of numbers as scikit-learn does', () => {
    expect(meanAbsoluteError(regression.truth, regression.answers)).toBeCloseTo(regression.mae, 12);
    expect(rootMeanSquaredError(regression.truth, regression.answers)).toBeCloseTo(regression.rmse, 12);
    expect(() => meanAbsoluteError([1], [NaN])).toThrow('meanAbsoluteError requires finite values');
  });
});
