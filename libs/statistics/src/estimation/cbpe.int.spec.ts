import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/cbpe.json' with { type: 'json' };
import { averagePrecision } from '../performance/average-precision.js';
import { rocAuc } from '../performance/roc-auc.js';
import { seededRandom } from '../random.js';
import { populationDeviation } from '../summation.js';
import { binaryErrors, type LabelledAnswers } from './binary-errors.js';
import { binaryMetrics, expectedConfusion } from './binary-metrics.js';
import { calibrate, calibrationFor, equalCountCalibrationError } from './calibration.js';
import { cbpe } from './cbpe.js';
import { chunksOf } from './chunks.js';
import { type Estimate } from './estimate.js';
import { expectedAveragePrecision, expectedRocAuc } from './expected-ranking.js';

const { given, pipelines, aucError } = oracle.cases;
const VALUES = { truePositives: 10, falsePositives: -4, falseNegatives: -20, trueNegatives: 1 };
const flags = (numbers: readonly number[]): boolean[] => numbers.map((number) => number === 1);
const unpack = (packed: { readonly scores: string; readonly predictions: string; readonly truth: string }): LabelledAnswers => ({
  scores: packed.scores.split(' ').map((tenThousandths) => Number(tenThousandths) / 10_000),
  predictions: [...packed.predictions].map((digit) => digit === '1'),
  truth: [...packed.truth].map((digit) => digit === '1'),
});
const slice = ({ scores, predictions, truth }: LabelledAnswers, from: number, to: number): LabelledAnswers => ({
  scores: Array.from(scores).slice(from, to),
  predictions: predictions.slice(from, to),
  truth: truth.slice(from, to),
});
const of = <M extends string>(estimates: readonly Estimate<M>[], metric: M): Estimate<M> | undefined =>
  estimates.find((estimate) => estimate.metric === metric);

/** Answers of a model whose score is the logistic of z, while the truth follows `chance(z)`. */
const simulated = (n: number, seed: number, shift = 0, chance = (z: number): number => 1 / (1 + Math.exp(-z))): LabelledAnswers => {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const z = Array.from({ length: n }, () => shift + 1.5 * normal());
  const scores = z.map((value) => 1 / (1 + Math.exp(-value)));
  return { scores, predictions: scores.map((score) => score >= 0.5), truth: z.map((value) => random() < chance(value)) };
};

describe('what probabilities say about yes/no answers', () => {
  it.each(given)('equals NannyML and its exact sums to 1e-9: $name', (case_) => {
    const answers = { probabilities: case_.probabilities, scores: case_.scores, predictions: flags(case_.predictions) };
    const metrics = binaryMetrics(answers, VALUES);
    for (const [metric, value] of Object.entries(case_.estimates)) {
      const found = [...metrics].find(([id]) => id === metric)?.[1];
      expect(Math.abs((found ?? NaN) - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
    }
    // The peer rounds its running sums to five digits.
    expect(metrics.get('roc_auc')).toBeCloseTo(case_.roundedByPeer.roc_auc, 5);
    expect(metrics.get('average_precision')).toBeCloseTo(case_.roundedByPeer.average_precision, 5);
  });

  it.each(given)(
    'gives the realised ranking metrics of scikit-learn when probabilities are labels: $name',
    ({ truth, scores, realised }) => {
      expect(expectedRocAuc(truth, scores)).toBeCloseTo(realised.roc_auc, 12);
      expect(expectedAveragePrecision(truth, scores)).toBeCloseTo(realised.average_precision, 12);
    },
  );

  it.each(given)('values a prediction over all predictions, where NannyML per_prediction divides by column sums (defect 12)', (case_) => {
    const answers = { probabilities: case_.probabilities, scores: case_.scores, predictions: flags(case_.predictions) };
    expect(binaryMetrics(answers, VALUES).get('business_value')).toBeCloseTo(case_.perPrediction, 9);
    expect(Math.abs(case_.peerPerPrediction - case_.perPrediction)).toBeGreaterThan(1);
  });

  it('does not depend on the order of tied scores, and mirrors', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 4 })), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(rows, (pairs) => {
        const [p, s] = [pairs.map(([a]) => a / 8), pairs.map(([, b]) => b / 4)];
        const auc = expectedRocAuc(p, s);
        fc.pre(auc !== undefined);
        expect(expectedRocAuc(p.toReversed(), s.toReversed())).toBeCloseTo(auc ?? NaN, 12);
        expect(expectedAveragePrecision(p.toReversed(), s.toReversed())).toBeCloseTo(expectedAveragePrecision(p, s) ?? NaN, 12);
        expect(
          expectedRocAuc(
            p,
            s.map((score) => -score),
          ),
        ).toBeCloseTo(1 - (auc ?? NaN), 12);
      }),
    );
  });

  it('keeps every answer in one of the four outcomes', () => {
    const rows = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), { minLength: 1 });
    fc.assert(
      fc.property(rows, (pairs) => {
        const counts = expectedConfusion(
          pairs.map(([p]) => p),
          pairs.map(([, yes]) => yes),
        );
        expect(counts.truePositives + counts.falsePositives + counts.falseNegatives + counts.trueNegatives).toBeCloseTo(pairs.length, 9);
      }),
    );
  });

  it('leaves out a share of nothing instead of calling it 0', () => {
    const metrics = binaryMetrics({ probabilities: [0, 0], scores: [0.1, 0.2], predictions: [false, false] });
    expect([...metrics.keys()]).toEqual(['specificity', 'accuracy', 'true_positive', 'false_positive', 'false_negative', 'true_negative']);
  });
});

