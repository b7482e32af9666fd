import { bucketOf, sortedValues, type Grid } from '#libs/statistics';
import { type Selection } from './definition.js';
import { type WindowSpan } from './measurement.js';
import { type CountSample, NO_SPECIAL, type Special, type SubjectSamples, sumOfCounts, sumOfValues, type ValueSample } from './sample.js';
import { type SubjectRows } from './samples.js';

/** A batch as far as it says which of its rows are meant. */
export type BatchRows = {
  readonly id: string;
  readonly at: readonly number[];
  readonly version: readonly string[];
  readonly variant: readonly string[];
  readonly segments: string;
};

/** The window of each row by batch: −1 for rows outside all windows or outside the selection. */
export type RowWindows = ReadonlyMap<string, Int32Array>;

type Tags = Readonly<Record<string, { readonly words: readonly string[]; readonly codes: readonly number[] }>>;

/** Which rows belong to which window. Windows do not overlap. */
export const rowWindows = (batches: readonly BatchRows[], windows: readonly WindowSpan[], selection: Selection): RowWindows =>
  new Map(
    batches.map((batch) => {
      const wanted = selects(batch, selection);
      const found = Int32Array.from(batch.at, (at, row) =>
        wanted(row) ? windows.findIndex(({ from, until }) => at >= from && at < until) : -1,
      );
      return [batch.id, found];
    }),
  );

const selects = (batch: BatchRows, { version, variant, segments = {} }: Selection): ((row: number) => boolean) => {
  const tags = Object.entries(segments);
  const known = tags.length > 0 && batch.segments !== '' ? (JSON.parse(batch.segments) as Tags) : {};
  return (row) =>
    (version === undefined || (batch.version[row] ?? '') === version) &&
    (variant === undefined || (batch.variant[row] ?? '') === variant) &&
    tags.every(([name, word]) => known[name]?.words[known[name].codes[row] ?? -1] === word);
};

/** Rows in each window, whatever their features. */
export const rowsPerWindow = (rows: RowWindows, windows: number): number[] => {
  const counts = new Array<number>(windows).fill(0);
  for (const found of rows.values()) for (const window of found) if (window >= 0) counts[window] = (counts[window] ?? 0) + 1;
  return counts;
};

type Fold = { rows: number; special: { -readonly [K in keyof Special]: number }; values: number[]; words: Map<string, number> };
const newFold = (): Fold => ({ rows: 0, special: { ...NO_SPECIAL }, values: [], words: new Map() });

/** The values of one subject, window by window, in the order of the log. */
export const foldRows = (batches: readonly SubjectRows[], rows: RowWindows, windows: number): readonly Fold[] => {
  const folds = Array.from({ length: windows }, newFold);
  for (const batch of batches) {
    const mistyped = batch.mistyped === '' ? {} : (JSON.parse(batch.mistyped) as Record<string, unknown>);
    rows.get(batch.id)?.forEach((window, row) => {
      const fold = folds[window];
      if (!fold) return;
      fold.rows += 1;
      const word = batch.words[batch.codes[row] ?? -1];
      const value = batch.numbers[row];
      if (batch.kind === 'number' && value !== null && value !== undefined) fold.values.push(value);
      else if (batch.kind !== 'number' && word !== undefined) fold.words.set(word, (fold.words.get(word) ?? 0) + 1);
      else if (String(row) in mistyped) fold.special.mistyped += 1;
      else fold.special.missing += 1;
    });
  }
  return folds;
};

/** Exact samples of one subject: window 0 is measured, the others are its reference. Undefined for kinds that are not measured. */
export const exactSamples = (
  subject: string,
  kind: string,
  folds: readonly Fold[],
  windowRows: readonly number[],
): SubjectSamples | undefined => {
  const full = folds.map((fold, i) => {
    const absent = Math.max(0, (windowRows[i] ?? 0) - fold.rows);
    return { ...fold, rows: fold.rows + absent, special: { ...fold.special, missing: fold.special.missing + absent } };
  });
  if (kind === 'number') {
    const [current, ...windows] = full.map(({ rows, special, values }): ValueSample => ({
      rows,
      counted: values.length,
      special,
      values: sortedValues(values),
    }));
    return current && { subject, form: 'numeric', mode: 'exact', current, windows, reference: sumOfValues(windows) };
  }
  if (kind !== 'category' && kind !== 'boolean') return undefined;
  const names = [...new Set(full.flatMap((fold) => [...fold.words.keys()]))].sort();
  const bucketOfWord = new Map(names.map((name, bucket) => [name, bucket]));
  const [current, ...windows] = full.map(({ rows, special, words }): CountSample => {
    const counts = new Map([...words].map(([word, count]) => [bucketOfWord.get(word) ?? -1, count]));
    return { rows, special, counts, counted: [...words.values()].reduce((sum, count) => sum + count, 0) };
  });
  const words = new Map(names.map((name, bucket) => [bucket, name]));
  return current && { subject, form: 'categorical', mode: 'exact', current, windows, reference: sumOfCounts(windows), words };
};

/** Rows that were counted on no grid, or another one, as counts on this grid: the same buckets intake would have given them. */
export const regrid = (folds: readonly Fold[], grid: Grid): ReadonlyMap<number, CountSample> =>
  new Map(
    folds.flatMap(({ rows, special, values }, window) => {
      if (rows === 0) return [];
      const counts = new Map<number, number>();
      for (const value of values) {
        const bucket = bucketOf(value, grid);
        counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
      }
      return [[window, { rows, counted: values.length, counts, special }]];
    }),
  );
