import { CATEGORY_WORDS_MAX } from '#libs/deployments';
import { isOtherBucket, isSpecialBucket, otherBucket, SPECIAL_BUCKET, VOLUME } from '#libs/predictions';
import { type Grid } from '#libs/statistics';
import { type WindowSpan } from './measurement.js';
import { type ImportedReference } from './measurements-decider.js';
import { type CountSample, NO_COUNTS, type Special, type SubjectSamples, sumOfCounts } from './sample.js';
import { type WindowCountRow } from './samples.js';

/** Words of categories by subject and bucket. */
export type WordsBySubject = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** How a subject's buckets are to be read: `word`, `none` (numbers that have no grid), or `centre/unit`. */
export const WORD_GRID = 'word';
export const NO_GRID = 'none';

/** @throws TypeError when the text is no grid */
export const gridOf = (text: string): Grid => {
  const [centre, unit, ...rest] = text.split('/').map(Number);
  if (centre === undefined || unit === undefined || rest.length > 0 || !Number.isFinite(centre) || !(unit > 0))
    throw new TypeError(`a grid is written centre/unit, got ${JSON.stringify(text)}`);
  return { centre, unit };
};

/** One row of counts as a sample: special buckets apart, missing filled up to the rows of the window. */
const sampleOf = (row: WindowCountRow): CountSample => {
  const counts = new Map<number, number>();
  const special = { missing: 0, mistyped: 0, infinite: 0 };
  row.buckets.forEach((bucket, i) => {
    const count = row.counts[i] ?? 0;
    if (!isSpecialBucket(bucket)) counts.set(bucket, count);
    else if (bucket === SPECIAL_BUCKET.missing) special.missing += count;
    else if (bucket === SPECIAL_BUCKET.mistyped) special.mistyped += count;
    else special.infinite += count;
  });
  return { rows: row.rows, counted: row.counted, counts, special };
};

/** All counts of several windows by subject, grid and window (from 0). */
export class CountedWindows {
  private readonly bySubject = new Map<string, WindowCountRow[]>();
  /** Rows of each window. */
  readonly rows: readonly number[];
  readonly positionFrom: bigint;
  readonly positionTo: bigint;

  constructor(
    readonly windows: readonly WindowSpan[],
    all: readonly WindowCountRow[],
  ) {
    let [low, high] = [2n ** 64n, 0n];
    for (const row of all) {
      const rows = this.bySubject.get(row.subject) ?? [];
      rows.push(row);
      this.bySubject.set(row.subject, rows);
      const [from, to] = [BigInt(row.positionFrom), BigInt(row.positionTo)];
      low = from < low ? from : low;
      high = to > high ? to : high;
    }
    this.positionFrom = high === 0n ? 0n : low;
    this.positionTo = high;
    this.rows = windows.map((_, i) => sumRows(this.rowsOf(VOLUME, i)));
  }

  /** Measurable subjects in order of their names. */
  get subjects(): readonly string[] {
    return [...this.bySubject.keys()].filter((subject) => subject !== VOLUME).sort();
  }

  rowsOf(subject: string, window: number): readonly WindowCountRow[] {
    return (this.bySubject.get(subject) ?? []).filter((row) => row.window === window + 1);
  }

  /** The grid to compare on: that of the newest window with one, the current window first. */
  gridFor(subject: string, windows: readonly number[]): string | undefined {
    const grids = windows.map((window) => this.rowsOf(subject, window).map(({ grid }) => grid));
    return grids.flat().find((grid) => grid !== NO_GRID) ?? grids.flat()[0];
  }

  /** Whether some rows of these windows were counted on another grid of numbers, or on none. */
  hasOtherGrids(subject: string, grid: string, windows: readonly number[]): boolean {
    return windows.some((window) => this.rowsOf(subject, window).some((row) => row.grid !== grid && row.grid !== WORD_GRID));
  }

  /** Counts of one window on one grid; rows without the feature are missing values. */
  sample(subject: string, grid: string, window: number): CountSample {
    const rows = this.rowsOf(subject, window);
    const found = sumOfCounts(rows.filter((row) => row.grid === grid).map(sampleOf));
    const absent = Math.max(0, (this.rows[window] ?? 0) - sumRows(rows));
    if (absent === 0) return found;
    return { ...found, rows: found.rows + absent, special: { ...found.special, missing: found.special.missing + absent } };
  }
}

