import {
  BINARY_ESTIMATES,
  cbpe,
  cbpeMulticlass,
  CLASS_ESTIMATES,
  type ClassAnswers,
  dle,
  type Estimate,
  type LabelledAnswers,
  type LabelledClasses,
  type LabelledNumericAnswers,
  type Parameters,
  REGRESSION_ESTIMATES,
} from '#libs/statistics';
import { type EstimateOptions } from './options.js';
import { classIn, encoderOf, numberIn, requireColumns, type Row, type Table, yesOrNo } from './read-answers.js';

type OptionsOf<Method extends EstimateOptions['method']> = Extract<EstimateOptions, { readonly method: Method }>;

/** Both files. */
export type Tables = { readonly reference: Table; readonly current: Table };

/** A fitted estimator over rows of a file. */
export type OverRows = {
  readonly parameters: Parameters;
  /** What the method estimates where there is something to estimate it of. */
  readonly metrics: readonly string[];
  readonly estimate: (rows: readonly Row[]) => readonly Estimate<string>[];
  readonly realise: (rows: readonly Row[]) => ReadonlyMap<string, number>;
};

/** Yes/no answers with one score. @throws UsageError NOT_BINARY | NOT_A_NUMBER */
export const cbpeOverRows = (options: OptionsOf<'cbpe'>, rows: readonly Row[]): OverRows => {
  const answersOf = (some: readonly Row[]): Omit<LabelledAnswers, 'truth'> => ({
    scores: some.map((row) => numberIn(options.score, row.get(options.score))),
    predictions: some.map((row) => yesOrNo(options.prediction, row.get(options.prediction))),
  });
  const labelledOf = (some: readonly Row[]): LabelledAnswers => ({
    ...answersOf(some),
    truth: some.map((row) => yesOrNo(options.label, row.get(options.label))),
  });
  const fitted = cbpe(labelledOf(rows), { ...(options.chunkSize !== undefined && { chunkSize: options.chunkSize }) });
  return {
    parameters: fitted.parameters,
    metrics: BINARY_ESTIMATES.filter((metric) => metric !== 'business_value'),
    estimate: (some) => fitted.estimate(answersOf(some)),
    realise: (some) => fitted.realise(labelledOf(some)),
  };
};

/** Answers with one score per class. @throws UsageError CLASS_WITHOUT_SCORE | NOT_A_NUMBER */
export const cbpeMulticlassOverRows = (options: OptionsOf<'cbpe_multiclass'>, rows: readonly Row[]): OverRows => {
  const { scores, prediction, label, chunkSize } = options;
  const classesIn = (column: string, some: readonly Row[]): string[] => some.map((row) => classIn(column, row.get(column), scores));
  const answersOf = (some: readonly Row[]): ClassAnswers => ({
    scores: new Map([...scores].map(([name, column]) => [name, some.map((row) => numberIn(column, row.get(column)))])),
    predictions: classesIn(prediction, some),
  });
  const labelledOf = (some: readonly Row[]): LabelledClasses => ({ ...answersOf(some), truth: classesIn(label, some) });
  const fitted = cbpeMulticlass(labelledOf(rows), chunkSize);
  return {
    parameters: fitted.parameters,
    metrics: CLASS_ESTIMATES,
    estimate: (some) => fitted.estimate(answersOf(some)),
    realise: (some) => fitted.realise(labelledOf(some)),
  };
};

const featuresOf = (options: OptionsOf<'dle'>, { reference, current }: Tables): readonly string[] =>
  options.features ??
  [...reference.columns].filter((name) => current.columns.has(name) && ![options.score, options.prediction, options.label].includes(name));

/** Answers that are numbers, with the features of the model. @throws UsageError COLUMN_UNKNOWN | NOT_A_NUMBER */
export const dleOverRows = (options: OptionsOf<'dle'>, rows: readonly Row[], tables: Tables): OverRows => {
  const names = featuresOf(options, tables);
  requireColumns(tables.reference, names);
  requireColumns(tables.current, names);
  const encoders = names.map((name) => encoderOf(rows, name));
  const answersOf = (some: readonly Row[]): Omit<LabelledNumericAnswers, 'truth'> => ({
    features: encoders.map((encode) => some.map(encode)),
    predictions: some.map((row) => numberIn(options.prediction, row.get(options.prediction))),
  });
  const labelledOf = (some: readonly Row[]): LabelledNumericAnswers => ({
    ...answersOf(some),
    truth: some.map((row) => numberIn(options.label, row.get(options.label))),
  });
  const fitted = dle(labelledOf(rows), { ...(options.chunkSize !== undefined && { chunkSize: options.chunkSize }) });
  return {
    parameters: { ...fitted.parameters, features: names },
    metrics: REGRESSION_ESTIMATES,
    estimate: (some) => fitted.estimate(answersOf(some)),
    realise: (some) => fitted.realise(labelledOf(some)),
  };
};
