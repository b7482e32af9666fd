import { CATEGORY_WORDS_MAX, type Registered } from '#libs/deployments';
import { type Column, type Columns } from '#libs/datasets';
import { type EventOf } from '#libs/event-store';
import { featureSubject, SPECIAL_BUCKET } from '#libs/predictions';
import { countBuckets, type Grid, gridFrom } from '#libs/statistics';
import { sha256Of } from './digest.js';
import { type ReferenceImported } from './events.js';
import { WORD_GRID } from './sampling.js';

type Imported = EventOf<typeof ReferenceImported>['data'];
type ImportedSubject = Imported['subjects'][number];

/** Bucket and count pairs in one event: well below the size of an event even before it is deflated. */
const ENTRIES_PER_EVENT = 20_000;
const REST = '(other words of the file)';

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
  const rest = largest.slice(CATEGORY_WORDS_MAX).reduce((sum, [, count]) => sum + count, 0);
  const named = rest > 0 ? [...kept, [REST, rest] as const] : kept;
  const byIndex = new Map(named.map(([, count], index) => [index, count]));
  return {
    subject: featureSubject(column.name),
    grid: WORD_GRID,
    words: named.map(([word]) => word),
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

/** Subjects in parts whose counts together stay below the limit. */
const inParts = (subjects: readonly ImportedSubject[]): ImportedSubject[][] => {
  const parts: ImportedSubject[][] = [[]];
  let entries = 0;
  for (const subject of subjects) {
    if (entries > 0 && entries + subject.counts.length > ENTRIES_PER_EVENT) {
      parts.push([]);
      entries = 0;
    }
    parts.at(-1)?.push(subject);
    entries += subject.counts.length;
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
  about: Pick<Imported, 'monitorId' | 'referenceId' | 'name' | 'source'>,
): FileAsReference => {
  const subjects: ImportedSubject[] = [];
  const grids: GridFromFile[] = [];
  const ignored: string[] = [];
  for (const column of columns.values()) {
    const feature = deployment.features.get(column.name);
    const numeric = feature === undefined ? column.kind === 'numeric' : feature.kind === 'number' || feature.kind === 'integer';
    const fits = (feature !== undefined || deployment.features.size === 0) && numeric === (column.kind === 'numeric');
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
  const digest = sha256Of(
    subjects.flatMap(({ subject, grid, words: named = [], counts }) => [subject, grid, ...named, Float64Array.from(counts.flat())]),
  );
  const parts = inParts(subjects);
  return {
    parts: parts.map((part, index) => ({ ...about, part: { index, of: parts.length }, rows, digest, subjects: part })),
    grids,
    ignored,
  };
};
