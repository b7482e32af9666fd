import { REPORTED_MAX, type AnsweredPart } from './answer.js';
import { type RawRecord } from './body.js';
import { type Conflict, type Mark, type RefusedRecord, type RequestEntry } from './batch.js';
import { hexOf, sameDigest, type Digest64 } from './content.js';
import { type Refused } from './fields.js';
import { type Accepted, type Kind } from './kind.js';
import { type LaneMemory } from './lane-memory.js';
import { BATCH_BYTES_MAX, BATCH_ROWS_MAX } from './limits.js';
import { isRefused } from './record.js';

/** A request and the parts of it that are stored already. */
type Planned = {
  readonly records: readonly RawRecord[];
  readonly key?: string;
  readonly digest?: string;
  readonly parts: readonly AnsweredPart[];
};

/** What became of one record. `bytes` is its share of the batch. */
type Fate<R> =
  | { readonly is: 'accepted'; readonly row: Accepted<R>; readonly bytes: number }
  | { readonly is: 'duplicate' }
  | { readonly is: 'conflict'; readonly conflict: Conflict }
  | { readonly is: 'refused'; readonly refused: RefusedRecord };

type PlannedRequest<R> = { readonly request: number; readonly about: Planned; readonly from: number; readonly fates: readonly Fate<R>[] };

/** Rows for one batch event and what each request contributes to it. */
export type Plan<R> = {
  readonly rows: readonly Accepted<R>[];
  readonly conflicts: readonly Conflict[];
  readonly requests: readonly { readonly request: number; readonly entry: RequestEntry }[];
  /** The entries, each with its share of the marks that making the batch gave. */
  withMarks(marks: readonly Mark[]): readonly RequestEntry[];
};

export type Planning<R> = {
  readonly kind: Kind<R>;
  readonly deploymentId: string;
  readonly memory: LaneMemory;
  readonly now: number;
};

/** Reads every record and decides what becomes of it: by its own content, by the ids known, by the deployment. */
export async function planOf<R>(group: readonly Planned[], planning: Planning<R>): Promise<readonly PlannedRequest<R>[]> {
  const staged = new Map<string, Digest64>();
  const planned: PlannedRequest<R>[] = [];
  for (const [request, about] of group.entries()) {
    const from = about.parts.at(-1)?.entry.until ?? 0;
    const fates = about.records.slice(from).map((raw, at) => fateOf(raw, from + at, staged, planning));
    planned.push({ request, about, from, fates: await checked(fates, planning) });
  }
  return planned;
}

function fateOf<R>(raw: RawRecord, index: number, staged: Map<string, Digest64>, { kind, memory, now }: Planning<R>): Fate<R> {
  if ('unreadable' in raw) return { is: 'refused', refused: { index, field: '', code: 'NOT_JSON', reason: raw.unreadable } };
  const record = kind.read(raw.value, now);
  if (isRefused(record)) return refusal(record, index);
  const id = kind.idOf(record);
  const digest = id === null ? null : kind.digestOf(record);
  if (id !== null && digest !== null) {
    const known = staged.get(id) ?? memory.find(id);
    if (known && sameDigest(known, digest)) return { is: 'duplicate' };
    if (known && kind.otherContent === 'conflict')
      return { is: 'conflict', conflict: { id, stands: hexOf(known), refused: hexOf(digest) } };
    staged.set(id, digest);
  }
  return { is: 'accepted', row: { record, index, digest }, bytes: kind.bytesOf(record, raw.bytes) };
}

const refusal = ({ refusedField, code, reason, limit }: Refused, index: number): Fate<never> => ({
  is: 'refused',
  refused: { index, field: refusedField, code, reason, ...(limit !== undefined && { limit }) },
});

async function checked<R>(fates: readonly Fate<R>[], { kind, deploymentId }: Planning<R>): Promise<readonly Fate<R>[]> {
  const rows = fates.flatMap((fate) => (fate.is === 'accepted' ? [fate.row] : []));
  const verdicts = await kind.check(deploymentId, rows);
  let at = 0;
  return fates.map((fate) => {
    if (fate.is !== 'accepted') return fate;
    const verdict = verdicts[at];
    at += 1;
    return verdict ? refusal(verdict, fate.row.index) : fate;
  });
}