describe('the sampling error of a chunk', () => {
  it.each(given)('equals NannyML to 1e-9: $name', (case_) => {
    const answers = { truth: flags(case_.truth), scores: case_.scores, predictions: flags(case_.predictions) };
    const errors = binaryErrors(answers, VALUES);
    for (const [metric, value] of Object.entries(case_.samplingErrorsOf400Rows)) {
      const found = [...errors].find(([id]) => id === metric)?.[1];
      expect(Math.abs((found ?? NaN) / 20 - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, value));
    }
  });

  it.each(given)('of the average precision agrees with the mean of many unseeded runs of NannyML within 15 %: $name', (case_) => {
    const answers = { truth: flags(case_.truth), scores: case_.scores, predictions: flags(case_.predictions) };
    const found = binaryErrors(answers).get('average_precision');
    expect(Math.abs((found ?? NaN) / 20 / case_.averagePrecisionError - 1)).toBeLessThan(0.15);
    expect(binaryErrors({ ...answers, truth: answers.truth.map(() => false) }).has('average_precision')).toBe(false);
  });

  it('of the ROC AUC keeps the positive that ranks lowest, which NannyML drops (defect 14)', () => {
    const answers = { truth: flags(aucError.truth), scores: aucError.scores, predictions: aucError.truth.map(() => true) };
    const found = binaryErrors(answers).get('roc_auc');
    expect(found).toBeCloseTo(aucError.all, 12);
    expect(Math.abs(aucError.peer - aucError.all)).toBeGreaterThan(0.1);
  });

  it.each(given)("of the ROC AUC is DeLong's, counted over all pairs: $name", (case_) => {
    const answers = { truth: flags(case_.truth), scores: case_.scores, predictions: flags(case_.predictions) };
    expect(binaryErrors(answers).get('roc_auc')).toBeCloseTo(case_.rocAucError, 9);
  });

  it('of the ROC AUC counts ties by mid-ranks whatever their order, and is unknown with one case in a class', () => {
    const error = (truth: readonly boolean[], scores: readonly number[]): number | undefined =>
      binaryErrors({ truth, scores, predictions: truth }).get('roc_auc');
    const [truth, scores] = [
      [true, false, true, false, false],
      [0.5, 0.5, 0.9, 0.5, 0.1],
    ];
    expect(error(truth.toReversed(), scores.toReversed())).toBeCloseTo(error(truth, scores) ?? NaN, 12);
    expect(error([true, true, false, false], [0.9, 0.8, 0.2, 0.1])).toBe(0);
    expect(error([true, false, false], [0.9, 0.2, 0.4])).toBeUndefined();
  });

  it('of rankings is how far chunks scatter, also where classes are even', () => {
    const found = binaryErrors(simulated(4000, 8));
    const chunks = Array.from({ length: 800 }, (_, i) => simulated(200, 100 + i));
    for (const [metric, measure] of [
      ['roc_auc', rocAuc],
      ['average_precision', (truth: readonly boolean[], scores: ArrayLike<number>) => averagePrecision(truth, scores).value],
    ] as const) {
      const scatter = populationDeviation(chunks.map(({ truth, scores }) => measure(truth, scores)));
      expect(Math.abs(scatter / ((found.get(metric) ?? NaN) / Math.sqrt(200)) - 1)).toBeLessThan(0.08);
    }
  });
});

describe('calibration', () => {
  it.each(given)('measures the calibration error of NannyML, with bins of equal count: $name', ({ truth, scores, calibrationError }) => {
    expect(equalCountCalibrationError(flags(truth), scores)).toBeCloseTo(calibrationError, 12);
  });

  it('is kept where it lowers the error on held-out rows, and left where scores are right', () => {
    const over = simulated(2000, 3, 0, (z) => 1 / (1 + Math.exp(-0.4 * z)));
    const calibration = calibrationFor(over.truth, over.scores);
    expect(calibration.curve).toBeDefined();
    expect(calibration.errorAfter).toBeLessThan((calibration.errorBefore ?? 0) / 2);
    expect(equalCountCalibrationError(over.truth, calibrate(calibration, over.scores))).toBeLessThan(0.02);
    const right = calibrationFor([true, false, ...Array.from({ length: 98 }, (_, i) => i % 2 === 0)], new Array<number>(100).fill(0.5));
    expect(right.curve).toBeUndefined();
  });

  it('is not tried with one class, with few rows, or with scores that separate the classes', () => {
    expect(calibrationFor(new Array<boolean>(50).fill(true), new Array<number>(50).fill(0.4))).toEqual({});
    expect(calibrationFor([true, false], [0.4, 0.4])).toEqual({});
    const truth = Array.from({ length: 60 }, (_, i) => i >= 30);
    expect(
      calibrationFor(
        truth,
        truth.map((_, i) => i / 60),
      ),
    ).toEqual({});
  });
});

