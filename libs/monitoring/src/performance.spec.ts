import { z } from 'zod';
import { benjaminiHochberg, fQuantile, fTail, normalTail, rocAucEstimate, wilson } from '#libs/statistics';
import { DEFAULT_JUDGEMENT as rule, defaultDefinition } from './defaults.js';
import { sha256Of } from './digest.js';
import { type LabelledRow } from './label-samples.js';
import { measureWindow } from './measure.js';
import { SubjectMeasurement } from './measurement.js';
import { metricsOf, positiveClassOf } from './metrics.js';
import { labelSamples, measurePerformance } from './performance.js';

const definition = defaultDefinition({ predictionsPerDay: 1000 });
const { performance } = definition;
const row = (overrides: Partial<LabelledRow>): LabelledRow => ({
  ...{ predictedAt: 0, value: null, score: null, class: '', labelValue: null, labelClass: '', pairedAt: '2', predictedIn: '1' },
  ...overrides,
});
/** Rows whose score is right with this probability at the given share of positives. */
const rows = (size: number, { share = 0.3, bias = 0, seed = 1 } = {}): LabelledRow[] => {
  let state = seed * 7919;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: size }, () => {
    const score = next() * 2 * share;
    return row({ score: Math.min(Math.max(score + bias, 0), 1), labelClass: next() < score ? 'true' : 'false' });
  });
};
const weeks = [1, 2, 3, 4].map((seed) => rows(3000, { seed }));
const measured = (current: LabelledRow[], windows = weeks) => measurePerformance({ current, windows }, performance, rule, 'digest');
const breaches = (current: LabelledRow[]): string[] =>
  measured(current)
    .filter(({ judgement }) => judgement?.breach)
    .map(({ subject }) => subject);

/** What the first gate records of its test. */
const Significance = z.discriminatedUnion('test', [
  z.object({ test: z.literal('normal'), pValue: z.number(), reference: z.number(), error: z.number(), referenceError: z.number() }),
  z.object({ test: z.literal('student'), pValue: z.number(), mean: z.number(), variance: z.number(), windows: z.int() }),
]);

