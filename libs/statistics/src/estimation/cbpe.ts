import { StatisticsError } from '../errors.js';
import { requireProbabilities } from '../performance/probabilities.js';
import { requirePairs } from '../requirements.js';
import { type Parameters } from '../score.js';
import { binaryErrors, type LabelledAnswers } from './binary-errors.js';
import { type BinaryEstimate, binaryLimits, binaryMetrics, type OutcomeValues } from './binary-metrics.js';
import { calibrate, calibrationFor } from './calibration.js';
import { type Chunk, chunksOf } from './chunks.js';
import { BAND_ERRORS, type Estimate, estimatesOf, THRESHOLD_DEVIATIONS, thresholdsOf } from './estimate.js';
import { ESTIMATORS } from './estimators.js';

/** Yes/no answers with the probability the model gave, labels unknown. */
export type Answers = Pick<LabelledAnswers, 'scores' | 'predictions'>;

/** What a reference with labels taught about later answers without. */
export type Cbpe = {
  /** The definition behind every estimate: chunks, calibration and its errors, band, threshold. */
  readonly parameters: Parameters;
  /** Metrics of one chunk of answers, without its labels. @throws StatisticsError `cbpe requires …` */
  readonly estimate: (answers: Answers) => readonly Estimate<BinaryEstimate>[];
  /** The same metrics once labels are there. @throws StatisticsError `cbpe requires …` */
  readonly realise: (answers: LabelledAnswers) => ReadonlyMap<BinaryEstimate, number>;
};

export type CbpeOptions = {
  /** Rows per chunk of the reference; ten even chunks when not given. */
  readonly chunkSize?: number;
  /** What outcomes are worth; with it the business value per prediction is estimated. */
  readonly values?: OutcomeValues;
};

const requireLabelled = ({ truth, scores, predictions }: LabelledAnswers): void => {
  requireProbabilities('cbpe', truth, scores);
  requirePairs('cbpe', truth, predictions);
};

const requireAnswers = ({ scores, predictions }: Answers): void => {
  requireProbabilities('cbpe', predictions, scores);
};

/** The rows of one chunk. */
const rowsOf = ({ truth, scores, predictions }: LabelledAnswers, { from, to }: Chunk): LabelledAnswers => ({
  truth: truth.slice(from, to),
  scores: Float64Array.from({ length: to - from }, (_, i) => scores[from + i] ?? 0),
  predictions: predictions.slice(from, to),
});

/**
 * Performance of yes/no answers before their labels arrive: confidence-based performance estimation.
 *
 * A calibrated score is the probability that an answer is positive, so the confusion matrix to be expected is a sum of probabilities, and every
 * metric follows from it (`binaryMetrics`; rankings by the uncalibrated score). Scores are calibrated by isotonic regression where that lowers the
 * calibration error on held-out rows. Band: ± three sampling errors of the reference. Threshold: mean ± three deviations of the realised metrics over
 * the reference's chunks. A reference of one class says nothing of the other and is refused. Holds as long as the scores keep their meaning: it follows a shift of the inputs, and cannot see that the same inputs now
 * lead to other outcomes (concept drift). Smallest reference: two chunks. O(n log n).
 * Source: NannyML 0.13, CBPE (documentation, "how it works"); differences stand at `calibrationFor`, `expectedRocAuc` and `binaryErrors`.
 * @throws StatisticsError `cbpe requires as many answers as labels` | `cbpe requires probabilities between 0 and 1` |
 *   `cbpe requires both classes among the labels of the reference` | `cbpe requires at least two chunks in the reference`
 */
export const cbpe = (reference: LabelledAnswers, { chunkSize, values }: CbpeOptions = {}): Cbpe => {
  requireLabelled(reference);
  if (new Set(reference.truth).size < 2) throw new StatisticsError('cbpe requires both classes among the labels of the reference');
  const chunks = chunksOf(reference.truth.length, chunkSize);
  if (chunks.length < 2) throw new StatisticsError('cbpe requires at least two chunks in the reference');
  const realise = (answers: LabelledAnswers): ReadonlyMap<BinaryEstimate, number> => {
    requireLabelled(answers);
    return binaryMetrics({ ...answers, probabilities: answers.truth.map(Number) }, values);
  };
  const limitsOf = (metric: BinaryEstimate): ReturnType<typeof binaryLimits> => binaryLimits(metric, values);
  const realised = chunks.map((chunk) => realise(rowsOf(reference, chunk)));
  const fitted = {
    limitsOf,
    thresholds: thresholdsOf(realised, limitsOf),
    errors: binaryErrors(reference, values),
  };
  const calibration = calibrationFor(reference.truth, reference.scores);
  return {
    realise,
    estimate: (answers) => {
      requireAnswers(answers);
      const probabilities = calibrate(calibration, answers.scores);
      return estimatesOf(binaryMetrics({ ...answers, probabilities }, values), answers.predictions.length, fitted);
    },
    parameters: {
      method: 'cbpe',
      version: ESTIMATORS.cbpe.version,
      referenceRows: reference.truth.length,
      referenceChunks: chunks.length,
      chunkSize: chunkSize ?? null,
      calibrated: calibration.curve !== undefined,
      calibrationErrorBefore: calibration.errorBefore ?? null,
      calibrationErrorAfter: calibration.errorAfter ?? null,
      bandErrors: BAND_ERRORS,
      thresholdDeviations: THRESHOLD_DEVIATIONS,
    },
  };
};
