import {
  type BandedValue,
  brierEstimate,
  classAverage,
  confusionMatrix,
  decisionShare,
  expectedCalibrationErrorEstimate,
  f1,
  logLossEstimate,
  meanAbsoluteErrorEstimate,
  oneAgainstRest,
  rocAucEstimate,
  rootMeanSquaredErrorEstimate,
  wilson,
} from '#libs/statistics';
import { type PerformanceRule } from './definition.js';
import { type LabelledRow } from './label-samples.js';

/**
 * One realised metric. `error`: its standard error for independent rows, where known; only those with one are tested. `low`, `high`: its band,
 * which holds the true value in 95 of 100 samples.
 */
export type Metric = {
  readonly name: string;
  readonly value: number;
  readonly error?: number;
  readonly low?: number;
  readonly high?: number;
};

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

/**
 * A metric of the library with its band; nothing where the sample has no such metric. Errors of numbers near 1.8e308 overflow: what is not
 * finite is left out, since it could not be recorded.
 */
const banded = (name: string, found: BandedValue | undefined): Metric[] => {
  if (!found || !Number.isFinite(found.value)) return [];
  const { value, error = NaN, band = { lower: NaN, upper: NaN } } = found;
  const finite = Number.isFinite(band.lower) && Number.isFinite(band.upper);
  return [{ name, value, ...(Number.isFinite(error) && { error }), ...(finite && { low: band.lower, high: band.upper }) }];
};

/**
 * The error by which a ROC AUC is tested, also where its estimate has none, so that no change of it counts untested. Classes parted without
 * exception show no scatter: half their band is then 1.96 errors. A class of one row shows none either: no share scatters by more than 0.5.
 * Else all scores are one, and such an area is 0.5 in any sample.
 */
const rankingError = (truth: readonly boolean[], { error, band }: BandedValue): number => {
  if (error !== undefined) return error;
  if (band) return (band.upper - band.lower) / 2 / 1.96;
  const positives = truth.filter(Boolean).length;
  return Math.min(positives, truth.length - positives) === 1 ? 0.5 : 0;
};

const rankingOf = (truth: readonly boolean[], scores: readonly number[]): Metric[] => {
  if (!truth.includes(true) || !truth.includes(false)) return [];
  const found = rocAucEstimate(truth, scores);
  return banded('roc_auc', { ...found, error: rankingError(truth, found) });
};

/** The standard error of a share beside Wilson's band: the band has no single one, and the test of a change needs it. */
const accuracyOf = (right: number, all: number): Metric[] => {
  const { lower, upper } = wilson(right, all);
  const value = right / all;
  return [{ name: 'accuracy', value, error: Math.sqrt((value * (1 - value)) / Math.max(all - 1, 1)), low: lower, high: upper }];
};

const binaryMetrics = (rows: readonly LabelledRow[], positive: string, { threshold }: PerformanceRule): Metric[] => {
  const answered = rows.filter((row) => row.class !== '' || row.score !== null);
  if (answered.length === 0) return [];
  const asWord = (yes: boolean): string => (yes ? 'yes' : 'no');
  const truth = answered.map(({ labelClass }) => asWord(labelClass === positive));
  const said = answered.map((row) => asWord(row.class === '' ? (row.score ?? 0) >= threshold : row.class === positive));
  const counts = oneAgainstRest(confusionMatrix(truth, said), 'yes');
  return [
    ...accuracyOf(counts.truePositives + counts.trueNegatives, answered.length),
    ...banded('precision', decisionShare('precision', counts)),
    ...banded('recall', decisionShare('recall', counts)),
    ...banded('f1', f1(counts)),
    ...scoreMetrics(rows, positive),
  ];
};

/** Shown with its band; chance alone raises it, so that its change between two samples has no standard error to be tested by. */
const calibrationOf = (truth: readonly boolean[], scores: readonly number[]): Metric[] => {
  const { value, band } = expectedCalibrationErrorEstimate(truth, scores);
  return [{ name: 'expected_calibration_error', value, ...(band && { low: band.lower, high: band.upper }) }];
};

const scoreMetrics = (rows: readonly LabelledRow[], positive: string): Metric[] => {
  const scored = rows.flatMap((row) => (row.score === null ? [] : [{ truth: row.labelClass === positive, score: row.score }]));
  const truth = scored.map((row) => row.truth);
  const scores = scored.map((row) => row.score);
  const ranking = rankingOf(truth, scores);
  const probabilities = scores.length > 0 && scores.every((score) => score >= 0 && score <= 1);
  if (!probabilities) return ranking;
  return [
    ...ranking,
    ...banded('brier', brierEstimate(truth, scores)),
    ...banded('log_loss', logLossEstimate(truth, scores)),
    ...calibrationOf(truth, scores),
  ];
};

const classMetrics = (rows: readonly LabelledRow[]): Metric[] => {
  const answered = rows.filter((row) => row.class !== '');
  if (answered.length === 0) return [];
  const [truth, said] = [answered.map((row) => row.labelClass), answered.map((row) => row.class)];
  const matrix = confusionMatrix(truth, said);
  const shares = ['precision', 'recall', 'f1'] as const;
  return [
    ...accuracyOf(truth.filter((word, i) => word === said[i]).length, answered.length),
    ...shares.flatMap((share) => banded(share, classAverage(matrix, share, 'macro'))),
  ];
};

const numberMetrics = (rows: readonly LabelledRow[]): Metric[] => {
  const pairs = rows.flatMap((row) => {
    const answer = row.value ?? row.score;
    return answer === null || row.labelValue === null ? [] : [[row.labelValue, answer] as const];
  });
  if (pairs.length === 0) return [];
  const [truth, answers] = [pairs.map(([value]) => value), pairs.map(([, answer]) => answer)];
  return [...banded('mae', meanAbsoluteErrorEstimate(truth, answers)), ...banded('rmse', rootMeanSquaredErrorEstimate(truth, answers))];
};

/** Realised metrics of labelled rows: for words by class and score, for numbers by value. */
export const metricsOf = (rows: readonly LabelledRow[], rule: PerformanceRule, positive: string | undefined): Metric[] => {
  const words = rows.filter((row) => row.labelClass !== '');
  if (words.length < rows.length) return numberMetrics(rows.filter((row) => row.labelClass === ''));
  return positive === undefined ? classMetrics(words) : binaryMetrics(words, positive, rule);
};