describe('realised performance', () => {
  it('takes labels 0 and 1 beside a score for classes, and beside a value for numbers', () => {
    const asNumbers = (given: LabelledRow[]): LabelledRow[] =>
      given.map(({ labelClass, ...rest }) => ({ ...rest, labelClass: '', labelValue: labelClass === 'true' ? 1 : 0 }));
    const scored = measured(asNumbers(rows(500)), weeks.map(asNumbers)).map(({ subject, scores }) => [subject, scores[0]?.score]);
    const worded = measured(rows(500)).map(({ subject, scores }) => [subject, scores[0]?.score]);
    expect(scored).toEqual(worded);
    const valued = asNumbers(rows(500)).map((one) => ({ ...one, value: one.score, score: null }));
    expect(measured(valued, []).map(({ subject }) => subject)).toEqual(['performance:mae', 'performance:rmse']);
  });

  it('is computed from score and class for words, from values for numbers', () => {
    const words = [row({ score: 0.9, labelClass: 'true' }), row({ score: 0.2, labelClass: 'false' })];
    const found = Object.fromEntries(metricsOf(words, performance, 'true').map(({ name, value }) => [name, value]));
    expect(found).toMatchObject({ accuracy: 1, precision: 1, recall: 1, f1: 1, roc_auc: 1 });
    expect(found['brier']).toBeCloseTo(0.025, 12);
    const numbers = [row({ value: 2, labelValue: 3 }), row({ value: 7, labelValue: 5 })];
    const errors = Object.fromEntries(metricsOf(numbers, performance, undefined).map(({ name, value }) => [name, value]));
    expect(errors).toEqual({ mae: 1.5, rmse: Math.sqrt(2.5) });
  });

  it('of many classes has accuracy and means over the classes', () => {
    const many = ['a', 'b', 'c'].map((name) => row({ class: name, labelClass: name === 'c' ? 'a' : name }));
    expect(metricsOf(many, performance, undefined).map(({ name }) => name)).toEqual(['accuracy', 'precision', 'recall', 'f1']);
  });

  it('takes the positive word from the definition, or from a common pair', () => {
    expect(positiveClassOf(['Yes', 'No'], performance)).toBe('Yes');
    expect(positiveClassOf(['cat', 'dog'], performance)).toBeUndefined();
    expect(positiveClassOf(['cat', 'dog'], { ...performance, positiveClass: 'cat' })).toBe('cat');
  });

  it('breaches when probabilities are no longer calibrated', () => {
    expect(breaches(rows(3000, { bias: 0.2, seed: 9 }))).toContain('performance:expected_calibration_error');
  });

  it('stays calm on other rows of the same kind, and when it gets better', () => {
    for (const seed of [10, 11, 12]) expect(breaches(rows(3000, { seed }))).toEqual([]);
    const perfect = rows(3000, { seed: 9 }).map((one) => ({ ...one, score: one.labelClass === 'true' ? 1 : 0 }));
    expect(breaches(perfect)).toEqual([]);
  });

  it('is shown without a verdict when there is nothing or only one window to compare with', () => {
    expect(measured(rows(500), []).every(({ judgement }) => judgement === undefined)).toBe(true);
    expect(measured(rows(500), weeks.slice(0, 1)).every(({ judgement }) => judgement === undefined)).toBe(true);
    expect(measured(rows(500), []).length).toBeGreaterThan(0);
  });

  /** Every fiftieth row is positive and ranked first, but for the positives that are misranked. */
  const ranked = (size: number, misranked = 0): LabelledRow[] =>
    Array.from({ length: size }, (_, i) => {
      const positive = i % 50 === 0;
      return row({ score: positive && i / 50 >= misranked ? 0.9 : 0.1, labelClass: positive ? 'true' : 'false' });
    });
  const gateOfRanking = (current: LabelledRow[], windows: LabelledRow[][]) => {
    const found = measured(current, windows).find(({ subject }) => subject === 'performance:roc_auc')?.judgement;
    return { breach: found?.breach, ...found?.gates[0] };
  };

  it('tests the ranking also after a perfect reference: one misranked row of four positives is no breach, half of forty is', () => {
    const perfect = [ranked(200), ranked(200), ranked(200)];
    const one = gateOfRanking(ranked(200, 1), perfect);
    expect(one).toMatchObject({ gate: 'significance', applied: true, passed: false, breach: false });
    expect(gateOfRanking(ranked(2000, 20), [ranked(2000), ranked(2000)])).toMatchObject({ applied: true, passed: true, breach: true });
  });

  it('never breaches by the ranking of a single positive, and does by one score for all', () => {
    expect(gateOfRanking(ranked(50, 1), [ranked(2000), ranked(2000)])).toMatchObject({ applied: true, passed: false, breach: false });
    const constant = ranked(2000, 40);
    expect(gateOfRanking(constant, [ranked(2000), ranked(2000)])).toMatchObject({ applied: true, passed: true, breach: true });
  });

  it('records every input of its verdicts: they follow again from what is recorded and the rule', () => {
    const recorded = z.array(SubjectMeasurement).parse(JSON.parse(JSON.stringify(measured(rows(3000, { bias: 0.15, seed: 9 })))));
    const judged = recorded.flatMap(({ subject, judgement }) => (judgement ? [{ subject, ...judgement }] : []));
    expect(judged.map(({ subject }) => subject.split(':')[1])).toEqual(['accuracy', 'roc_auc', 'brier', 'expected_calibration_error']);
    const inputs = judged.map(({ score, gates: [significance, own, material] }) => ({
      score,
      test: Significance.parse(significance?.parameters),
      own: z.object({ windows: z.int(), mean: z.number(), variance: z.number() }).parse(own?.parameters),
      material: z.object({ reference: z.number(), relative: z.boolean() }).parse(material?.parameters),
    }));
    const pValues = inputs.map(({ score, test }) =>
      test.test === 'normal'
        ? 2 * normalTail(Math.abs(score - test.reference) / Math.hypot(test.error, test.referenceError))
        : fTail((score - test.mean) ** 2 / (test.variance * (1 + 1 / test.windows)), 1, test.windows - 1),
    );
    inputs.forEach(({ test }, i) => expect(test.pValue / (pValues[i] ?? NaN)).toBeCloseTo(1, 9));
    const adjusted = benjaminiHochberg(inputs.map(({ test }) => test.pValue));
    judged.forEach(({ subject, score, breach, gates: [significance, own, material] }, i) => {
      const { windows = NaN, mean = NaN, variance = NaN } = inputs[i]?.own ?? {};
      const worse = (than: number): number => (/accuracy|roc_auc/.test(subject) ? than - score : score - than);
      const reach = Math.sqrt(fQuantile(rule.variationTail, 1, windows - 1) * variance * (1 + 1 / windows));
      const change = worse(inputs[i]?.material.reference ?? NaN);
      expect([significance?.value, significance?.limit, own?.value, material?.value]).toEqual([
        adjusted[i],
        rule.level,
        worse(mean),
        change,
      ]);
      expect((own?.limit ?? NaN) / reach).toBeCloseTo(1, 9);
      expect([own?.applied, material?.limit]).toEqual([true, rule.performanceMargin.absolute]);
      const again = (adjusted[i] ?? NaN) <= rule.level && worse(mean) > reach && change >= rule.performanceMargin.absolute;
      expect(breach).toBe(again);
    });
    expect(judged.some(({ breach }) => breach)).toBe(true);
  });

  it('tests a metric without a standard error by how the windows of the reference differ', () => {
    const gate = (windows: LabelledRow[][]) =>
      measured(rows(3000, { bias: 0.2, seed: 9 }), windows).find(({ subject }) => subject === 'performance:expected_calibration_error')
        ?.judgement?.gates[0];
    expect(gate(weeks)).toMatchObject({ applied: true, passed: true, parameters: { test: 'student', windows: 4 } });
    expect(gate(weeks.slice(0, 2))).toMatchObject({ applied: true, passed: false, parameters: { test: 'student', windows: 2 } });
  });

  it('carries the bands of the library', () => {
    const current = rows(2000);
    const bands = new Map(measured(current).map(({ subject, scores }) => [subject.split(':')[1], [scores[0]?.low, scores[0]?.high]]));
    const truth = current.map(({ labelClass }) => labelClass === 'true');
    const scores = current.map(({ score }) => score ?? NaN);
    const { band: auc } = rocAucEstimate(truth, scores);
    const { lower, upper } = wilson(truth.filter((yes, i) => yes === (scores[i] ?? NaN) >= 0.5).length, 2000);
    expect(bands.get('roc_auc')).toEqual([auc?.lower, auc?.upper]);
    expect(bands.get('accuracy')).toEqual([lower, upper]);
    expect([...bands].filter(([, [low, high]]) => low === undefined || high === undefined)).toEqual([]);
  });

  it('reports a change of the labels themselves', () => {
    const samples = labelSamples({ current: rows(3000, { share: 0.05, seed: 9 }), windows: weeks });
    const [labels] = measureWindow([samples], definition, sha256Of).subjects;
    expect(labels).toMatchObject({ subject: 'label:class', judgement: { breach: true } });
  });
});
