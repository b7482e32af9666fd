import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/dle.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { compensatedMean } from '../summation.js';
import { chunksOf } from './chunks.js';
import { dle, type LabelledNumericAnswers } from './dle.js';
import { codesOf, featureBins } from './feature-bins.js';
import { gradientBoosting } from './gradient-boosting.js';
import { regressionTree, treeAt } from './regression-tree.js';
import { lossesOf, regressionErrors, regressionMetrics } from './regression-losses.js';

const { booster, orders } = oracle.cases;
const hundredths = (packed: string): number[] => packed.split(' ').map((number) => Number(number) / 100);
const unpack = (packed: Readonly<Record<'distance' | 'weight' | 'day' | 'prediction' | 'truth', string>>): LabelledNumericAnswers => ({
  features: [hundredths(packed.distance), hundredths(packed.weight), hundredths(packed.day)],
  predictions: hundredths(packed.prediction),
  truth: hundredths(packed.truth),
});
const slice = ({ features, predictions, truth }: LabelledNumericAnswers, from: number, to: number): LabelledNumericAnswers => ({
  features: features.map((column) => Array.from(column).slice(from, to)),
  predictions: Array.from(predictions).slice(from, to),
  truth: Array.from(truth).slice(from, to),
});
const [reference, current] = [unpack(orders.reference), unpack(orders.current)];

describe('bins of a feature', () => {
  it('keeps every distinct value apart while there are few, and missing values apart from all', () => {
    const bins = featureBins([3, 1, 2, NaN, 1]);
    expect([...codesOf(bins, [NaN, 0, 1, 2, 3, 9])]).toEqual([0, 1, 1, 2, 3, 3]);
  });

  it('cuts many values at even steps into at most 255 bins', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => i / 7);
    const codes = codesOf(featureBins(values), values);
    const counts = new Map<number, number>();
    for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    expect(counts.size).toBeLessThanOrEqual(255);
    expect(Math.max(...counts.values())).toBeLessThan(90);
  });

  it('keeps the order of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 2, maxLength: 400 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const codes = [...codesOf(featureBins(values), sorted)];
        expect(codes).toEqual(codes.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('the learner of losses', () => {
  it('grows the first tree of LightGBM where the bins are the same, which keeps gradients in single precision', () => {
    const bins = booster.features.map(featureBins);
    const codes = (columns: readonly (readonly number[])[]): Uint8Array[] => bins.map((cuts, i) => codesOf(cuts, columns[i] ?? []));
    const mean = compensatedMean(booster.target);
    const rest = Float64Array.from(booster.target, (value) => value - mean);
    const tree = regressionTree(codes(booster.features), rest, { leaves: 31, rowsPerLeaf: 20 });
    booster.oneTree.forEach((value, row) => expect(Math.abs(mean + 0.1 * treeAt(tree, codes(booster.at), row) - value)).toBeLessThan(1e-7));
  });

  it('stays near LightGBM over a hundred trees, in which single precision decides near ties otherwise', () => {
    const found = gradientBoosting(booster.features, booster.target)(booster.at);
    const apart = booster.expected.map((value, i) => Math.abs((found[i] ?? NaN) - value));
    expect(compensatedMean(apart)).toBeLessThan(0.03);
  });

  it('says the mean where there is nothing to learn', () => {
    expect([...gradientBoosting([[1, 2, 3]], [1, 2, 6])([[9, NaN]])]).toEqual([3, 3]);
    const constant = gradientBoosting(
      [new Array<number>(100).fill(7)],
      Array.from({ length: 100 }, (_, i) => i),
    )([[7]]);
    expect(constant[0]).toBeCloseTo(49.5, 12);
  });

  it('learns what a missing value means', () => {
    const feature = Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? NaN : i % 7));
    const target = feature.map((value) => (Number.isNaN(value) ? 5 : 1));
    const found = gradientBoosting([feature], target)([[NaN, 3]]);
    expect(found[0]).toBeCloseTo(5, 3);
    expect(found[1]).toBeCloseTo(1, 3);
  });

  it('refuses columns of another length and targets that are not finite', () => {
    expect(() => gradientBoosting([[1]], [1, 2])).toThrow('gradientBoosting requires as many values in every feature as targets');
    expect(() => gradientBoosting([[1]], [NaN])).toThrow('gradientBoosting requires finite values');
  });
});

