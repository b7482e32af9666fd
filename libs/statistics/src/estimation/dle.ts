import { StatisticsError } from '../errors.js';
import { requireFinite, requirePairs } from '../requirements.js';
import { type Parameters } from '../score.js';
import { populationDeviation } from '../summation.js';
import { type Chunk, chunksOf } from './chunks.js';
import { BAND_ERRORS, type Estimate, estimatesOf, type Interval, THRESHOLD_DEVIATIONS, thresholdsOf } from './estimate.js';
import { ESTIMATORS } from './estimators.js';
import { BOOSTING, gradientBoosting, type Regressor } from './gradient-boosting.js';
import { type Loss, lossesOf, type RegressionEstimate, regressionErrors, regressionMetrics } from './regression-losses.js';

/** Numeric answers with the features they were made from: one column each, always in the same order, NaN where a value is missing. */
export type NumericAnswers = { readonly features: readonly ArrayLike<number>[]; readonly predictions: ArrayLike<number> };

/** Numeric answers whose truth is known. */
export type LabelledNumericAnswers = NumericAnswers & { readonly truth: ArrayLike<number> };

/** What a reference with labels taught about the losses of later answers without. */
export type Dle = {
  /** The definition behind every estimate: chunks, learner, band, threshold. */
  readonly parameters: Parameters;
  /** Metrics of one chunk of answers, without its labels. @throws StatisticsError `dle requires …` */
  readonly estimate: (answers: NumericAnswers) => readonly Estimate<RegressionEstimate>[];
  /** The same metrics once labels are there. @throws StatisticsError `dle requires …` */
  readonly realise: (answers: Pick<LabelledNumericAnswers, 'truth' | 'predictions'>) => ReadonlyMap<RegressionEstimate, number>;
};

/** Rows per chunk of the reference; ten even chunks when not given. */
export type DleOptions = { readonly chunkSize?: number };

const LIMITS: Interval = { lower: 0, upper: Infinity };

const requireColumns = ({ features, predictions }: NumericAnswers): void => {
  requireFinite('dle', predictions);
  for (const column of features) {
    if (column.length !== predictions.length) throw new StatisticsError('dle requires as many values in every feature as answers');
    if (Array.from(column).some((value) => value === Infinity || value === -Infinity))
      throw new StatisticsError('dle requires features without infinite values');
  }
};

const realise = ({
  truth,
  predictions,
}: Pick<LabelledNumericAnswers, 'truth' | 'predictions'>): ReadonlyMap<RegressionEstimate, number> => {
  requirePairs('dle', truth, predictions);
  requireFinite('dle', truth);
  requireFinite('dle', predictions);
  return regressionMetrics(finiteLosses(truth, predictions));
};

/** A square may overflow where its number does not, and its deviation where it does not. */
const finiteLosses = (truth: ArrayLike<number>, predictions: ArrayLike<number>): ReturnType<typeof lossesOf> => {
  const losses = lossesOf(truth, predictions);
  for (const each of losses.values())
    if (!Number.isFinite(populationDeviation(each))) throw new StatisticsError('dle requires errors whose squares have a finite deviation');
  return losses;
};

const rowsOf = (values: ArrayLike<number>, { from, to }: Chunk): Float64Array =>
  Float64Array.from({ length: to - from }, (_, i) => values[from + i] ?? NaN);

/** Losses cannot be negative, a booster can. */
const predicted = (models: ReadonlyMap<Loss, Regressor>, { features, predictions }: NumericAnswers): ReadonlyMap<Loss, Float64Array> => {
  const negative = Array.from(predictions).some((value) => value < 0);
  return new Map(
    [...models]
      .filter(([loss]) => loss !== 'squared_log' || !negative)
      .map(([loss, model]) => [loss, model([...features, predictions]).map((value) => Math.max(value, 0))]),
  );
};

/**
 * Performance of numeric answers before their labels arrive: direct loss estimation.
 *
 * For every loss (absolute, percentage, squared, squared logarithm) a booster learns on the reference how large it is, from the features and the answer
 * itself; the mean of what it predicts for a chunk is the estimate (rmse and rmsle are roots of it). Band: ± three sampling errors of the reference.
 * Threshold: mean ± three deviations of the realised metric over the reference's chunks. Sees a shift towards inputs where the model errs more; cannot see
 * that the same inputs now err more, and takes losses beyond the reference's inputs to be those at their edge. The learner knows the reference: estimate on rows it was not fitted on. Logarithmic metrics only without negative
 * numbers. Smallest reference: two chunks; below 40 rows the estimate is the mean of the reference. Cost: `gradientBoosting`, four times.
 * Source: NannyML 0.13, DLE (documentation, "how it works"), with LightGBM's defaults; our learner bins otherwise, so estimates agree in size, not in digits.
 * @throws StatisticsError `dle requires as many answers as labels` | `dle requires finite values` | `dle requires at least two chunks in the reference` |
 *   `dle requires as many values in every feature as answers` | `dle requires features without infinite values` | `dle requires errors whose squares have a finite deviation`
 */
export const dle = (reference: LabelledNumericAnswers, { chunkSize }: DleOptions = {}): Dle => {
  requirePairs('dle', reference.truth, reference.predictions);
  requireFinite('dle', reference.truth);
  requireColumns(reference);
  const rows = reference.truth.length;
  const chunks = chunksOf(rows, chunkSize);
  if (chunks.length < 2) throw new StatisticsError('dle requires at least two chunks in the reference');
  const realised = chunks.map((chunk) =>
    realise({ truth: rowsOf(reference.truth, chunk), predictions: rowsOf(reference.predictions, chunk) }),
  );
  const losses = finiteLosses(reference.truth, reference.predictions);
  const limitsOf = (): Interval => LIMITS;
  const fitted = { limitsOf, thresholds: thresholdsOf(realised, limitsOf), errors: regressionErrors(losses) };
  const inputs = [...reference.features, reference.predictions];
  const models = new Map([...losses].map(([loss, each]) => [loss, gradientBoosting(inputs, each)]));
  return {
    realise,
    estimate: (answers) => {
      requireColumns(answers);
      if (answers.features.length !== reference.features.length) throw new StatisticsError('dle requires the features of the reference');
      return estimatesOf(regressionMetrics(predicted(models, answers)), answers.predictions.length, fitted);
    },
    parameters: {
      method: 'dle',
      version: ESTIMATORS.dle.version,
      referenceRows: rows,
      referenceChunks: chunks.length,
      chunkSize: chunkSize ?? null,
      features: reference.features.length,
      ...BOOSTING,
      bandErrors: BAND_ERRORS,
      thresholdDeviations: THRESHOLD_DEVIATIONS,
    },
  };
};
