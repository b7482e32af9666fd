import {
  brier,
  classificationMetrics,
  compensatedSum,
  confusionMatrix,
  expectedCalibrationError,
  logLoss,
  macroMetrics,
  meanAbsoluteError,
  oneAgainstRest,
  rocAuc,
  rootMeanSquaredError,
} from '#libs/statistics';
import { type PerformanceRule } from './definition.js';
import { type LabelledRow } from './label-samples.js';

/** One realised metric. `error`: its standard error for independent rows, where known; only those with one are tested. */
export type Metric = { readonly name: string; readonly value: number; readonly error?: number };

/** Pairs of words of which the first is the positive one. */
const PAIRS = [
  ['true', 'false'],
  ['1', '0'],
  ['yes', 'no'],
  ['positive', 'negative'],
];
/** The word that counts as positive among those that occur, if it can be told. */
export const positiveClassOf = (words: readonly string[], rule: PerformanceRule): string | undefined => {
  if (rule.positiveClass !== undefined) return rule.positiveClass;
  const lower = new Map(words.map((word) => [word.toLowerCase(), word]));
  const pair = PAIRS.find(([positive = '', negative = '']) => words.every((word) => [positive, negative].includes(word.toLowerCase())));
  return pair?.[0] === undefined ? undefined : (lower.get(pair[0]) ?? pair[0]);
};

const meanWithError = (name: string, losses: readonly number[]): Metric => {
  const mean = compensatedSum(losses) / losses.length;
  const variance = compensatedSum(losses, (loss) => (loss - mean) ** 2) / Math.max(losses.length - 1, 1);
  return { name, value: mean, error: Math.sqrt(variance / losses.length) };
};

const binaryMetrics = (rows: readonly LabelledRow[], positive: string, { threshold }: PerformanceRule): Metric[] => {
  const answered = rows.filter((row) => row.class !== '' || row.score !== null);
  if (answered.length === 0) return [];
  const truth = answered.map(({ labelClass }) => labelClass === positive);
  const said = answered.map((row) => (row.class === '' ? (row.score ?? 0) >= threshold : row.class === positive));
  const asWords = (values: readonly boolean[]): string[] => values.map((value) => (value ? 'yes' : 'no'));
  const { precision, recall, f1 } = classificationMetrics(oneAgainstRest(confusionMatrix(asWords(truth), asWords(said)), 'yes'));
  const accuracy = meanWithError(
    'accuracy',
    truth.map((value, i) => (value === said[i] ? 1 : 0)),
  );
  return [accuracy, ...present({ precision, recall, f1 }), ...scoreMetrics(rows, positive)];
};

const present = (values: Readonly<Record<string, number | undefined>>): Metric[] =>
  Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));

const scoreMetrics = (rows: readonly LabelledRow[], positive: string): Metric[] => {
  const scored = rows.flatMap((row) => (row.score === null ? [] : [{ truth: row.labelClass === positive, score: row.score }]));
  const truth = scored.map((row) => row.truth);
  const scores = scored.map((row) => row.score);
  const [positives, negatives] = [truth.filter(Boolean).length, truth.filter((value) => !value).length];
  const ranking = positives > 0 && negatives > 0 ? [withRankError(rocAuc(truth, scores), positives, negatives)] : [];
  const probabilities = scores.length > 0 && scores.every((score) => score >= 0 && score <= 1);
  if (!probabilities) return ranking;
  const squared = scored.map((row) => (row.score - (row.truth ? 1 : 0)) ** 2);
  return [
    ...ranking,
    { ...meanWithError('brier', squared), value: brier(truth, scores) },
    { name: 'log_loss', value: logLoss(truth, scores) },
    { name: 'expected_calibration_error', value: expectedCalibrationError(truth, scores) },
  ];
};

/** Standard error of an area under the curve after Hanley and McNeil, Radiology 143 (1982). */
const withRankError = (area: number, positives: number, negatives: number): Metric => {
  const [q1, q2] = [area / (2 - area), (2 * area * area) / (1 + area)];
  const variance = area * (1 - area) + (positives - 1) * (q1 - area * area) + (negatives - 1) * (q2 - area * area);
  return { name: 'roc_auc', value: area, error: Math.sqrt(Math.max(variance, 0) / (positives * negatives)) };
};

const classMetrics = (rows: readonly LabelledRow[]): Metric[] => {
  const answered = rows.filter((row) => row.class !== '');
  if (answered.length === 0) return [];
  const [truth, said] = [answered.map((row) => row.labelClass), answered.map((row) => row.class)];
  const { precision, recall, f1 } = macroMetrics(confusionMatrix(truth, said));
  const accuracy = meanWithError(
    'accuracy',
    truth.map((value, i) => (value === said[i] ? 1 : 0)),
  );
  return [accuracy, ...present({ precision, recall, f1 })];
};

const numberMetrics = (rows: readonly LabelledRow[]): Metric[] => {
  const pairs = rows.flatMap((row) => {
    const answer = row.value ?? row.score;
    return answer === null || row.labelValue === null ? [] : [[row.labelValue, answer] as const];
  });
  if (pairs.length === 0) return [];
  const [truth, answers] = [pairs.map(([value]) => value), pairs.map(([, answer]) => answer)];
  const absolute = pairs.map(([value, answer]) => Math.abs(value - answer));
  return [
    { ...meanWithError('mae', absolute), value: meanAbsoluteError(truth, answers) },
    { name: 'rmse', value: rootMeanSquaredError(truth, answers) },
  ];
};

/** Realised metrics of labelled rows: for words by class and score, for numbers by value. */
export const metricsOf = (rows: readonly LabelledRow[], rule: PerformanceRule, positive: string | undefined): Metric[] => {
  const words = rows.filter((row) => row.labelClass !== '');
  if (words.length < rows.length) return numberMetrics(rows.filter((row) => row.labelClass === ''));
  return positive === undefined ? classMetrics(words) : binaryMetrics(words, positive, rule);
};
