import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/cbpe-multiclass.json' with { type: 'json' };
import { confusionMatrix } from '../performance/multiclass.js';
import { seededRandom } from '../random.js';
import { populationDeviation } from '../summation.js';
import { cbpeMulticlass } from './cbpe-multiclass.js';
import { chunksOf } from './chunks.js';
import { calibratePerClass, type PerClass } from './class-calibration.js';
import { certainOf, CLASS_ESTIMATES, classErrors, classMetrics, expectedMatrix, type LabelledClasses } from './class-metrics.js';
import { scorecard } from './scorecard.js';

const { rows, pipelines } = oracle.cases;
const CLASSES = ['a', 'b', 'c'];
const columnsOf = (columns: readonly (readonly number[])[]): PerClass => new Map(columns.map((column, i) => [CLASSES[i] ?? '', column]));
const unpack = (packed: { readonly scores: readonly string[]; readonly predictions: string; readonly truth: string }): LabelledClasses => ({
  scores: columnsOf(packed.scores.map((words) => words.split(' ').map((tenThousandths) => Number(tenThousandths) / 10_000))),
  predictions: [...packed.predictions],
  truth: [...packed.truth],
});
const slice = ({ scores, predictions, truth }: LabelledClasses, from: number, to: number): LabelledClasses => ({
  scores: new Map([...scores].map(([name, column]) => [name, Array.from(column).slice(from, to)])),
  predictions: predictions.slice(from, to),
  truth: truth.slice(from, to),
});
const distance = (found: number | undefined, expected: number | undefined): number => Math.abs((found ?? NaN) - (expected ?? NaN));

/** Answers of a model whose scores are the softmax of z, while the truth follows the softmax of slope · z; `shift` favours class a. */
const simulated = (n: number, seed: number, { shift = 0, slope = 1 } = {}): LabelledClasses => {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const softmax = (z: readonly number[]): number[] => {
    const powers = z.map(Math.exp);
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  };
  const z = Array.from({ length: n }, () => [0.6 + shift + 1.3 * normal(), 1.3 * normal(), 1.3 * normal() - 0.4]);
  const scores = z.map(softmax);
  const truth = z.map((each) => {
    const [a = 0, b = 0] = softmax(each.map((value) => slope * value));
    const at = random();
    return at < a ? 'a' : at < a + b ? 'b' : 'c';
  });
  const predictions = scores.map((row) => CLASSES[row.indexOf(Math.max(...row))] ?? '');
  return { scores: columnsOf(CLASSES.map((_, k) => scores.map((row) => row[k] ?? 0))), predictions, truth };
};

describe('probabilities of many classes', () => {
  it('are normalised as NannyML normalises them: a row of zeros says the same of every class', () => {
    const found = calibratePerClass(new Map(), columnsOf(rows.scores));
    CLASSES.forEach((name, k) =>
      rows.expected[k]?.forEach((expected, i) => expect(distance(found.get(name)?.[i], expected)).toBeLessThan(1e-15)),
    );
  });

  it('add up to 1 in every row, in whatever order classes come', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(share, share, share), { minLength: 1, maxLength: 20 }), (triples) => {
        const scores = columnsOf(CLASSES.map((_, k) => triples.map((triple) => triple[k] ?? 0)));
        const found = calibratePerClass(new Map(), scores);
        const turned = calibratePerClass(new Map(), new Map([...scores].reverse()));
        triples.forEach((_, i) => {
          expect([...found.values()].reduce((sum, column) => sum + (column[i] ?? NaN), 0)).toBeCloseTo(1, 12);
          for (const name of CLASSES) expect(distance(found.get(name)?.[i], turned.get(name)?.[i])).toBeLessThan(1e-12);
        });
      }),
    );
  });

  it('that are labels make the confusion matrix of the labels', () => {
    const { truth, predictions } = simulated(200, 1);
    expect(expectedMatrix(certainOf(CLASSES, truth), predictions)).toEqual(confusionMatrix(truth, predictions));
  });

  it('leave out the ROC AUC where a class cannot be ranked, and a mean over classes of which none has the share', () => {
    const scores = columnsOf([
      [0.9, 0.1],
      [0.1, 0.9],
      [0, 0],
    ]);
    const found = classMetrics({ probabilities: certainOf(CLASSES, ['a', 'b']), scores, predictions: ['a', 'b'] });
    expect(Object.fromEntries(found)).toEqual({ f1_macro: 1, precision_macro: 1, recall_macro: 1, accuracy: 1 });
  });
});