const sumRows = (rows: readonly WindowCountRow[]): number => rows.reduce((sum, row) => sum + row.rows, 0);

/** Which windows are compared, as indexes into the counted windows, and the file instead of windows. */
export type Comparison = {
  readonly current: number;
  readonly reference: readonly number[];
  /** Windows of other weekdays, weekday by weekday. */
  readonly otherDays: readonly (readonly number[])[];
  readonly imported: ImportedReference | undefined;
};

/** Counts of rows that were not on the grid asked for, by window index: bucketed again from the rows. */
export type Regridded = ReadonlyMap<number, CountSample>;

/** What one subject is compared by, or undefined when there is nothing to compare it with. */
export const subjectSamples = (
  counted: CountedWindows,
  subject: string,
  comparison: Comparison,
  words: ReadonlyMap<number, string> | undefined,
  regridded: Regridded = new Map(),
): SubjectSamples | undefined => {
  const all = [comparison.current, ...comparison.reference];
  const grid = counted.gridFor(subject, all);
  if (grid === undefined || grid === NO_GRID) return undefined;
  const sample = (window: number): CountSample => {
    const own = counted.sample(subject, grid, window);
    const other = regridded.get(window);
    return other ? sumOfCounts([own, other]) : own;
  };
  const current = sample(comparison.current);
  const file = comparison.imported?.subjects.find((known) => known.subject === subject);
  const named = namesOf(words, file?.words);
  const imported = (counts = file?.counts): CountSample => importedSample(file && counts && { ...file, counts }, grid, named.bucketOf);
  const windows = comparison.imported ? (file?.windows ?? []).map(imported) : comparison.reference.map(sample);
  const reference = comparison.imported ? imported() : sumOfCounts(windows);
  for (const bucket of [...current.counts.keys(), ...reference.counts.keys()])
    if (grid === WORD_GRID && isOtherBucket(bucket)) named.words.set(bucket, `(other #${bucket})`);
  // What was counted on another grid is not counted again just to know how much windows vary.
  const comparable = (window: number): boolean => !counted.hasOtherGrids(subject, grid, [window]);
  const otherDays = comparison.otherDays.map((weekday) =>
    weekday.filter(comparable).map((window) => counted.sample(subject, grid, window)),
  );
  const base = { subject, current, windows, reference, ...(otherDays.length > 0 && { otherDays }), mode: 'buckets' } as const;
  return grid === WORD_GRID ? { ...base, form: 'categorical', words: named.words } : { ...base, form: 'numeric', grid: gridOf(grid) };
};

/** Words of a file that the deployment never saw get buckets of their own, below zero; a full deployment counts them as other words. */
const namesOf = (
  words: ReadonlyMap<number, string> | undefined,
  fileWords: readonly string[] = [],
): { words: Map<number, string>; bucketOf: (index: number) => number } => {
  const named = new Map(words ?? []);
  const known = new Map([...named].map(([bucket, word]) => [word, bucket]));
  const full = known.size >= CATEGORY_WORDS_MAX;
  const buckets = fileWords.map((word, index) => known.get(word) ?? (full ? otherBucket(word) : -1 - index));
  fileWords.forEach((word, index) => named.set(buckets[index] ?? -1 - index, word));
  return { words: named, bucketOf: (index) => buckets[index] ?? index };
};

const importedSample = (
  file: ImportedReference['subjects'][number] | undefined,
  grid: string,
  bucketOf: (index: number) => number,
): CountSample => {
  if (!file || file.grid !== grid) return NO_COUNTS;
  const special: { -readonly [K in keyof Special]: number } = { missing: 0, mistyped: 0, infinite: 0 };
  const counts = new Map<number, number>();
  let rows = 0;
  for (const [bucket, count] of file.counts) {
    rows += count;
    if (bucket === SPECIAL_BUCKET.missing) special.missing += count;
    else if (bucket === SPECIAL_BUCKET.mistyped) special.mistyped += count;
    else if (isSpecialBucket(bucket)) special.infinite += count;
    else {
      const own = grid === WORD_GRID ? bucketOf(bucket) : bucket;
      counts.set(own, (counts.get(own) ?? 0) + count);
    }
  }
  return { rows, counted: rows - special.missing - special.mistyped - special.infinite, counts, special };
};
