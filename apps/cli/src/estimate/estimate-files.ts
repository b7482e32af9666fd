import { chunksOf, scorecard, type Scorecard, StatisticsError } from '#libs/statistics';
import { UsageError } from '../usage-error.js';
import { type EstimateOptions } from './options.js';
import { cbpeMulticlassOverRows, cbpeOverRows, dleOverRows, type OverRows, type Tables } from './over-rows.js';
import { readTable, requireColumns, type Row, rowsWith } from './read-answers.js';
import { type ChunkReport, type EstimateReport } from './report.js';

/** The columns without which a row is left out. Labels of the current file are welcome and not needed. */
const neededColumns = (options: EstimateOptions): string[] => {
  if (options.method === 'cbpe') return [options.prediction, options.score];
  if (options.method === 'cbpe_multiclass') return [options.prediction, ...options.scores.values()];
  return [options.prediction];
};

/** The columns to hold in memory; undefined: all, which are the features of dle where none are named. */
const wantedColumns = (options: EstimateOptions): ReadonlySet<string> | undefined => {
  if (options.method !== 'dle') return new Set([...neededColumns(options), options.label]);
  return options.features && new Set([...neededColumns(options), options.label, ...options.features]);
};

const estimatorOf = (options: EstimateOptions, rows: readonly Row[], tables: Tables): OverRows => {
  if (options.method === 'cbpe') return cbpeOverRows(options, rows);
  if (options.method === 'cbpe_multiclass') return cbpeMulticlassOverRows(options, rows);
  return dleOverRows(options, rows, tables);
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
  return { ...place, metrics, absent: over.metrics.filter((metric) => !metrics.some((found) => found.metric === metric)) };
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
  const needed = neededColumns(options);
  requireColumns(tables.reference, [...needed, options.label]);
  requireColumns(tables.current, needed);
  const [known, later] = [rowsWith(tables.reference, [...needed, options.label]), rowsWith(tables.current, needed)];
  if (later.length === 0)
    throw new StatisticsError(`estimate requires at least one row with ${needed.join(' and ')} in ${options.current}`);
  const over = estimatorOf(options, known, tables);
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
 * @throws DatasetError a file cannot be read · UsageError COLUMN_UNKNOWN | NOT_BINARY | NOT_A_NUMBER |
 *   CLASS_WITHOUT_SCORE | ESTIMATE_IMPOSSIBLE
 */
export const estimateFiles = async (options: EstimateOptions): Promise<EstimateReport> => {
  const wanted = wantedColumns(options);
  const tables = { reference: await readTable(options.reference, wanted), current: await readTable(options.current, wanted) };
  try {
    return estimateTables(options, tables);
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    throw new UsageError('ESTIMATE_IMPOSSIBLE', error.message);
  }
};
