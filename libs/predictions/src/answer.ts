import { type Mark, type RefusedRecord, type RequestEntry } from './batch.js';

/** What a producer is told about its request. Sent after the durable append. */
export type IntakeAnswer = {
  readonly accepted: number;
  /** Same id, same content as before: nothing was stored. */
  readonly duplicates: number;
  /** Same id, other content: the first stands. */
  readonly conflicts: number;
  /** Records that were kept with a value that is not counted. */
  readonly marked: number;
  readonly refusedCount: number;
  /** The first 100. */
  readonly refused: readonly RefusedRecord[];
  readonly marks: readonly Mark[];
  /** Where the accepted records are, in their order: record k without an id has the id `<batch>.<row>`. */
  readonly batches: readonly { readonly batch: string; readonly first: number; readonly count: number }[];
  /** Position of the last batch in the log; null when nothing was stored. */
  readonly position: string | null;
};

export const REPORTED_MAX = 100;

/** One part of a request's answer: the entry the log holds and where it is. */
export type AnsweredPart = { readonly entry: RequestEntry; readonly batch: string; readonly position: string };

/** Puts the parts of an answer together; the same parts always give the same answer. */
export function answerOf(parts: readonly AnsweredPart[]): IntakeAnswer {
  const entries = parts.map((part) => part.entry);
  const sum = (of: (entry: RequestEntry) => number | undefined): number => entries.reduce((total, entry) => total + (of(entry) ?? 0), 0);
  return {
    accepted: sum((entry) => entry.count),
    duplicates: sum((entry) => entry.duplicates),
    conflicts: sum((entry) => entry.conflicts),
    marked: sum((entry) => entry.marked),
    refusedCount: sum((entry) => entry.refusedCount),
    refused: entries.flatMap((entry) => entry.refused ?? []).slice(0, REPORTED_MAX),
    marks: entries.flatMap((entry) => entry.marks ?? []).slice(0, REPORTED_MAX),
    batches: parts.filter((part) => part.entry.count > 0).map(({ entry, batch }) => ({ batch, first: entry.first, count: entry.count })),
    // The last part may have been nothing but refused, and stored nowhere.
    position: parts.findLast(({ position }) => position !== '')?.position ?? null,
  };
}
