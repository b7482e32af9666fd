import { CATEGORY_WORDS_MAX, type Registered } from '#libs/deployments';
import { type Column, type Columns } from '#libs/datasets';
import { type EventOf } from '#libs/event-store';
import { featureSubject, otherBucket, SPECIAL_BUCKET } from '#libs/predictions';
import { countBuckets, type Grid, gridFrom } from '#libs/statistics';
import { sha256Of } from './digest.js';
import { type ReferenceImported } from './events.js';
import { WORD_GRID } from './sampling.js';

type Imported = EventOf<typeof ReferenceImported>['data'];
/** One subject of a file, as it is recorded. */
export type ImportedSubject = Imported['subjects'][number];
/** What all parts of an imported reference say. */
export type ImportHead = Omit<Imported, 'part' | 'digest' | 'subjects'>;

/** Bucket and count pairs in one event: well below the size of an event even before it is deflated. */
const ENTRIES_PER_EVENT = 20_000;

/** A grid the deployment has to take over before the file can be compared with its predictions. */
export type GridFromFile = { readonly subject: string; readonly grid: Grid; readonly values: number };

/** A file as a reference: its events, the grids it brings, and the columns that are no features of the deployment. */
export type FileAsReference = {
  readonly parts: readonly Imported[];
  readonly grids: readonly GridFromFile[];
  readonly ignored: readonly string[];
};

/** Features that are words whatever a file holds: "007" is a word where the deployment says so. */
export const wordFeatures = ({ features }: Pick<Registered, 'features'>): string[] =>
  [...features].filter(([, { kind }]) => kind === 'category' || kind === 'boolean').map(([name]) => name);

const ascending = (counts: ReadonlyMap<number, number>, special: readonly (readonly [number, number])[]): [number, number][] =>
  [...counts, ...special.filter(([, count]) => count > 0)]
    .map(([bucket, count]): [number, number] => [bucket, count])
    .sort(([a], [b]) => a - b);

const words = (column: Extract<Column, { kind: 'categorical' }>): ImportedSubject => {
  const counts = new Map<string, number>();
  for (const word of column.values) counts.set(word, (counts.get(word) ?? 0) + 1);
  const largest = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const kept = largest.slice(0, CATEGORY_WORDS_MAX);
  const byIndex = new Map(kept.map(([, count], index) => [index, count]));
  // As a deployment counts words once it knows its thousand.
  for (const [word, count] of largest.slice(CATEGORY_WORDS_MAX))
    byIndex.set(otherBucket(word), (byIndex.get(otherBucket(word)) ?? 0) + count);
  return {
    subject: featureSubject(column.name),
    grid: WORD_GRID,
    words: kept.map(([word]) => word),
    counts: ascending(byIndex, [[SPECIAL_BUCKET.missing, column.missing]]),
  };
};

const numbers = (column: Extract<Column, { kind: 'numeric' }>, grid: Grid): ImportedSubject => ({
  subject: featureSubject(column.name),
  grid: `${grid.centre}/${grid.unit}`,
  counts: ascending(countBuckets(column.values, grid), [
    [SPECIAL_BUCKET.missing, column.missing],
    [SPECIAL_BUCKET.positiveInfinity, column.infinite],
  ]),
});

/** Bucket and count pairs of a subject, its windows included. */
export const entriesOf = ({ counts, windows = [] }: ImportedSubject): number =>
  windows.reduce((sum, window) => sum + window.length, counts.length);

/** Subjects in parts whose counts together stay below the limit. */
const inParts = (subjects: readonly ImportedSubject[]): ImportedSubject[][] => {
  const parts: ImportedSubject[][] = [[]];
  let entries = 0;
  for (const subject of subjects) {
    const size = entriesOf(subject);
    if (entries > 0 && entries + size > ENTRIES_PER_EVENT) {
      parts.push([]);
      entries = 0;
    }
    parts.at(-1)?.push(subject);
    entries += size;
  }
  return parts;
};

/**
 * Counts the columns of a file the way the predictions of a deployment are counted. A deployment without features yet takes every
 * column; a number without a grid brings its own.
 */
export const fileAsReference = (
  { rows, columns }: Columns,
  deployment: Pick<Registered, 'features' | 'grids'>,
  about: Omit<ImportHead, 'rows' | 'windows'>,
): FileAsReference => {
  const subjects: ImportedSubject[] = [];
  const grids: GridFromFile[] = [];
  const ignored: string[] = [];
  for (const column of columns.values()) {
    const feature = deployment.features.get(column.name);
    const numeric = feature === undefined ? column.kind === 'numeric' : feature.kind === 'number' || feature.kind === 'integer';
    // What is personal is not written in clear, not even as a count.
    const fits = !feature?.personal && (feature !== undefined || deployment.features.size === 0) && numeric === (column.kind === 'numeric');
    if (!fits || feature?.kind === 'vector') ignored.push(column.name);
    else if (column.kind === 'categorical') subjects.push(words(column));
    else if (column.values.length > 0) {
      const subject = featureSubject(column.name);
      const known = deployment.grids.get(subject);
      const grid = known ?? gridFrom(column.values);
      if (!known) grids.push({ subject, grid, values: column.values.length });
      subjects.push(numbers(column, grid));
    }
  }
  return { parts: importedParts({ ...about, rows }, subjects), grids, ignored };
};

/** The events of an imported reference. Its digest covers every count, and the windows where it has them. */
export const importedParts = (head: ImportHead, subjects: readonly ImportedSubject[]): Imported[] => {
  const digest = sha256Of([
    JSON.stringify(head.windows ?? []),
    ...subjects.flatMap(({ subject, grid, words: named = [], counts, windows = [] }) => [
      subject,
      grid,
      ...named,
      ...[counts, ...windows].map((entries) => Float64Array.from(entries.flat())),
    ]),
  ]);
  const parts = inParts(subjects);
  return parts.map((part, index) => ({ ...head, part: { index, of: parts.length }, digest, subjects: part }));
};
