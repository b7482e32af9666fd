import { StatisticsError } from '../errors.js';
import { requireProbabilities } from '../performance/probabilities.js';
import { requirePairs } from '../requirements.js';
import { type Parameters } from '../score.js';
import { type Chunk, chunksOf } from './chunks.js';
import { calibratePerClass, calibrationPerClass } from './class-calibration.js';
import { certainOf, classErrors, type ClassEstimate, classMetrics, type LabelledClasses } from './class-metrics.js';
import { BAND_ERRORS, type Estimate, estimatesOf, THRESHOLD_DEVIATIONS, thresholdsOf } from './estimate.js';
import { ESTIMATORS } from './estimators.js';

/** Answers with the score the model gave to every class, labels unknown. */
export type ClassAnswers = Pick<LabelledClasses, 'scores' | 'predictions'>;

/** What a reference with labels taught about later answers without. */
export type CbpeMulticlass = {
  /** The definition behind every estimate: classes, which of them are calibrated, chunks, band, threshold. */
  readonly parameters: Parameters;
  /** Metrics of one chunk of answers, without its labels. @throws StatisticsError `cbpeMulticlass requires …` */
  readonly estimate: (answers: ClassAnswers) => readonly Estimate<ClassEstimate>[];
  /** The same metrics once labels are there. @throws StatisticsError `cbpeMulticlass requires …` */
  readonly realise: (answers: LabelledClasses) => ReadonlyMap<ClassEstimate, number>;
};

const NAME = 'cbpeMulticlass';

/** Every metric is a share. */
const limitsOf = (): { readonly lower: number; readonly upper: number } => ({ lower: 0, upper: 1 });

const requireAnswers = ({ scores, predictions }: ClassAnswers, classes: Iterable<string>): void => {
  const isYes = predictions.map(() => true);
  for (const name of classes) {
    const column = scores.get(name);
    if (!column) throw new StatisticsError(`${NAME} requires a score of every class, and has none of ${JSON.stringify(name)}`);
    requireProbabilities(NAME, isYes, column);
  }
};

/** Refuses a label or an answer that has no score. */
const requireKnown = (names: readonly string[], scores: ReadonlyMap<string, unknown>): void => {
  const stranger = names.find((name) => !scores.has(name));
  if (stranger !== undefined)
    throw new StatisticsError(`${NAME} requires a score of every class, and has none of ${JSON.stringify(stranger)}`);
};

const requireLabelled = (answers: LabelledClasses): void => {
  requirePairs(NAME, answers.truth, answers.predictions);
  requireKnown(answers.truth, answers.scores);
  requireKnown(answers.predictions, answers.scores);
  requireAnswers(answers, answers.scores.keys());
};

/** The rows of one chunk. */
const rowsOf = ({ truth, scores, predictions }: LabelledClasses, { from, to }: Chunk): LabelledClasses => ({
  truth: truth.slice(from, to),
  scores: new Map([...scores].map(([name, column]) => [name, Float64Array.from({ length: to - from }, (_, i) => column[from + i] ?? 0)])),
  predictions: predictions.slice(from, to),
});

const realise = (answers: LabelledClasses): ReadonlyMap<ClassEstimate, number> => {
  requireLabelled(answers);
  return classMetrics({ ...answers, probabilities: certainOf(answers.scores.keys(), answers.truth) });
};

/** @throws StatisticsError as `cbpeMulticlass` */
const requireReference = (reference: LabelledClasses): void => {
  if (reference.scores.size < 2) throw new StatisticsError(`${NAME} requires scores of at least two classes`);
  requireLabelled(reference);
  const unseen = [...reference.scores.keys()].find((name) => !reference.truth.includes(name));
  if (unseen !== undefined)
    throw new StatisticsError(`${NAME} requires every class among the labels of the reference, and misses ${JSON.stringify(unseen)}`);
};

/**
 * Performance of answers with many classes before their labels arrive: confidence-based performance estimation, class by class.
 *
 * Each class is calibrated against all others by isotonic regression where that lowers the calibration error on held-out rows, and the rows are
 * normalised to add up to 1 (`calibratePerClass`). The confusion matrix to be expected is a sum of these probabilities, and every metric follows from
 * it (`classMetrics`). Band: ± three sampling errors of the reference (`classErrors`). Threshold: mean ± three deviations of the realised metrics over
 * the reference's chunks. Follows a shift of the inputs; cannot see that the same inputs now lead to other outcomes (concept drift). The order of
 * classes does not matter. Smallest reference: two chunks, every class labelled. O(classes · n log n).
 * Source: NannyML 0.13, CBPE (documentation, "how it works"); differences stand at `calibrationFor`, `classMetrics` and `classErrors`.
 * @param chunkSize rows per chunk of the reference; ten even chunks when not given
 * @throws StatisticsError `cbpeMulticlass requires scores of at least two classes` | `… a score of every class, and has none of …` |
 *   `… every class among the labels of the reference, and misses …` | `… as many answers as labels` | `… probabilities between 0 and 1` |
 *   `… at least two chunks in the reference`
 */
export const cbpeMulticlass = (reference: LabelledClasses, chunkSize?: number): CbpeMulticlass => {
  requireReference(reference);
  const chunks = chunksOf(reference.truth.length, chunkSize);
  if (chunks.length < 2) throw new StatisticsError(`${NAME} requires at least two chunks in the reference`);
  const realised = chunks.map((chunk) => realise(rowsOf(reference, chunk)));
  const fitted = { limitsOf, thresholds: thresholdsOf(realised, limitsOf), errors: classErrors(reference) };
  const calibration = calibrationPerClass(reference.truth, reference.scores);
  const classes = [...calibration.keys()].sort();
  return {
    realise,
    estimate: (answers) => {
      requireAnswers(answers, classes);
      requireKnown(answers.predictions, calibration);
      const probabilities = calibratePerClass(calibration, answers.scores);
      return estimatesOf(classMetrics({ ...answers, probabilities }), answers.predictions.length, fitted);
    },
    parameters: {
      method: 'cbpe_multiclass',
      version: ESTIMATORS.cbpe_multiclass.version,
      classes,
      calibratedClasses: classes.filter((name) => calibration.get(name)?.curve !== undefined),
      referenceRows: reference.truth.length,
      referenceChunks: chunks.length,
      chunkSize: chunkSize ?? null,
      bandErrors: BAND_ERRORS,
      thresholdDeviations: THRESHOLD_DEVIATIONS,
    },
  };
};
