import { type CommandMeta } from '#libs/kernel';
import { REPORTED_MAX, type AnsweredPart } from './answer.js';
import { type Conflict, type Mark, type RefusedRecord, type RequestEntry } from './batch.js';
import { type RawRecord } from './body.js';
import { type Accepted } from './kind.js';
import { BATCH_BYTES_MAX, BATCH_ROWS_MAX } from './limits.js';

/** A request and the parts of it that are stored already. */
export type Planned = {
  readonly records: readonly RawRecord[];
  readonly key?: string;
  readonly digest?: string;
  readonly meta: CommandMeta;
  readonly parts: readonly AnsweredPart[];
};

/** What became of one record. `bytes` is its share of the event, about. */
export type Fate<R> =
  | { readonly is: 'accepted'; readonly row: Accepted<R>; readonly bytes: number }
  | { readonly is: 'duplicate'; readonly bytes: number }
  | { readonly is: 'conflict'; readonly conflict: Conflict; readonly bytes: number }
  | { readonly is: 'refused'; readonly refused: RefusedRecord; readonly bytes: number };

/** Records of one request, from index `from` on, with their fates. `request` is its place in the group. */
export type PlannedRequest<R> = {
  readonly request: number;
  readonly about: Planned;
  readonly from: number;
  readonly fates: readonly Fate<R>[];
};

/** Records of one request that go into one piece. `leavesTrace` is the same for all parts of a request. */
export type Part<R> = PlannedRequest<R> & { readonly leavesTrace: boolean };

/**
 * A request of which something was taken leaves a trace, so that a resend gets the same answer: rows or conflicts, or under a key, which
 * is used up then, also duplicates. One of which nothing was taken leaves none, and its key free for a corrected one.
 */
const leavesTrace = <R>({ about, fates }: PlannedRequest<R>): boolean =>
  about.parts.length > 0 ||
  fates.some(({ is }) => is === 'accepted' || is === 'conflict' || (is === 'duplicate' && about.key !== undefined));

/** What goes into one batch event: consecutive records of consecutive requests. */
export class Piece<R> {
  readonly rows: readonly Accepted<R>[];
  readonly conflicts: readonly Conflict[];

  constructor(readonly parts: readonly Part<R>[]) {
    const fates = parts.flatMap((part) => part.fates);
    this.rows = fates.flatMap((fate) => (fate.is === 'accepted' ? [fate.row] : []));
    this.conflicts = fates.flatMap((fate) => (fate.is === 'conflict' ? [fate.conflict] : []));
  }

  /** Rows and conflicts are always stored; what else became of records is where a resend would ask for it. */
  get isWorthStoring(): boolean {
    return this.rows.length > 0 || this.conflicts.length > 0 || this.parts.some((part) => part.leavesTrace && part.about.key !== undefined);
  }

  /** Whether what becomes of a record follows from what was stored before. */
  get hasDuplicates(): boolean {
    return this.parts.some(({ fates }) => fates.some(({ is }) => is === 'duplicate'));
  }

  /** Those of the `entries` that are stored. */
  traces(entries: readonly RequestEntry[]): readonly RequestEntry[] {
    return entries.filter((_, part) => this.parts[part]?.leavesTrace);
  }

  /**
   * What each part's request contributes, with its share of the marks that making the batch gave.
   * @param correlationId of the event; other requests' own are kept with their entries
   */
  entries(marks: readonly Mark[], correlationId: string): readonly RequestEntry[] {
    let first = 0;
    return this.parts.map((part) => {
      const count = part.fates.filter((fate) => fate.is === 'accepted').length;
      const own = marks.filter(({ row }) => row >= first && row < first + count);
      const entry = entryOf(part, { first, count }, own);
      first += count;
      const other = part.about.meta.correlationId;
      return other === correlationId ? entry : { ...entry, correlationId: other };
    });
  }

  /** Two pieces with half of the records each; undefined for a single record. */
  halved(): readonly [Piece<R>, Piece<R>] | undefined {
    const total = this.parts.reduce((sum, part) => sum + part.fates.length, 0);
    if (total < 2) return undefined;
    let left = Math.floor(total / 2);
    const [before, after]: [Part<R>[], Part<R>[]] = [[], []];
    for (const part of this.parts) {
      const here = Math.min(left, part.fates.length);
      if (here > 0) before.push({ ...part, fates: part.fates.slice(0, here) });
      if (here < part.fates.length) after.push({ ...part, from: part.from + here, fates: part.fates.slice(here) });
      left -= here;
    }
    return [new Piece(before), new Piece(after)];
  }
}

