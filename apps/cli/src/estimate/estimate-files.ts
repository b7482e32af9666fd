import {
  cbpe,
  chunksOf,
  dle,
  type Estimate,
  type LabelledAnswers,
  type LabelledNumericAnswers,
  type Parameters,
  scorecard,
  type Scorecard,
  seededRandom,
  StatisticsError,
} from '#libs/statistics';
import { UsageError } from '../usage-error.js';
import { type EstimateOptions } from './options.js';
import { encoderOf, numberIn, readTable, requireColumns, rowsWith, type Table, yesOrNo } from './read-answers.js';
import { type ChunkReport, type EstimateReport } from './report.js';

/** Both files with the columns that are needed; labels of the current file are welcome and not needed. */
type Tables = { readonly reference: Table; readonly current: Table };
type Row = Table['rows'][number];

/** A fitted estimator over rows of a file. */
type OverRows = {
  readonly parameters: Parameters;
  readonly estimate: (rows: readonly Row[]) => readonly Estimate<string>[];
  readonly realise: (rows: readonly Row[]) => ReadonlyMap<string, number>;
};

/** The resamples behind one sampling error: any seed would do, the same one makes every run alike. */
const SEED = 1;

const cbpeOverRows = (options: EstimateOptions & { readonly method: 'cbpe' }, rows: readonly Row[]): OverRows => {
  const answersOf = (some: readonly Row[]): Omit<LabelledAnswers, 'truth'> => ({
    scores: some.map((row) => numberIn(options.score, row.get(options.score))),
    predictions: some.map((row) => yesOrNo(options.prediction, row.get(options.prediction))),
  });
  const labelledOf = (some: readonly Row[]): LabelledAnswers => ({
    ...answersOf(some),
    truth: some.map((row) => yesOrNo(options.label, row.get(options.label))),
  });
  const fitted = cbpe(labelledOf(rows), {
    random: seededRandom(SEED),
    ...(options.chunkSize !== undefined && { chunkSize: options.chunkSize }),
  });
  return {
    parameters: { ...fitted.parameters, seed: SEED },
    estimate: (some) => fitted.estimate(answersOf(some)),
    realise: (some) => fitted.realise(labelledOf(some)),
  };
};

const featuresOf = (options: EstimateOptions & { readonly method: 'dle' }, { reference, current }: Tables): readonly string[] =>
  options.features ??
  [...reference.columns].filter((name) => current.columns.has(name) && ![options.score, options.prediction, options.label].includes(name));

const dleOverRows = (options: EstimateOptions & { readonly method: 'dle' }, rows: readonly Row[], tables: Tables): OverRows => {
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
    estimate: (some) => fitted.estimate(answersOf(some)),
    realise: (some) => fitted.realise(labelledOf(some)),
  };
};

const chunkReport = (
  rows: readonly Row[],
  place: { readonly from: number; readonly to: number },
  label: string,
  over: OverRows,
): ChunkReport => {
  const inside = rows.slice(place.from, place.to);
  const realised = inside.every((row) => row.get(label) !== undefined) ? over.realise(inside) : new Map<string, number>();
  const metrics = over.estimate(inside).map((estimate) => {
    const truth = realised.get(estimate.metric);
    return { ...estimate, ...(truth !== undefined && { realised: truth }) };
  });
  return { ...place, metrics };
};

const scorecardsOf = (chunks: readonly ChunkReport[]): ReadonlyMap<string, Scorecard> => {
  const all = chunks.flatMap(({ metrics }) => metrics);
  const cards = new Map<string, Scorecard>();
  for (const wanted of new Set(all.map(({ metric }) => metric))) {
    const settled = all.flatMap(({ metric, value, band, realised }) =>
      metric === wanted && realised !== undefined ? [{ value, band, realised }] : [],
    );
    if (settled.length > 0) cards.set(wanted, scorecard(settled));
  }
  return cards;
};

const estimateTables = (options: EstimateOptions, tables: Tables): EstimateReport => {
  const needed = [options.prediction, ...(options.method === 'cbpe' ? [options.score] : [])];
  requireColumns(tables.reference, [...needed, options.label]);
  requireColumns(tables.current, needed);
  const [known, later] = [rowsWith(tables.reference, [...needed, options.label]), rowsWith(tables.current, needed)];
  if (later.length === 0)
    throw new StatisticsError(`estimate requires at least one row with ${needed.join(' and ')} in ${options.current}`);
  const over = options.method === 'cbpe' ? cbpeOverRows(options, known) : dleOverRows(options, known, tables);
  const chunks = chunksOf(later.length, options.chunkSize).map((place) => chunkReport(later, place, options.label, over));
  return {
    parameters: over.parameters,
    leftOut: { reference: tables.reference.rows.length - known.length, current: tables.current.rows.length - later.length },
    chunks,
    scorecards: scorecardsOf(chunks),
  };
};

/**
 * Estimates the performance of the current file's answers, chunk by chunk, from a reference with labels. Where the current file has labels too, what
 * they show stands beside the estimates, with a scorecard.
 * @throws DatasetError a file cannot be read · UsageError COLUMN_UNKNOWN | NOT_BINARY | NOT_A_NUMBER | ESTIMATE_IMPOSSIBLE
 */
export const estimateFiles = async (options: EstimateOptions): Promise<EstimateReport> => {
  const tables = { reference: await readTable(options.reference), current: await readTable(options.current) };
  try {
    return estimateTables(options, tables);
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    throw new UsageError('ESTIMATE_IMPOSSIBLE', error.message);
  }
};