describe('losses of numeric answers', () => {
  it('make the metrics of scikit-learn and the sampling errors of NannyML to 1e-9', () => {
    const losses = lossesOf(reference.truth, reference.predictions);
    const [metrics, errors] = [regressionMetrics(losses), regressionErrors(losses)];
    for (const [metric, value] of metrics) {
      expect(Math.abs(value / orders.referenceMetrics[metric] - 1)).toBeLessThan(1e-9);
      expect(Math.abs((errors.get(metric) ?? NaN) / 10 / orders.samplingErrorsOf100Rows[metric] - 1)).toBeLessThan(1e-9);
    }
    expect(metrics.size).toBe(6);
  });

  it('leave the logarithmic metrics out where a number is negative', () => {
    expect([...regressionMetrics(lossesOf([1, -2], [1, 1])).keys()]).toEqual(['mae', 'mape', 'mse', 'rmse']);
  });

  it('have no error where there is no loss', () => {
    expect([...regressionErrors(lossesOf([1, 2], [1, 2])).values()]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('dle', () => {
  const fitted = dle(reference, { chunkSize: orders.chunkSize });

  it('follows the whole of NannyML: thresholds and errors to 1e-9, estimates within a sampling error because LightGBM bins otherwise', () => {
    for (const [index, { from, to }] of chunksOf(current.truth.length, orders.chunkSize).entries()) {
      for (const { metric, value, threshold, samplingError } of fitted.estimate(slice(current, from, to))) {
        const peer = orders.expected[metric];
        expect(Math.abs(value - (peer.value[index] ?? NaN))).toBeLessThan(samplingError);
        expect(Math.abs(threshold.upper / (peer.thresholdUpper[index] ?? NaN) - 1)).toBeLessThan(1e-9);
        expect(Math.abs(threshold.lower - (peer.thresholdLower[index] ?? NaN))).toBeLessThan(1e-9);
        expect(Math.abs(samplingError / (peer.samplingError[index] ?? NaN) - 1)).toBeLessThan(1e-9);
      }
    }
  });

  it('sees larger losses coming where the inputs move to where the model errs', () => {
    const estimates = fitted.estimate(current);
    const mae = estimates.find(({ metric }) => metric === 'mae')?.value ?? NaN;
    expect(mae).toBeGreaterThan(orders.referenceMetrics.mae * 1.15);
    expect(Math.abs(mae / orders.realisedLater.mae - 1)).toBeLessThan(0.1);
    expect(fitted.realise(current).get('mae')).toBeCloseTo(orders.realisedLater.mae, 9);
  });

  it('is the same to the bit whenever it is fitted, and does not depend on the chunk before', () => {
    expect(dle(reference, { chunkSize: orders.chunkSize }).estimate(current)).toEqual(fitted.estimate(current));
  });

  it('echoes the configuration that was used (defect 11)', () => {
    expect(fitted.parameters).toMatchObject({ method: 'dle', chunkSize: 150, referenceChunks: 8, features: 3, trees: 100, leaves: 31 });
  });

  it('scales with the target: losses in other units are the same losses', () => {
    const scale = (values: ArrayLike<number>): number[] => Array.from(values, (value) => value * 1024);
    const scaled = dle({ ...reference, truth: scale(reference.truth), predictions: scale(reference.predictions) });
    const [here, there] = [dle(reference).estimate(current), scaled.estimate({ ...current, predictions: scale(current.predictions) })];
    const value = (estimates: typeof here, wanted: string): number => estimates.find(({ metric }) => metric === wanted)?.value ?? NaN;
    expect(value(there, 'mae') / value(here, 'mae')).toBeCloseTo(1024, 6);
    expect(value(there, 'mape')).toBeCloseTo(value(here, 'mape'), 9);
  });

  it('estimates without any feature from the answer alone, and takes missing features', () => {
    const random = seededRandom(1);
    const holes = { ...current, features: current.features.map((column) => Array.from(column, (value) => (random() < 0.2 ? NaN : value))) };
    expect(fitted.estimate(holes)).toHaveLength(6);
    expect(dle({ ...reference, features: [] }).estimate({ ...current, features: [] })).toHaveLength(6);
  });

  it('refuses what it cannot learn from', () => {
    const few = { features: [[1, 2]], predictions: [1, 2], truth: [1, 2] };
    expect(() => dle({ ...few, truth: [1] })).toThrow('dle requires as many answers as labels');
    expect(() => dle({ ...few, truth: [1, NaN] })).toThrow('dle requires finite values');
    expect(() => dle({ ...few, features: [[1]] })).toThrow('dle requires as many values in every feature as answers');
    expect(() => dle({ ...few, features: [[1, Infinity]] })).toThrow('dle requires features without infinite values');
    expect(() => dle({ ...few, truth: [1, 1e100] })).toThrow('dle requires errors whose squares have a finite deviation');
    expect(() => dle(few, { chunkSize: 2 })).toThrow('dle requires at least two chunks in the reference');
    expect(() => dle(few).estimate({ features: [], predictions: [1] })).toThrow('dle requires the features of the reference');
  });
});