type Span = { readonly first: number; readonly count: number };

function entryOf<R>({ about, from, fates }: PlannedRequest<R>, { first, count }: Span, marks: readonly Mark[]): RequestEntry {
  const refused = fates.flatMap((fate) => (fate.is === 'refused' ? [fate.refused] : []));
  const number = (is: Fate<R>['is']): number => fates.filter((fate) => fate.is === is).length;
  const [duplicates, conflicts] = [number('duplicate'), number('conflict')];
  const marked = new Set(marks.map((mark) => mark.row)).size;
  return {
    ...(about.key !== undefined && { key: about.key }),
    ...(about.digest !== undefined && { digest: about.digest }),
    from,
    until: from + fates.length,
    of: about.records.length,
    first,
    count,
    ...(duplicates > 0 && { duplicates }),
    ...(conflicts > 0 && { conflicts }),
    ...(marked > 0 && { marked, marks: marks.slice(0, REPORTED_MAX) }),
    ...(refused.length > 0 && { refusedCount: refused.length, refused: refused.slice(0, REPORTED_MAX) }),
  };
}

/** Cuts planned requests into pieces of bounded rows and bytes, of about equal size, in order. The same requests give the same cuts. */
export function* cut<R>(planned: readonly PlannedRequest<R>[]): Iterable<Piece<R>> {
  const rowsMax = rowsPerPiece(planned);
  let open = new Filling<R>(rowsMax);
  for (const whole of planned) {
    const head = { request: whole.request, about: whole.about, leavesTrace: leavesTrace(whole) };
    let part: OpenPart<R> = { ...head, from: whole.from, fates: [] };
    for (const [at, fate] of whole.fates.entries()) {
      if (open.isFullFor(part, fate)) {
        yield open.done();
        open = new Filling(rowsMax);
        part = { ...head, from: whole.from + at, fates: [] };
      }
      open.add(part, fate);
    }
  }
  if (!open.isEmpty) yield open.done();
}

function rowsPerPiece<R>(planned: readonly PlannedRequest<R>[]): number {
  const accepted = planned.flatMap(({ fates }) => fates.filter((fate) => fate.is === 'accepted'));
  const bytes = accepted.reduce((sum, fate) => sum + fate.bytes, 0);
  return Math.ceil(accepted.length / Math.max(1, Math.ceil(accepted.length / BATCH_ROWS_MAX), Math.ceil(bytes / BATCH_BYTES_MAX)));
}

type OpenPart<R> = Omit<Part<R>, 'fates'> & { readonly fates: Fate<R>[] };

/** A little over what pieces of equal size hold, so that uneven records do not leave a crumb for a piece of its own. */
const PIECE_BYTES_MAX = BATCH_BYTES_MAX * 1.25;
/** JSON of a request's entry beside its key and digest. */
const ENTRY_BYTES = 150;

/** One piece being filled. */
class Filling<R> {
  private readonly parts: OpenPart<R>[] = [];
  private rows = 0;
  private bytes = 0;

  constructor(private readonly rowsMax: number) {}

  get isEmpty(): boolean {
    return this.parts.length === 0;
  }

  isFullFor(part: OpenPart<R>, fate: Fate<R>): boolean {
    if (this.isEmpty) return false;
    return (fate.is === 'accepted' && this.rows >= this.rowsMax) || this.bytes + this.share(part, fate) > PIECE_BYTES_MAX;
  }

  add(part: OpenPart<R>, fate: Fate<R>): void {
    this.bytes += this.share(part, fate);
    if (this.parts.at(-1) !== part) this.parts.push(part);
    part.fates.push(fate);
    if (fate.is === 'accepted') this.rows += 1;
  }

  done(): Piece<R> {
    return new Piece(this.parts);
  }

  private share({ about, fates }: OpenPart<R>, fate: Fate<R>): number {
    const entry = fates.length > 0 ? 0 : ENTRY_BYTES + (about.key?.length ?? 0) * 3 + (about.digest?.length ?? 0);
    // Only the first refusals are reported.
    return entry + (fate.is === 'refused' && fates.length >= REPORTED_MAX ? 0 : fate.bytes);
  }
}
