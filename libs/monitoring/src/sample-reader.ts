import { type ClickHouse } from '#libs/clickhouse';
import { type Selection } from './definition.js';
import { exactSamples, foldRows, regrid, rowsPerWindow, rowWindows, type RowWindows } from './exact.js';
import { LabelledRows, TouchedLabelSpans, WindowLabels, type LabelledRow } from './label-samples.js';
import { type WindowSpan } from './measurement.js';
import { type SubjectSamples } from './sample.js';
import { BatchTimes, DeploymentLogTime, SubjectsOfRange, SubjectValues, type CountTable, TouchedSpans, WindowCounts } from './samples.js';
import {
  type Comparison,
  CountedWindows,
  gridOf,
  NO_GRID,
  subjectSamples,
  WORD_GRID,
  type Regridded,
  type WordsBySubject,
} from './sampling.js';
import { type LogTime } from './windows.js';

const FIVE_MINUTES = 300_000;
const DAY = 86_400_000;
/** A batch that is recorded within this time of its newest prediction is live traffic. */
const LIVE_WITHIN = 15 * 60_000;
const TIME_MIN = 0;
const TIME_MAX = 8_640_000_000_000_000;

/** Whose predictions, and which of them. */
export type Scope = { readonly deploymentId: string; readonly selection: Selection };

const filtersOf = ({ version, variant }: Selection): { version: string | null; variant: string | null } => ({
  version: version ?? null,
  variant: variant ?? null,
});

const hasSegments = ({ segments }: Selection): boolean => Object.keys(segments ?? {}).length > 0;

const hullOf = (windows: readonly WindowSpan[]): { from: number; until: number } => ({
  from: Math.min(...windows.map(({ from }) => from)),
  until: Math.max(...windows.map(({ until }) => until)),
});

const fits = (windows: readonly WindowSpan[], span: number): boolean =>
  windows.every(({ from, until }) => from % span === 0 && until % span === 0);

const tableOf = (daily: boolean): CountTable => (daily ? 'predictions_counts_1d_v1' : 'predictions_counts_5m_v1');

/** Reads what measurements are made of. Sums come from ClickHouse as integers; every fold over doubles happens here, in log order. */
export class SampleReader {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** What the log up to a position says about time; undefined while the deployment has no predictions. */
  async logTime(deploymentId: string, position: bigint): Promise<(LogTime & { readonly oldest: number }) | undefined> {
    const [row] = await this.clickhouse.query(DeploymentLogTime, { deploymentId, position });
    if (!row || row.batches === 0) return undefined;
    return { oldest: row.oldest, newest: row.newest, recordedAt: row.recordedAt, live: row.lag <= LIVE_WITHIN };
  }

  /** Whether windows like these can be measured from counts. */
  countable(windows: readonly WindowSpan[], selection: Selection): boolean {
    return fits(windows, FIVE_MINUTES) && !hasSegments(selection);
  }

  /** Spans with rows after a position, with all the rows they hold now: whole days where `daily`. */
  async touchedSpans(
    scope: Scope,
    since: bigint,
    { daily, within }: { daily: boolean; within?: WindowSpan },
  ): Promise<readonly { span: number; rows: number }[]> {
    const { from, until } = within ?? { from: TIME_MIN, until: TIME_MAX };
    const params = { deploymentId: scope.deploymentId, since, from, until, ...filtersOf(scope.selection) };
    return this.clickhouse.query(TouchedSpans, { ...params, table: tableOf(daily) });
  }

  async counts(scope: Scope, windows: readonly WindowSpan[]): Promise<CountedWindows> {
    const rows = await this.clickhouse.query(WindowCounts, {
      table: tableOf(fits(windows, DAY)),
      deploymentId: scope.deploymentId,
      froms: windows.map(({ from }) => from),
      untils: windows.map(({ until }) => until),
      ...hullOf(windows),
      ...filtersOf(scope.selection),
    });
    return new CountedWindows(windows, rows);
  }

