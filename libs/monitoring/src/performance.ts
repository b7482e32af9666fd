import { benjaminiHochberg, compensatedSum, fQuantile, fTail, normalTail, sortedValues } from '#libs/statistics';
import { type JudgementRule, type PerformanceRule } from './definition.js';
import { type LabelledRow } from './label-samples.js';
import { type Gate, type SubjectJudgement, type SubjectMeasurement } from './measurement.js';
import { type Metric, metricsOf, positiveClassOf } from './metrics.js';
import { type CountSample, NO_SPECIAL, type SubjectSamples, sumOfCounts, sumOfValues, type ValueSample } from './sample.js';

const HIGHER_IS_BETTER = new Set(['accuracy', 'precision', 'recall', 'f1', 'roc_auc']);
const RELATIVE = new Set(['mae', 'rmse', 'log_loss']);
/** Metrics with a say in alerts: one for ranking, one for decisions, one for probabilities and its calibration, one for numbers. */
const JUDGED = new Set(['accuracy', 'roc_auc', 'brier', 'expected_calibration_error', 'mae']);

/** Labelled rows of the window, and of the windows it is compared with. */
export type LabelledWindows = { readonly current: readonly LabelledRow[]; readonly windows: readonly (readonly LabelledRow[])[] };

/** The labels themselves as a subject: a change of the truth is worth knowing even where the model follows it. */
export const labelSamples = ({ current, windows }: LabelledWindows): SubjectSamples => {
  if (current.every((row) => row.labelClass === '')) {
    const sample = (rows: readonly LabelledRow[]): ValueSample => {
      const values = sortedValues(rows.flatMap(({ labelValue }) => (labelValue === null ? [] : [labelValue])));
      return { rows: rows.length, counted: values.length, values, special: NO_SPECIAL };
    };
    const parts = windows.map(sample);
    return {
      subject: 'label:value',
      form: 'numeric',
      mode: 'exact',
      current: sample(current),
      windows: parts,
      reference: sumOfValues(parts),
    };
  }
  const names = [...new Set([current, ...windows].flatMap((rows) => rows.map((row) => row.labelClass)))].sort();
  const sample = (rows: readonly LabelledRow[]): CountSample => {
    const counts = new Map<number, number>();
    for (const { labelClass } of rows) counts.set(names.indexOf(labelClass), (counts.get(names.indexOf(labelClass)) ?? 0) + 1);
    return { rows: rows.length, counted: rows.length, counts, special: NO_SPECIAL };
  };
  const parts = windows.map(sample);
  const words = new Map(names.map((name, i) => [i, name]));
  return {
    subject: 'label:class',
    form: 'categorical',
    mode: 'exact',
    current: sample(current),
    windows: parts,
    reference: sumOfCounts(parts),
    words,
  };
};

/** Labels 0 and 1 beside a class or a score are the two classes; beside a numeric value they are numbers. */
const zeroOneAsWords = (labelled: LabelledWindows): LabelledWindows => {
  const isClass = (row: LabelledRow): boolean =>
    row.value === null && (row.labelClass !== '' || row.labelValue === 0 || row.labelValue === 1);
  if (![labelled.current, ...labelled.windows].every((rows) => rows.every(isClass))) return labelled;
  const asWord = (row: LabelledRow): LabelledRow => (row.labelClass === '' ? { ...row, labelClass: String(row.labelValue) } : row);
  return { current: labelled.current.map(asWord), windows: labelled.windows.map((rows) => rows.map(asWord)) };
};

/** Realised performance of a window beside that of its reference windows, one subject per metric, judged where it got worse. */
export const measurePerformance = (
  given: LabelledWindows,
  rule: PerformanceRule,
  judgement: JudgementRule,
  sha256: string,
): SubjectMeasurement[] => {
  const labelled = zeroOneAsWords(given);
  const all = [labelled.current, ...labelled.windows].flat();
  const positive = positiveClassOf([...new Set(all.flatMap((row) => [row.labelClass, row.class]).filter((word) => word !== ''))], rule);
  const current = metricsOf(labelled.current, rule, positive);
  const pooled = new Map(metricsOf(labelled.windows.flat(), rule, positive).map((metric) => [metric.name, metric]));
  const perWindow = labelled.windows.map((rows) => new Map(metricsOf(rows, rule, positive).map((metric) => [metric.name, metric.value])));
  const compared = current.map((metric) => {
    const windows = perWindow.flatMap((values) => values.get(metric.name) ?? []);
    return { metric, reference: pooled.get(metric.name), windows };
  });
  const judged = compared.filter(
    ({ metric, reference, windows }) => JUDGED.has(metric.name) && reference !== undefined && windows.length >= 2,
  );
  const tests = judged.map(testOf);
  const adjusted = benjaminiHochberg(tests.map(({ pValue }) => pValue));
  const sizes = { reference: sizeOf(labelled.windows.flat()), current: sizeOf(labelled.current) };
  return compared.map((one): SubjectMeasurement => {
    const at = judged.indexOf(one);
    const test = tests[at];
    const verdict = test && verdictOn(one, { ...test, adjusted: adjusted[at] ?? 1 }, judgement);
    return { ...subjectOf(one, positive), ...sizes, ...(verdict && { judgement: verdict }), sha256 };
  });
};

