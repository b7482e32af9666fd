import { SPECIAL_BUCKET } from '#libs/predictions';
import { bucketOf } from '#libs/statistics';
import { calendarOf, type Calendar } from './calendar.js';
import { type WindowSpan } from './measurement.js';
import { type ImportedSubject } from './reference-import.js';
import { gridOf, WORD_GRID } from './sampling.js';

/** A cell of a file: a number, a word, or nothing. */
export type FileValue = number | string | undefined;

/** A file cut into windows. `counts` of its subjects are the sums of the windows. */
export type CutFile = {
  readonly windows: readonly (WindowSpan & { readonly rows: number })[];
  readonly rows: number;
  readonly subjects: readonly ImportedSubject[];
};

type Counted = { readonly subject: string; readonly bucketIn: (value: FileValue) => number };
type Filling = { readonly span: WindowSpan; rows: number; readonly counts: readonly Map<number, number>[] };

/** A word of the rows that is not among the words of its column: the same text was read in two ways. */
export class UnknownWord extends Error {
  override readonly name = 'UnknownWord';
  constructor(readonly subject: string) {
    super(`the words of ${subject} look like numbers, and cannot be cut by time`);
  }
}

/**
 * Counts the rows of a file window by window, as a monitor's calendar cuts time, so that it is known how windows differ among
 * themselves. Give it every row once; memory is the counts, not the rows.
 */
export class WindowCutter {
  private readonly calendar: Calendar;
  private readonly counted: readonly Counted[];
  private readonly filling = new Map<number, Filling>();

  /** @param subjects of the whole file: their grids and words say how rows are counted */
  constructor(
    { timeZone, windowMinutes }: { readonly timeZone: string; readonly windowMinutes: number },
    private readonly subjects: readonly ImportedSubject[],
    otherWord: (word: string) => number,
  ) {
    this.calendar = calendarOf(timeZone, windowMinutes);
    this.counted = subjects.map((subject) => countedBy(subject, otherWord));
  }

  /** @throws UnknownWord */
  add(at: number, valueOf: (subject: string) => FileValue): void {
    const span = this.calendar.windowAt(at);
    const found = this.filling.get(span.from) ?? { span, rows: 0, counts: this.subjects.map(() => new Map<number, number>()) };
    this.filling.set(span.from, found);
    found.rows += 1;
    this.counted.forEach(({ subject, bucketIn }, i) => {
      const bucket = bucketIn(valueOf(subject));
      const counts = found.counts[i];
      counts?.set(bucket, (counts.get(bucket) ?? 0) + 1);
    });
  }

  /** The last windows with enough rows, in order; undefined with fewer than two: one says nothing about how windows differ. */
  cut(rowsMin: number, windowsMax: number): CutFile | undefined {
    const enough = [...this.filling.values()].filter(({ rows }) => rows >= rowsMin).sort((a, b) => a.span.from - b.span.from);
    const kept = enough.slice(-windowsMax);
    if (kept.length < 2) return undefined;
    return {
      windows: kept.map(({ span, rows }) => ({ from: span.from, until: span.until, rows })),
      rows: kept.reduce((sum, { rows }) => sum + rows, 0),
      subjects: this.subjects.map((subject, i) => {
        const parts = kept.map(({ counts }) => counts[i] ?? new Map<number, number>());
        const whole = new Map<number, number>();
        for (const part of parts) for (const [bucket, count] of part) whole.set(bucket, (whole.get(bucket) ?? 0) + count);
        return { ...subject, counts: ascending(whole), windows: parts.map(ascending) };
      }),
    };
  }
}

const ascending = (counts: ReadonlyMap<number, number>): [number, number][] => [...counts].sort(([a], [b]) => a - b);

const countedBy = ({ subject, grid, words = [], counts }: ImportedSubject, otherWord: (word: string) => number): Counted => {
  const { missing, positiveInfinity, negativeInfinity } = SPECIAL_BUCKET;
  if (grid === WORD_GRID) {
    const buckets = new Map(words.map((word, index) => [word, index]));
    const known = new Set(counts.map(([bucket]) => bucket));
    return {
      subject,
      bucketIn: (value) => {
        if (value === undefined) return missing;
        const bucket = buckets.get(String(value)) ?? otherWord(String(value));
        if (!known.has(bucket)) throw new UnknownWord(subject);
        return bucket;
      },
    };
  }
  const onGrid = gridOf(grid);
  return {
    subject,
    bucketIn: (value) => {
      if (typeof value !== 'number') return missing;
      if (Number.isFinite(value)) return bucketOf(value, onGrid);
      return value > 0 ? positiveInfinity : negativeInfinity;
    },
  };
};
