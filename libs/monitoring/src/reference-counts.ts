import { z } from 'zod';
import { CATEGORY_WORDS_MAX, FEATURES_MAX } from '#libs/deployments';
import { BucketEntries, WindowSpan } from './measurement.js';
import { entriesOf, type ImportedSubject } from './reference-import.js';
import { gridOf, WORD_GRID } from './sampling.js';

/** Bucket and count pairs of one reference: what one append can hold, with room. */
export const ENTRIES_MAX = 100_000;
/** Windows a file may be cut into. */
export const REFERENCE_WINDOWS_MAX = 100;
const NAME_MAX = 200;

const Count = z.tuple([z.int(), z.int().min(1)]);
const Entries = z.array(Count).pipe(BucketEntries);
const Word = z.string().max(1_000);

/** Counts of a file as they reach the server. The rows stay where they are. */
export const ReferenceCounts = z.strictObject({
  name: z.string().min(1).max(NAME_MAX),
  source: z.strictObject({
    file: z.string().min(1).max(NAME_MAX),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex'),
  }),
  rows: z.int().min(1),
  windows: z
    .array(WindowSpan.extend({ rows: z.int().min(1) }))
    .min(2)
    .max(REFERENCE_WINDOWS_MAX)
    .optional(),
  subjects: z
    .array(
      z.strictObject({
        subject: z.string().min(1).max(300),
        grid: z.string().max(100),
        words: z.array(Word).max(CATEGORY_WORDS_MAX).optional(),
        counts: Entries,
        windows: z.array(Entries).max(REFERENCE_WINDOWS_MAX).optional(),
      }),
    )
    .min(1)
    .max(FEATURES_MAX),
  /** Finite values a grid was taken from, by subject: of numbers that have no grid yet. */
  grids: z.record(z.string(), z.int().min(1)).default({}),
  reason: z.string().trim().min(1).max(500),
});
export type ReferenceCounts = z.output<typeof ReferenceCounts>;

/** What is wrong with counts that have the right shape; `limit` where one was met. */
export type CountsProblem = { readonly field: string; readonly detail: string; readonly limit?: number };

/** Whether the counts can be those of one file. Undefined: they can. */
export const problemOfCounts = ({ rows, windows, subjects }: ReferenceCounts): CountsProblem | undefined => {
  const entries = subjects.reduce((sum, subject) => sum + entriesOf(subject), 0);
  if (entries > ENTRIES_MAX)
    return { field: 'subjects', detail: `${entries} counts are too many: take fewer windows or fewer columns`, limit: ENTRIES_MAX };
  const names = subjects.map(({ subject }) => subject);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return { field: 'subjects', detail: `${twice} is there twice` };
  for (const subject of subjects) {
    const detail = problemOfSubject(subject, rows, windows?.length);
    if (detail !== undefined) return { field: subject.subject, detail };
  }
  return undefined;
};

const sumOf = (entries: BucketEntries): number => entries.reduce((sum, [, count]) => sum + count, 0);

const problemOfSubject = (subject: ImportedSubject, rows: number, windowCount: number | undefined): string | undefined => {
  const { counts, windows, grid } = subject;
  if (sumOf(counts) !== rows) return `its counts are of ${sumOf(counts)} rows, and the file has ${rows}`;
  if (windows?.length !== windowCount) return 'its windows are not those of the file';
  if (windows && !isSum(counts, windows)) return 'its counts are not the sum of its windows';
  if (grid === WORD_GRID) return subject.words ? undefined : 'words are missing';
  try {
    gridOf(grid);
    return undefined;
  } catch {
    return 'its grid cannot be read';
  }
};

const isSum = (whole: BucketEntries, parts: readonly BucketEntries[]): boolean => {
  const left = new Map(whole);
  for (const part of parts) for (const [bucket, count] of part) left.set(bucket, (left.get(bucket) ?? 0) - count);
  return [...left.values()].every((count) => count === 0);
};
