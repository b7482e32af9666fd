import { type Uuid } from '#libs/kernel';
import { StreamDeleted, WrongExpectedRevision } from './errors.js';
import { type ExpectedRevision, type StreamMeta } from './store.js';

/** `truncateBefore` of a soft-deleted stream: everything is before it, until the next append. */
export const SOFT_DELETED = 2n ** 63n - 1n;

/** What an append has to know of the stream it goes to. */
export type StreamView = {
  /** Of the last event ever written, visible or not; -1 when there is none. */
  readonly revision: bigint;
  readonly tombstoned: boolean;
  /** Undefined when none was ever set. */
  readonly meta: StreamMeta | undefined;
  /** Where an event id already stands in this stream. */
  readonly revisionOf: (id: Uuid) => bigint | undefined;
};

export type AppendDecision =
  | { readonly kind: 'write'; readonly first: bigint }
  | { readonly kind: 'idempotent'; readonly last: bigint }
  | { readonly kind: 'refused'; readonly error: WrongExpectedRevision | StreamDeleted };

export const isSoftDeleted = (view: StreamView): boolean => view.meta?.truncateBefore === SOFT_DELETED;

/**
 * The decision table of an append, pure, shared by the embedded stores. It follows the server's table with one sharpening: an event
 * id is unique in its stream, so a batch that is partly known is always refused and one that is wholly known is always idempotent.
 */
export const decideAppend = (stream: string, view: StreamView, ids: readonly Uuid[], expected: ExpectedRevision): AppendDecision => {
  if (view.tombstoned) return refused(new StreamDeleted(stream));
  if (expected === 'stream_exists') {
    if (isSoftDeleted(view)) return refused(new StreamDeleted(stream));
    if (view.revision < 0n && view.meta === undefined) return wrong(stream, expected, view);
  }
  const known = view.revision < 0n ? [] : ids.flatMap((id) => view.revisionOf(id) ?? []);
  const last = known.length === ids.length ? known.at(-1) : undefined;
  if (expected === 'any' || expected === 'stream_exists') {
    if (last !== undefined) return { kind: 'idempotent', last };
    return known.length === 0 ? write(view) : wrong(stream, expected, view);
  }
  const after = expected === 'no_stream' ? -1n : expected;
  if (after > view.revision) return wrong(stream, expected, view);
  if (after === view.revision) {
    if (last !== undefined) return { kind: 'idempotent', last };
    return known.length === 0 ? write(view) : wrong(stream, expected, view);
  }
  const inPlace = last !== undefined && known.every((revision, index) => revision === after + 1n + BigInt(index));
  if (inPlace) return { kind: 'idempotent', last };
  const revived = expected === 'no_stream' && isSoftDeleted(view) && known.length === 0;
  return revived ? write(view) : wrong(stream, expected, view);
};

/**
 * Why a stream may not be deleted; undefined when it may. To the server a deletion is an append of something nobody has seen, so the same
 * table decides. A tombstone may stand where nothing was ever written; hiding needs something that is there, if only limits.
 */
export const deletionRefused = (
  stream: string,
  view: StreamView,
  expected: ExpectedRevision,
  kind: 'softDelete' | 'tombstone',
): WrongExpectedRevision | StreamDeleted | undefined => {
  const decision = decideAppend(stream, view, [], expected);
  if (decision.kind === 'refused') return decision.error;
  const nothing = view.revision < 0n && view.meta === undefined;
  return kind === 'softDelete' && nothing ? new WrongExpectedRevision(stream, expected, 'no_stream') : undefined;
};

const write = (view: StreamView): AppendDecision => ({ kind: 'write', first: view.revision + 1n });

const refused = (error: WrongExpectedRevision | StreamDeleted): AppendDecision => ({ kind: 'refused', error });

const wrong = (stream: string, expected: ExpectedRevision, view: StreamView): AppendDecision =>
  refused(new WrongExpectedRevision(stream, expected, view.revision < 0n ? 'no_stream' : view.revision));