describe('cbpe', () => {
  it.each(pipelines)('follows the whole of NannyML: $name', ({ reference, current, expected, chunkSize, calibrated, rocAucError }) => {
    const [known, later] = [unpack(reference), unpack(current)];
    const fitted = cbpe(known, { chunkSize });
    expect(fitted.parameters).toMatchObject({ method: 'cbpe', chunkSize, referenceChunks: 10, calibrated });
    for (const [index, { from, to }] of chunksOf(later.truth.length, chunkSize).entries()) {
      const estimates = fitted.estimate(slice(later, from, to));
      for (const [metric, peer] of Object.entries(expected)) {
        const found = estimates.find((estimate) => estimate.metric === metric);
        // Both fit one curve on all of the reference; ties of the score, which the peer takes in the order of its sort, are what is left.
        expect(Math.abs((found?.value ?? NaN) - (peer.value[index] ?? NaN))).toBeLessThan(
          metric === 'roc_auc' || metric === 'average_precision' ? 1e-3 : 1e-9,
        );
        expect(Math.abs((found?.threshold.lower ?? NaN) - (peer.thresholdLower[index] ?? NaN))).toBeLessThan(1e-9);
        expect(Math.abs((found?.threshold.upper ?? NaN) - (peer.thresholdUpper[index] ?? NaN))).toBeLessThan(1e-9);
        // The peer draws the resamples of the average precision unseeded, and leaves a class out of the error of the ROC AUC.
        const error = metric === 'roc_auc' ? rocAucError / Math.sqrt(to - from) : (peer.samplingError[index] ?? NaN);
        expect(Math.abs((found?.samplingError ?? NaN) / error - 1)).toBeLessThan(metric === 'average_precision' ? 0.35 : 1e-9);
      }
    }
  });

  it('says what a shift of the inputs does to performance before labels come, within its band', () => {
    const fitted = cbpe(simulated(5000, 1), { chunkSize: 500 });
    const later = simulated(10_000, 2, 1);
    const inside: number[] = [];
    for (const { from, to } of chunksOf(10_000, 500)) {
      const chunk = slice(later, from, to);
      const realised = fitted.realise(chunk);
      for (const { metric, value, band } of fitted.estimate(chunk)) {
        const truth = realised.get(metric) ?? NaN;
        expect(Math.abs(value - truth)).toBeLessThan(0.12);
        inside.push(truth >= band.lower && truth <= band.upper ? 1 : 0);
      }
    }
    expect(inside.reduce((sum, one) => sum + one, 0) / inside.length).toBeGreaterThan(0.97);
  });

  it('echoes the configuration that was used in every result (defect 11)', () => {
    const { parameters } = cbpe(simulated(300, 1), { chunkSize: 75 });
    expect(parameters).toMatchObject({ chunkSize: 75, referenceChunks: 4, referenceRows: 300, bandErrors: 3, thresholdDeviations: 3 });
  });

  it('keeps no state between chunks: an estimate does not depend on the one before (defect 15)', () => {
    const fitted = cbpe(simulated(1000, 1));
    const [calm, moved] = [simulated(200, 2), simulated(200, 3, 3)];
    const first = fitted.estimate(calm);
    fitted.estimate(moved);
    expect(fitted.estimate(calm)).toEqual(first);
  });

  it('ranks by the raw score, not by the curve, which makes ties', () => {
    const over = simulated(3000, 5, 0, (z) => 1 / (1 + Math.exp(-0.4 * z)));
    const value = of(cbpe(over).estimate(over), 'roc_auc')?.value;
    expect(Math.abs((value ?? NaN) - rocAuc(over.truth, over.scores))).toBeLessThan(0.01);
  });

  it('refuses what it cannot learn from', () => {
    const two = { scores: [0.1, 0.9], predictions: [false, true], truth: [false, true] };
    expect(() => cbpe({ ...two, scores: [0.1, 1.9] })).toThrow('cbpe requires probabilities between 0 and 1');
    expect(() => cbpe({ ...two, scores: [0.1] })).toThrow('cbpe requires as many answers as labels');
    expect(() => cbpe(two, { chunkSize: 2 })).toThrow('cbpe requires at least two chunks in the reference');
    expect(() => cbpe({ ...two, truth: [true, true] })).toThrow('cbpe requires both classes among the labels of the reference');
    expect(() => cbpe(two, { chunkSize: 0 })).toThrow('chunksOf requires a whole chunk size of at least one row');
    expect(() => cbpe(two).estimate({ scores: [], predictions: [] })).toThrow('cbpe requires at least one labelled answer');
  });
});
