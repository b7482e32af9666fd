import { type RawRecord } from './body.js';
import { hexOf, sameDigest, type Digest64 } from './content.js';
import { isRefused, refused, type Refused } from './fields.js';
import { type Kind } from './kind.js';
import { RECORD_BYTES_MAX } from './limits.js';
import { type Fate, type Planned, type PlannedRequest } from './piece.js';

export type Planning<R> = {
  readonly kind: Kind<R>;
  readonly deploymentId: string;
  /** The digest that came with a known id. */
  readonly known: { find(id: string): Digest64 | undefined };
  readonly now: number;
};

/** Reads every record that is not stored yet and decides what becomes of it: by its own content, by the deployment, by the ids known. */
export async function planOf<R>(group: readonly Planned[], planning: Planning<R>): Promise<readonly PlannedRequest<R>[]> {
  const { kind, deploymentId } = planning;
  const read = group.map(({ records, parts }) => records.slice(parts.at(-1)?.entry.until ?? 0).map((raw) => readOf(raw, planning)));
  const readable = read.flat().filter((record): record is R => !isRefused(record));
  // Before ids are looked at: what the deployment refuses must not make another record a duplicate or a conflict.
  const verdicts = await kind.check(deploymentId, readable);
  let judged = 0;
  const staged = new Map<string, Digest64>();
  return group.map((about, request) => {
    const from = about.parts.at(-1)?.entry.until ?? 0;
    const fates = (read[request] ?? []).map((record, at) => {
      const index = from + at;
      if (isRefused(record)) return refusedFate(record, index);
      const verdict = verdicts[judged];
      judged += 1;
      if (verdict) return refusedFate(verdict, index);
      return fateOf({ record, index, bytes: about.records[index]?.bytes ?? 0 }, staged, planning);
    });
    return { request, about, from, fates };
  });
}

function readOf<R>(raw: RawRecord, { kind, now }: Planning<R>): R | Refused {
  if ('unreadable' in raw) {
    const isTooLarge = raw.bytes > RECORD_BYTES_MAX;
    return refused('', isTooLarge ? 'RECORD_TOO_LARGE' : 'NOT_JSON', raw.unreadable, isTooLarge ? RECORD_BYTES_MAX : undefined);
  }
  return kind.read(raw.value, now);
}

type Given<R> = { readonly record: R; readonly index: number; readonly bytes: number };

function fateOf<R>({ record, index, bytes }: Given<R>, staged: Map<string, Digest64>, { kind, known }: Planning<R>): Fate<R> {
  const id = kind.idOf(record);
  const digest = id === null ? null : kind.digestOf(record);
  if (id !== null && digest !== null) {
    const stands = staged.get(id) ?? known.find(id);
    if (stands && sameDigest(stands, digest)) return { is: 'duplicate', bytes: 0 };
    if (stands && kind.otherContent === 'conflict') {
      const conflict = { id, stands: hexOf(stands), refused: hexOf(digest) };
      return { is: 'conflict', conflict, bytes: Buffer.byteLength(id) + CONFLICT_BYTES };
    }
    staged.set(id, digest);
  }
  return { is: 'accepted', row: { record, index, digest }, bytes: kind.bytesOf(record, bytes) };
}

/** JSON around the id of a conflict: two digests and names. */
const CONFLICT_BYTES = 70;
/** JSON around the field and the reason of a refusal. */
const REFUSAL_BYTES = 70;

const refusedFate = ({ refusedField: field, code, reason, limit }: Refused, index: number): Fate<never> => ({
  is: 'refused',
  refused: { index, field, code, reason, ...(limit !== undefined && { limit }) },
  bytes: Buffer.byteLength(field) + Buffer.byteLength(reason) + REFUSAL_BYTES,
});
