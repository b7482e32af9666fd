import { randomUUID } from 'node:crypto';
import { type Expected, type StreamState, type Verdict, verdictOn } from './expected-version.js';
import { DELETED_REVISION, type Log, type LogRecord } from './log.js';
import { isMetastream, isSoftDeleted, metadataOf, metastreamOf, originalOf } from './retention.js';

/** An event as a client proposes it. */
export type Proposed = Pick<LogRecord, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;

/** What became of a write. An idempotent one has no position: the server may not know it any more. */
export type Written =
  | { readonly kind: 'written'; readonly revision: bigint; readonly position: bigint }
  | { readonly kind: 'too-large'; readonly limit: number }
  | Exclude<Verdict, { kind: 'write' }>;

/** A statistics event after so many appends: `$all` is never only what clients wrote. */
const APPENDS_PER_STATISTICS = 8;
const STATISTICS_STREAM = '$stats-127.0.0.1:2113';

const jsonOf = (type: string, body: string): Proposed => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(body),
  metadata: new Uint8Array(),
});

const sizeOf = (events: readonly Proposed[]): number =>
  events.reduce((sum, event) => sum + event.data.length + event.metadata.length + 2 * event.type.length, 0);

export class Store {
  /** Of every id only where it was seen last, in whatever stream: that is why `any` is best effort. */
  private lastSeen = new Map<string, { stream: string; revision: bigint }>();
  private appends = 0;

  constructor(
    readonly log: Log,
    private readonly settings: { readonly maxAppendBytes: number; readonly nowMs: () => number },
  ) {
    if (log.records.length > 0) return;
    this.put('$settings', [jsonOf('$settings', '{"$userStreamAcl":{"$r":"$all","$w":"$all"}}')]);
    this.put('$user-admin', [jsonOf('$UserCreated', '{"loginName":"admin","groups":["$admins"]}')]);
    this.put('$users', [jsonOf('$User', 'admin')]);
  }

  append(stream: string, expected: Expected, events: readonly Proposed[]): Written {
    if (sizeOf(events) > this.settings.maxAppendBytes) return { kind: 'too-large', limit: this.settings.maxAppendBytes };
    const state = this.stateOf(stream);
    const verdict = verdictOn(
      state,
      expected,
      events.map(({ id }) => id),
    );
    if (verdict.kind !== 'write') return verdict;
    if (events.length === 0) return { kind: 'idempotent', revision: state.last };
    const hidden = isMetastream(stream) ? originalOf(stream) : stream;
    const wasHidden = isSoftDeleted(metadataOf(this.log, hidden));
    const last = this.put(stream, events);
    if (wasHidden) this.unhide(hidden, hidden === stream ? state.last + 1n : BigInt(this.log.stream(hidden).length));
    if (!stream.startsWith('$')) this.putSystemEvents(stream, state.last < 0n);
    return { kind: 'written', revision: last.revision, position: last.position };
  }

  /** Hides the events of a stream; appending again goes on counting. */
  softDelete(stream: string, expected: Expected): Written {
    const state = this.stateOf(stream);
    const verdict = verdictOn(state, expected, [randomUUID()]);
    if (verdict.kind !== 'write') return verdict;
    if (state.last < 0n && !state.hasMetadata) return { kind: 'wrong-version', current: state.last };
    const record = this.put(metastreamOf(stream), [jsonOf('$metadata', `{"$tb":${DELETED_REVISION}}`)]);
    return { kind: 'written', revision: state.last, position: record.position };
  }

  /** Final, also for a stream that never was. */
  tombstone(stream: string, expected: Expected): Written {
    const state = this.stateOf(stream);
    const verdict = verdictOn(state, expected, [randomUUID()]);
    if (verdict.kind !== 'write') return verdict;
    const [record] = this.log.write([
      { ...jsonOf('$streamDeleted', '{}'), stream, revision: DELETED_REVISION, createdMs: this.settings.nowMs() },
    ]);
    return { kind: 'written', revision: DELETED_REVISION, position: record?.position ?? this.log.end };
  }

  /** Writes without a question, as a history for a spec. */
  seed(stream: string, events: readonly Proposed[]): void {
    this.put(stream, events);
  }

  forgetEventIds(): void {
    this.lastSeen.clear();
  }

  /** Written to, or to its metadata, a hidden stream begins where it was hidden: a record of its own, behind what was written. */
  private unhide(stream: string, from: bigint): void {
    const metadata = { ...metadataOf(this.log, stream), $tb: Number(from) };
    this.put(metastreamOf(stream), [jsonOf('$metadata', JSON.stringify(metadata))]);
  }

  private stateOf(stream: string): StreamState {
    const records = this.log.stream(stream);
    const metadata = metadataOf(this.log, stream);
    return {
      tombstoned: this.log.isTombstoned(isMetastream(stream) ? originalOf(stream) : stream),
      softDeleted: isSoftDeleted(metadata),
      hasMetadata: metadata !== undefined,
      last: BigInt(records.length - 1),
      idAt: (revision) => records[Number(revision)]?.id,
      seenAt: (id) => {
        const seen = this.lastSeen.get(id);
        return seen?.stream === stream ? seen.revision : undefined;
      },
    };
  }

  private put(stream: string, events: readonly Proposed[]): LogRecord {
    const first = this.log.stream(stream).length;
    const createdMs = this.settings.nowMs();
    const records = this.log.write(events.map((event, index) => ({ ...event, stream, revision: BigInt(first + index), createdMs })));
    for (const { id, revision } of records) this.lastSeen.set(id, { stream, revision });
    const last = records.at(-1);
    if (!last) throw new Error('nothing was written');
    return last;
  }

  /** What the server's own projections and its statistics write between the events of clients. */
  private putSystemEvents(stream: string, isNew: boolean): void {
    if (isNew) this.put('$streams', [{ ...jsonOf('$>', `0@${stream}`), contentType: 'application/octet-stream' }]);
    this.appends += 1;
    if (this.appends % APPENDS_PER_STATISTICS === 0) {
      this.put(STATISTICS_STREAM, [jsonOf('$statsCollected', JSON.stringify({ 'proc-mem': 100_000_000 + this.appends }))]);
    }
  }
}
