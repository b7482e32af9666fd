/** Subjects in one command: each becomes an event of about a kilobyte with its metadata. */
const SUBJECTS_MAX = 250;
/** Bytes of the names and words in one command, which leaves room in an append for the rest. */
const BYTES_MAX = 384 * 1024;

/**
 * Cuts what there is to say about subjects, in order, so that the events of each piece fit into one append. One append for many
 * subjects, because a request waits for what it teaches: a thousand appends would take seconds.
 */
export function* inAppends<T extends { readonly subject: string; readonly words?: readonly string[] }>(
  subjects: Iterable<T>,
): Iterable<readonly T[]> {
  let piece: T[] = [];
  let bytes = 0;
  for (const about of subjects) {
    const its = [about.subject, ...(about.words ?? [])].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (piece.length >= SUBJECTS_MAX || (piece.length > 0 && bytes + its > BYTES_MAX)) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(about);
    bytes += its;
  }
  if (piece.length > 0) yield piece;
}