const sizeOf = (rows: readonly LabelledRow[]): { rows: number; counted: number } => ({ rows: rows.length, counted: rows.length });

type ComparedMetric = { readonly metric: Metric; readonly reference: Metric | undefined; readonly windows: readonly number[] };

const subjectOf = (
  { metric, reference }: ComparedMetric,
  positive: string | undefined,
): Pick<SubjectMeasurement, 'subject' | 'form' | 'mode' | 'scores' | 'direction' | 'contributions'> => {
  const { low, high } = metric;
  const band = low === undefined || high === undefined ? {} : { low, high };
  const parameters = { reference: reference?.value ?? null, positiveClass: positive ?? null };
  const change = reference === undefined ? 0 : metric.value - reference.value;
  return {
    subject: `performance:${metric.name}`,
    form: 'performance',
    mode: 'exact',
    scores: [{ method: metric.name, version: 1, score: metric.value, ...band, parameters }],
    direction: change === 0 ? 'same' : change > 0 ? 'higher' : 'lower',
    contributions: [],
  };
};

/** Whether a metric changed: the p-value, and all it was computed from. */
type ChangeTest = { readonly pValue: number; readonly parameters: Readonly<Record<string, string | number>> };

const meanOf = (values: readonly number[]): number => compensatedSum(values) / values.length;
const varianceOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return compensatedSum(values, (value) => (value - mean) ** 2) / (values.length - 1);
};

/**
 * Two-sided. By the standard errors of both sides where they are known, in the normal approximation; else as a further window among those of the
 * reference (Student's t, whose square is F), so that no metric counts untested.
 */
const testOf = ({ metric, reference, windows }: ComparedMetric): ChangeTest => {
  const [error, referenceError] = [metric.error, reference?.error];
  if (reference && error !== undefined && referenceError !== undefined) {
    const change = Math.abs(metric.value - reference.value);
    return {
      pValue: ratioTail(change, Math.hypot(error, referenceError), (ratio) => 2 * normalTail(ratio)),
      parameters: { test: 'normal', error, referenceError, reference: reference.value },
    };
  }
  const [mean, variance, k] = [meanOf(windows), varianceOf(windows), windows.length];
  const spread = Math.sqrt(variance * (1 + 1 / k));
  return {
    pValue: ratioTail(Math.abs(metric.value - mean), spread, (ratio) => fTail(ratio ** 2, 1, k - 1)),
    parameters: { test: 'student', mean, variance, windows: k },
  };
};

/** A change in units of its error, and where there is none: no change is nothing, any other is certain. */
const ratioTail = (change: number, error: number, tail: (ratio: number) => number): number => {
  if (error === 0) return change === 0 ? 1 : 0;
  return Math.min(tail(change / error), 1);
};

/** Undefined where a limit is beyond 1.8e308, as the variance of errors near 1e155 is: such a verdict could not be recorded. */
const verdictOn = (
  { metric, reference, windows }: ComparedMetric,
  { pValue, adjusted, parameters }: ChangeTest & { readonly adjusted: number },
  rule: JudgementRule,
): SubjectJudgement | undefined => {
  const worse = (value: number, than: number): number => (HIGHER_IS_BETTER.has(metric.name) ? than - value : value - than);
  const k = windows.length;
  const [mean, variance] = [meanOf(windows), varianceOf(windows)];
  // Where a further window like these would lie: Student's t squared is F with one degree of freedom.
  const reach = Math.sqrt(fQuantile(rule.variationTail, 1, k - 1) * variance * (1 + 1 / k));
  const relative = RELATIVE.has(metric.name);
  const base = reference?.value ?? mean;
  const margin = relative ? rule.performanceMargin.relative * Math.abs(base) : rule.performanceMargin.absolute;
  const change = worse(metric.value, base);
  const gates: Gate[] = [
    {
      gate: 'significance',
      value: adjusted,
      limit: rule.level,
      passed: adjusted <= rule.level,
      applied: true,
      parameters: { pValue, ...parameters },
    },
    {
      gate: 'own_variation',
      value: worse(metric.value, mean),
      limit: reach,
      passed: worse(metric.value, mean) > reach,
      applied: true,
      parameters: { windows: k, mean, variance },
    },
    {
      gate: 'materiality',
      value: change,
      limit: margin,
      passed: change >= margin,
      applied: true,
      parameters: { reference: base, relative },
    },
  ];
  const numbers = gates.flatMap(({ value, limit, parameters: of }) => [value, limit, ...Object.values(of)]);
  if (numbers.some((number) => typeof number === 'number' && !Number.isFinite(number))) return undefined;
  return { method: metric.name, score: metric.value, breach: gates.every(({ passed }) => passed), gates };
};
