import { type BandMethod } from './band.js';

/** What a metric is computed from, besides the labels. */
export type MetricNeeds = 'decisions' | 'classes' | 'scores' | 'probabilities' | 'class_scores' | 'numbers' | 'decisions_and_groups';

/** What a reader of a metric has to know. `version` is raised whenever the same input may give another number. */
export type PerformanceMetric = {
  readonly id: string;
  readonly version: number;
  readonly needs: MetricNeeds;
  readonly range: string;
  /** Which way is better; `neither` for shares that describe the data. */
  readonly better: 'higher' | 'lower' | 'neither';
  /** How its band is made. */
  readonly band: BandMethod;
  readonly meaning: string;
};

type Row = readonly [id: string, better: PerformanceMetric['better'], band: PerformanceMetric['band'], meaning: string];

const of = (needs: MetricNeeds, range: string, rows: readonly Row[]): PerformanceMetric[] =>
  rows.map(([id, better, band, meaning]) => ({ id, version: 1, needs, range, better, band, meaning }));

const AVERAGES = ['macro', 'weighted', 'micro'] as const;
const averaged = (name: string, meaning: string): Row[] =>
  AVERAGES.map((average) => [
    `${name}_${average}`,
    'higher',
    average === 'micro' ? 'wilson' : 'delta',
    `${meaning}, ${average} average over classes.`,
  ]);

/** Every metric of performance and fairness, with what it needs, its range and which way is better. */
export const PERFORMANCE_METRICS: readonly PerformanceMetric[] = [
  ...of('decisions', '0 to 1', [
    ['accuracy', 'higher', 'wilson', 'Share of answers that were right.'],
    ['precision', 'higher', 'wilson', 'Share of "yes" answers that were right.'],
    ['recall', 'higher', 'wilson', 'Share of true "yes" that were found; true positive rate.'],
    ['specificity', 'higher', 'wilson', 'Share of true "no" that were left alone; true negative rate.'],
    ['negative_predictive_value', 'higher', 'wilson', 'Share of "no" answers that were right.'],
    ['false_positive_rate', 'lower', 'wilson', 'Share of true "no" that were answered "yes".'],
    ['false_negative_rate', 'lower', 'wilson', 'Share of true "yes" that were missed.'],
    ['predicted_positive_rate', 'neither', 'wilson', 'Share of "yes" among the answers.'],
    ['actual_positive_rate', 'neither', 'wilson', 'Share of "yes" among the labels.'],
    ['f1', 'higher', 'wilson', 'Harmonic mean of precision and recall.'],
    ['balanced_accuracy', 'higher', 'newcombe', 'Mean of recall and specificity; 0.5 tells nothing.'],
  ]),
  ...of('decisions', '-1 to 1', [['informedness', 'higher', 'newcombe', "Youden's J: recall minus false positive rate; 0 tells nothing."]]),
  ...of('classes', '0 to 1', [
    ...averaged('precision', 'Share of answers of a class that were right'),
    ...averaged('recall', 'Share of a class that was found'),
    ...averaged('f1', 'Harmonic mean of precision and recall'),
  ]),
  ...of('classes', '-1 to 1', [
    ['matthews', 'higher', 'delta', 'Correlation of answers and labels; 0 tells nothing.'],
    ['cohen_kappa', 'higher', 'delta', 'Share of right answers beyond chance; 0 is chance.'],
  ]),
  ...of('classes', 'unbounded, in the currency of the values', [
    ['business_value', 'higher', 'delta', 'What an answer was worth, averaged over all answers.'],
  ]),
  ...of('scores', '0 to 1', [
    ['roc_auc', 'higher', 'delong', 'Probability that a positive scores above a negative; 0.5 is chance.'],
    ['average_precision', 'higher', 'delta', 'Area under the precision-recall curve; the share of positives is chance.'],
  ]),
  ...of('class_scores', '0 to 1', [
    ['roc_auc_macro', 'higher', 'delta', 'Area under the curve of each class against the rest, plain mean.'],
    ['roc_auc_weighted', 'higher', 'delta', 'The same, mean by number of labels.'],
    ['roc_auc_micro', 'higher', 'delta', 'One curve of all pairs of row and class.'],
  ]),
  ...of('probabilities', '0 to 1', [
    ['brier', 'lower', 'delta', 'Mean squared difference between probability and what happened.'],
    ['expected_calibration_error', 'lower', 'folded', 'Mean distance of probabilities from observed shares.'],
  ]),
  ...of('probabilities', '0 to 36.04', [
    ['log_loss', 'lower', 'delta', 'Mean of minus the logarithm of the probability of what happened.'],
  ]),
  ...of('numbers', '0 = perfect, unbounded, in units of the target', [
    ['mae', 'lower', 'delta', 'Mean absolute error.'],
    ['rmse', 'lower', 'delta', 'Root of the mean squared error.'],
    ['quantile_loss', 'lower', 'delta', 'Mean cost of answers that are meant to be a quantile.'],
  ]),
  ...of('numbers', '0 = perfect, unbounded, in squared units of the target', [['mse', 'lower', 'delta', 'Mean squared error.']]),
  ...of('numbers', '0 = perfect, unbounded, a fraction', [['mape', 'lower', 'delta', 'Mean absolute error as a fraction of the label.']]),
  ...of('numbers', '0 = perfect, unbounded', [
    ['msle', 'lower', 'delta', 'Mean squared difference of the logarithms of 1 + value.'],
    ['rmsle', 'lower', 'delta', 'Its root.'],
  ]),
  ...of('numbers', 'unbounded below, 1 = perfect', [
    ['r_squared', 'higher', 'delta', 'Share of the variance of the labels that is explained.'],
  ]),
  ...of('decisions_and_groups', '0 = equal, 1', [
    ['demographic_parity_difference', 'lower', 'newcombe', 'Highest minus lowest share of "yes" over groups.'],
    ['equal_opportunity_difference', 'lower', 'newcombe', 'Highest minus lowest true positive rate over groups.'],
    ['equalised_odds_difference', 'lower', 'newcombe', 'The larger difference of true and of false positive rates over groups.'],
  ]),
  ...of('decisions_and_groups', '0 to 1 = equal', [
    ['demographic_parity_ratio', 'higher', 'delta', 'Lowest over highest share of "yes" over groups.'],
    ['equal_opportunity_ratio', 'higher', 'delta', 'Lowest over highest true positive rate over groups.'],
    ['equalised_odds_ratio', 'higher', 'delta', 'The smaller ratio of true and of false positive rates over groups.'],
  ]),
  ...of('decisions_and_groups', '0 and up, 1 = equal, below 0.8 = four-fifths rule', [
    ['disparate_impact', 'higher', 'delta', 'Share of "yes" of a group over that of a reference group.'],
  ]),
];
