/** The ways to estimate performance before labels come. `cbpe_multiclass` is cbpe with a score per class. */
export const ESTIMATOR_IDS = ['cbpe', 'cbpe_multiclass', 'dle'] as const;
export type EstimatorId = (typeof ESTIMATOR_IDS)[number];

/** What a reader of an estimate has to know. */
export type Estimator = {
  readonly id: EstimatorId;
  /** Raised whenever the same input may give another number. Stored with every estimate. */
  readonly version: number;
  /** What the answers of the model are. */
  readonly answers: 'yes or no' | 'classes' | 'numbers';
  readonly meaning: string;
  readonly range: string;
  /** Time for a reference of n rows. */
  readonly cost: string;
  readonly source: string;
};

const NANNYML = 'NannyML 0.13, documentation, "how it works"';

/** Every estimator by its id. */
export const ESTIMATORS: Readonly<Record<EstimatorId, Estimator>> = {
  cbpe: {
    id: 'cbpe',
    version: 2,
    answers: 'yes or no',
    meaning:
      'Metrics to be expected when calibrated scores are the probabilities of a yes. Follows a shift of the inputs; does not see that the same inputs now lead to other outcomes.',
    range: 'that of each metric: shares from 0 to 1',
    cost: 'n log n',
    source: `${NANNYML}: confidence-based performance estimation`,
  },
  cbpe_multiclass: {
    id: 'cbpe_multiclass',
    version: 1,
    answers: 'classes',
    meaning: 'The same with a score per class: each is calibrated against all others, and rows are normalised to add up to 1.',
    range: 'that of each metric: shares from 0 to 1',
    cost: 'classes · n log n',
    source: `${NANNYML}: confidence-based performance estimation, multiclass`,
  },
  dle: {
    id: 'dle',
    version: 1,
    answers: 'numbers',
    meaning:
      'Mean of the losses a booster predicts from features and answer. Sees inputs on which the model errs more; not that the same inputs now err more, and nothing beyond the inputs it knows.',
    range: 'losses from 0 on, in units of the metric',
    cost: '100 trees of n rows, for each of four losses',
    source: `${NANNYML}: direct loss estimation; Friedman, Annals of Statistics 29 (2001), 1189-1232`,
  },
};