  /** What each subject is compared by, from counts; rows that were counted on another grid are counted again from their values. */
  async fromCounts(
    scope: Scope,
    counted: CountedWindows,
    comparison: Comparison,
    of: { subjects: readonly string[]; words: WordsBySubject },
  ): Promise<SubjectSamples[]> {
    const indexes = [comparison.current, ...comparison.reference];
    const found: SubjectSamples[] = [];
    let rows: RowWindows | undefined;
    for (const subject of of.subjects) {
      const grid = counted.gridFor(subject, indexes);
      let again: Regridded = new Map();
      if (grid !== undefined && grid !== WORD_GRID && counted.hasOtherGrids(subject, grid, indexes)) {
        rows ??= await this.rowWindows(scope, counted.windows, counted.positionTo);
        const folds = await this.folds(scope, subject, counted.windows, { rows, position: counted.positionTo, exceptGrid: grid });
        if (grid === NO_GRID) {
          const kept = indexes.map((index) => folds[index]).filter((fold) => fold !== undefined);
          const exact = exactSamples(
            subject,
            'number',
            kept,
            indexes.map((index) => counted.rows[index] ?? 0),
          );
          if (exact) found.push(exact);
          continue;
        }
        again = regrid(folds, gridOf(grid));
      }
      const samples = subjectSamples(counted, subject, comparison, of.words.get(subject), again);
      if (samples) found.push(samples);
    }
    return found;
  }

  /** Everything from rows: for segments, and for windows that are no sums of five minutes. Window 0 is measured. */
  async fromRows(
    scope: Scope,
    windows: readonly WindowSpan[],
    position: bigint,
  ): Promise<{ rows: readonly number[]; samples: SubjectSamples[] }> {
    const rows = await this.rowWindows(scope, windows, position);
    const perWindow = rowsPerWindow(rows, windows.length);
    const range = { deploymentId: scope.deploymentId, ...hullOf(windows), position };
    const samples: SubjectSamples[] = [];
    for (const { subject, kind } of await this.clickhouse.query(SubjectsOfRange, range)) {
      const folds = await this.folds(scope, subject, windows, { rows, position, exceptGrid: '' });
      const exact = exactSamples(subject, kind, folds, perWindow);
      if (exact) samples.push(exact);
    }
    return { rows: perWindow, samples };
  }

  /** Rows per window, for choosing a reference before the values are read. */
  async rowsOf(scope: Scope, windows: readonly WindowSpan[], position: bigint): Promise<number[]> {
    return rowsPerWindow(await this.rowWindows(scope, windows, position), windows.length);
  }

  /** Spans that got labels between two positions, and where and when the newest of them was recorded. */
  async touchedLabels(
    deploymentId: string,
    since: bigint,
    position: bigint,
  ): Promise<readonly { readonly span: number; readonly recordedAt: number; readonly newest: bigint }[]> {
    return this.clickhouse.query(TouchedLabelSpans, { deploymentId, since, position });
  }

  async labelsOf(scope: Scope, window: WindowSpan, since: bigint, position: bigint): Promise<{ labelled: number; fresh: number }> {
    const params = { deploymentId: scope.deploymentId, ...window, since, position, ...filtersOf(scope.selection) };
    const [row] = await this.clickhouse.query(WindowLabels, params);
    return row ?? { labelled: 0, fresh: 0 };
  }

  /** Labelled predictions of a window in the one order every fold uses; those of the segment where the scope has one. */
  async labelledRows(scope: Scope, window: WindowSpan, position: bigint): Promise<readonly LabelledRow[]> {
    const { deploymentId, selection } = scope;
    const all = await this.clickhouse.query(LabelledRows, { deploymentId, ...window, position, ...filtersOf(selection) });
    const chosen = hasSegments(selection) ? await this.rowWindows(scope, [window], position) : undefined;
    return all.flatMap(({ row, ...labelled }) => (chosen && chosen.get(labelled.predictedIn)?.[row] !== 0 ? [] : [labelled]));
  }

  /** Which rows up to a position belong to which window. */
  async rowWindows({ deploymentId, selection }: Scope, windows: readonly WindowSpan[], position: bigint): Promise<RowWindows> {
    const batches = await this.clickhouse.query(BatchTimes, { deploymentId, ...hullOf(windows), position });
    return rowWindows(batches, windows, selection);
  }

  /** Values of one subject by window, in the order of the log, leaving out rows counted on one grid (empty: none left out). */
  async folds(
    { deploymentId }: Scope,
    subject: string,
    windows: readonly WindowSpan[],
    { rows, position, exceptGrid }: { rows: RowWindows; position: bigint; exceptGrid: string },
  ): Promise<ReturnType<typeof foldRows>> {
    const range = { deploymentId, ...hullOf(windows), position };
    // Every row without a grid carries another text than a grid, so asking for all but that text leaves nothing out.
    const except = exceptGrid === NO_GRID ? '' : exceptGrid;
    return foldRows(await this.clickhouse.query(SubjectValues, { ...range, subject, exceptGrid: except }), rows, windows.length);
  }
}