/** Cuts planned requests into batches of bounded rows and bytes, of about equal size, in order. */
export function* cut<R>(planned: readonly PlannedRequest<R>[]): Iterable<Plan<R>> {
  let bytes = 0;
  let rows = 0;
  for (const { fates } of planned) {
    for (const fate of fates) {
      if (fate.is !== 'accepted') continue;
      bytes += fate.bytes;
      rows += 1;
    }
  }
  const pieces = Math.max(1, Math.ceil(rows / BATCH_ROWS_MAX), Math.ceil(bytes / BATCH_BYTES_MAX));
  const rowsMax = Math.ceil(rows / pieces);
  let open = new PieceBuilder<R>();
  for (const { request, about, from, fates } of planned) {
    open.begin(request, about, from);
    for (const [at, fate] of fates.entries()) {
      const full = fate.is === 'accepted' && open.isFullFor(fate.bytes, rowsMax);
      if (full) {
        yield open.done();
        open = new PieceBuilder<R>();
        open.begin(request, about, from + at);
      }
      open.add(fate);
    }
  }
  yield open.done();
}

type Tally = {
  readonly request: number;
  readonly about: Planned;
  readonly from: number;
  readonly first: number;
  until: number;
  count: number;
  duplicates: number;
  conflicts: number;
  readonly refused: RefusedRecord[];
};

/** One batch being filled. */
class PieceBuilder<R> {
  private readonly rows: Accepted<R>[] = [];
  private readonly conflicts: Conflict[] = [];
  private readonly tallies: Tally[] = [];
  private bytes = 0;

  begin(request: number, about: Planned, from: number): void {
    this.tallies.push({ request, about, from, first: this.rows.length, until: from, count: 0, duplicates: 0, conflicts: 0, refused: [] });
  }

  isFullFor(bytes: number, rowsMax: number): boolean {
    return this.rows.length > 0 && (this.rows.length >= rowsMax || this.bytes + bytes > BATCH_BYTES_MAX * 1.25);
  }

  add(fate: Fate<R>): void {
    const tally = this.tallies.at(-1);
    if (!tally) return;
    tally.until += 1;
    switch (fate.is) {
      case 'accepted':
        this.rows.push(fate.row);
        this.bytes += fate.bytes;
        tally.count += 1;
        break;
      case 'duplicate':
        tally.duplicates += 1;
        break;
      case 'conflict':
        this.conflicts.push(fate.conflict);
        tally.conflicts += 1;
        break;
      case 'refused':
        tally.refused.push(fate.refused);
    }
  }

  done(): Plan<R> {
    const { rows, conflicts, tallies } = this;
    return {
      rows,
      conflicts,
      requests: tallies.map((tally) => ({ request: tally.request, entry: entryOf(tally, []) })),
      withMarks: (marks) =>
        tallies.map((tally) => {
          const own = marks.filter(({ row }) => row >= tally.first && row < tally.first + tally.count);
          return entryOf(tally, own);
        }),
    };
  }
}

function entryOf({ about, from, until, first, count, duplicates, conflicts, refused }: Tally, marks: readonly Mark[]): RequestEntry {
  const marked = new Set(marks.map((mark) => mark.row)).size;
  return {
    ...(about.key !== undefined && { key: about.key }),
    ...(about.digest !== undefined && { digest: about.digest }),
    from,
    until,
    of: about.records.length,
    first,
    count,
    ...(duplicates > 0 && { duplicates }),
    ...(conflicts > 0 && { conflicts }),
    ...(marked > 0 && { marked, marks: marks.slice(0, REPORTED_MAX) }),
    ...(refused.length > 0 && { refusedCount: refused.length, refused: refused.slice(0, REPORTED_MAX) }),
  };
}
