/**
 * What an append may do. Written from the server's rules and for this facade alone: it shares no code with the stores of the
 * product, so that two decision tables check each other.
 */

/** What the caller believes of the stream; a bigint is the revision of its last event. */
export type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint;

export type StreamState = {
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  readonly hasMetadata: boolean;
  /** -1 for a stream without events. */
  readonly last: bigint;
  /** Reliable: what the log holds at that revision. */
  readonly idAt: (revision: bigint) => string | undefined;
  /** Best effort: where an id was last seen in this stream, as far as the cache remembers. */
  readonly seenAt: (id: string) => bigint | undefined;
};

export type Verdict =
  | { readonly kind: 'write' }
  | { readonly kind: 'idempotent'; readonly revision: bigint }
  | { readonly kind: 'wrong-version'; readonly current: bigint }
  | { readonly kind: 'deleted' };

const WRITE: Verdict = { kind: 'write' };

/** `any` and `stream_exists`: the ids are looked up, wherever in the stream they stand. */
const unversioned = (state: StreamState, ids: readonly string[]): Verdict => {
  let last: bigint | undefined;
  for (const id of ids) {
    const seen = state.seenAt(id);
    // The first is new: all are taken for new. A later one is new: the append is neither old nor new.
    if (seen === undefined) return last === undefined ? WRITE : { kind: 'wrong-version', current: state.last };
    last = seen;
  }
  return last === undefined ? WRITE : { kind: 'idempotent', revision: last };
};

/** An expected revision the stream has passed: is this the append that made it pass? */
const passed = (state: StreamState, expected: bigint, ids: readonly string[]): Verdict => {
  for (const [index, id] of ids.entries()) {
    if (state.idAt(expected + 1n + BigInt(index)) === id) continue;
    if (index === 0 && expected === -1n && state.softDeleted) return WRITE;
    return { kind: 'wrong-version', current: state.last };
  }
  return { kind: 'idempotent', revision: expected + BigInt(ids.length) };
};

/** @param ids of the events to append; a deletion has one that nothing in a log has */
export const verdictOn = (state: StreamState, expected: Expected, ids: readonly string[]): Verdict => {
  if (state.tombstoned) return { kind: 'deleted' };
  if (expected === 'stream_exists') {
    if (state.softDeleted) return { kind: 'deleted' };
    if (state.last < 0n && !state.hasMetadata) return { kind: 'wrong-version', current: state.last };
  }
  if (expected === 'any' || expected === 'stream_exists') return unversioned(state, ids);
  const revision = expected === 'no_stream' ? -1n : expected;
  if (revision < state.last) return passed(state, revision, ids);
  return revision === state.last ? WRITE : { kind: 'wrong-version', current: state.last };
};