describe('cbpe of many classes', () => {
  it.each(pipelines)('follows the whole of NannyML: $name', ({ reference, current, expected, exactRocAuc, chunkSize, calibrated }) => {
    const [known, later] = [unpack(reference), unpack(current)];
    const fitted = cbpeMulticlass(known, chunkSize);
    expect(fitted.parameters).toMatchObject({
      method: 'cbpe_multiclass',
      classes: CLASSES,
      calibratedClasses: calibrated,
      referenceChunks: 10,
    });
    for (const [index, { from, to }] of chunksOf(later.truth.length, chunkSize).entries()) {
      for (const estimate of fitted.estimate(slice(later, from, to))) {
        const peer = expected[estimate.metric];
        const isArea = estimate.metric === 'roc_auc_macro';
        expect(distance(estimate.value, isArea ? exactRocAuc[index] : peer.value[index])).toBeLessThan(1e-9);
        // The peer rounds its running sums to five digits, and takes ties of the score in the order of its sort.
        expect(distance(estimate.value, peer.value[index])).toBeLessThan(isArea ? 1e-3 : 1e-9);
        expect(distance(estimate.threshold.lower, peer.thresholdLower[index])).toBeLessThan(1e-9);
        expect(distance(estimate.threshold.upper, peer.thresholdUpper[index])).toBeLessThan(1e-9);
        if (estimate.metric === 'accuracy') expect(distance(estimate.samplingError, peer.samplingError[index])).toBeLessThan(1e-9);
      }
    }
  });

  it.each(pipelines)('realises what scikit-learn says once labels are there: $name', ({ reference, current, realised }) => {
    const found = cbpeMulticlass(unpack(reference)).realise(unpack(current));
    for (const metric of CLASS_ESTIMATES) expect(distance(found.get(metric), realised[metric])).toBeLessThan(1e-12);
  });

  it('has the sampling error with which chunks scatter, where NannyML forgets the scale of F1', () => {
    const errors = classErrors(simulated(10_000, 2));
    const chunks = Array.from({ length: 600 }, (_, i) => {
      const chunk = simulated(300, 100 + i);
      return classMetrics({ ...chunk, probabilities: certainOf(CLASSES, chunk.truth) });
    });
    for (const metric of CLASS_ESTIMATES) {
      const scatter = populationDeviation(chunks.map((chunk) => chunk.get(metric) ?? NaN));
      expect(Math.abs(scatter / ((errors.get(metric) ?? NaN) / Math.sqrt(300)) - 1)).toBeLessThan(0.1);
    }
    const [{ expected, reference } = { expected: undefined, reference: undefined }] = pipelines.slice(1);
    const peer = expected?.f1_macro.samplingError[0] ?? NaN;
    const ours = (reference ? (classErrors(unpack(reference)).get('f1_macro') ?? NaN) : NaN) / Math.sqrt(100);
    expect(peer / ours).toBeLessThan(0.95);
  });

  it.each([
    ['scores that mean what they say', {}],
    ['overconfident scores', { slope: 0.4 }],
  ])('says what a shift does before labels come, and its scorecard holds: %s', (_, model) => {
    const fitted = cbpeMulticlass(simulated(5000, 1, model), 500);
    const later = simulated(10_000, 2, { ...model, shift: 1 });
    const settled = chunksOf(10_000, 500).flatMap(({ from, to }) => {
      const chunk = slice(later, from, to);
      const realised = fitted.realise(chunk);
      return fitted.estimate(chunk).map((estimate) => ({ ...estimate, realised: realised.get(estimate.metric) ?? NaN }));
    });
    for (const wanted of CLASS_ESTIMATES) {
      const card = scorecard(settled.filter(({ metric }) => metric === wanted));
      expect(card).toMatchObject({ chunks: 20, distrust: false });
      expect(card.coverage).toBeGreaterThanOrEqual(0.95);
      expect(Math.abs(card.bias)).toBeLessThan(0.03);
    }
  });

  it('is distrusted by its scorecard when the same scores have come to mean something else', () => {
    const fitted = cbpeMulticlass(simulated(3000, 1));
    const turned = simulated(3000, 2, { slope: -0.5 });
    const settled = chunksOf(3000, 300).flatMap(({ from, to }) => {
      const chunk = slice(turned, from, to);
      const realised = fitted.realise(chunk).get('accuracy') ?? NaN;
      return fitted.estimate(chunk).flatMap((estimate) => (estimate.metric === 'accuracy' ? [{ ...estimate, realised }] : []));
    });
    expect(scorecard(settled)).toMatchObject({ coverage: 0, distrust: true });
  });

  it('does not depend on the order of classes, nor on the chunk before', () => {
    const [known, calm, moved] = [simulated(1000, 1), simulated(200, 2), simulated(200, 3, { shift: 3 })];
    const fitted = cbpeMulticlass(known);
    const first = fitted.estimate(calm);
    fitted.estimate(moved);
    expect(fitted.estimate(calm)).toEqual(first);
    const turned = cbpeMulticlass({ ...known, scores: new Map([...known.scores].reverse()) });
    turned.estimate({ ...calm, scores: new Map([...calm.scores].reverse()) }).forEach(({ metric, value, samplingError }, i) => {
      expect(metric).toBe(first[i]?.metric);
      expect(value).toBeCloseTo(first[i]?.value ?? NaN, 12);
      expect(samplingError).toBeCloseTo(first[i]?.samplingError ?? NaN, 12);
    });
  });

  it('refuses what it cannot learn from, and names the class that is missing', () => {
    const known = simulated(100, 1);
    const without = new Map([...known.scores].filter(([name]) => name !== 'c'));
    expect(() => cbpeMulticlass({ ...known, scores: without })).toThrow(
      'cbpeMulticlass requires a score of every class, and has none of "c"',
    );
    expect(() => cbpeMulticlass({ ...known, scores: new Map([...known.scores].slice(0, 1)) })).toThrow(
      'requires scores of at least two classes',
    );
    expect(() => cbpeMulticlass({ ...known, scores: new Map([...known.scores, ['d', Array.from(known.truth, () => 0)]]) })).toThrow(
      'cbpeMulticlass requires every class among the labels of the reference, and misses "d"',
    );
    expect(() => cbpeMulticlass({ ...known, scores: new Map([...known.scores, ['c', Array.from(known.truth, () => 2)]]) })).toThrow(
      'cbpeMulticlass requires probabilities between 0 and 1',
    );
    expect(() => cbpeMulticlass(known, 100)).toThrow('cbpeMulticlass requires at least two chunks in the reference');
    const fitted = cbpeMulticlass(known);
    expect(() => fitted.estimate({ scores: without, predictions: known.predictions })).toThrow('has none of "c"');
    expect(() => fitted.estimate({ scores: known.scores, predictions: known.predictions.map(() => 'z') })).toThrow('has none of "z"');
    expect(() => fitted.realise({ ...known, truth: ['a'] })).toThrow('cbpeMulticlass requires as many answers as labels');
  });
});
