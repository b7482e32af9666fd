import { type EventCodec, type EventStore, type ExpectedRevision } from '#libs/event-store';
import { formatPosition } from '#libs/kernel';
import { type AnsweredPart } from './answer.js';
import { type RequestEntry } from './batch.js';
import { unpackDigests, type Digest64 } from './content.js';
import { type PredictionEvent } from './events.js';
import { KnownIds } from './known-ids.js';
import { type Snapshot, type Snapshots } from './snapshots.js';

export type LaneMemoryParts = {
  readonly stream: string;
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly snapshots: Snapshots;
};

/** Ids after which a snapshot is written, so that a start reads at most this much of the log again. */
const SNAPSHOT_EVERY_IDS = 1_000_000;
/** Parts of one request are stored one after the other; this many back is further than any request reaches. */
const PARTS_MAX = 64;

/**
 * What one lane knows of its stream: its revision, the ids in it and the request keys in it. All of it can be read from the log again;
 * a snapshot only shortens that.
 */
export class LaneMemory {
  private ids = new KnownIds();
  /** Request key → revision of the event that holds its last part. */
  private keys = new KnownIds();
  private next = 0n;
  private loaded = false;
  private snapshotAt = 0;
  /** Records in the stream. */
  records = 0;

  constructor(private readonly parts: LaneMemoryParts) {}

  get stream(): string {
    return this.parts.stream;
  }

  /** What the next append must find. */
  get expected(): ExpectedRevision {
    return this.next === 0n ? 'no_stream' : this.next - 1n;
  }

  /** Reads the snapshot and what the log has after it, once. */
  async open(): Promise<void> {
    if (this.loaded) return;
    const snapshot = await this.trustworthySnapshot();
    this.ids = snapshot ? KnownIds.restore(snapshot.ids) : new KnownIds();
    this.keys = snapshot ? KnownIds.restore(snapshot.keys) : new KnownIds();
    this.next = snapshot?.next ?? 0n;
    this.records = snapshot?.records ?? 0;
    await this.catchUp();
    this.snapshotAt = this.ids.size;
    this.loaded = true;
  }

  /** Learns what was stored since, here or by another writer. */
  async catchUp(): Promise<void> {
    for await (const stored of this.parts.store.readStream(this.parts.stream, { from: this.next })) {
      const { data } = this.parts.codec.decode<PredictionEvent>(stored);
      const digestOf = unpackDigests(data.columns.digests);
      data.columns.id.forEach((id, row) => id !== null && this.ids.put(id, digestOf(row)));
      this.records += data.rows;
      this.next = stored.revision + 1n;
      this.rememberKeys(data.requests);
    }
  }

  find(id: string): Digest64 | undefined {
    return this.ids.find(id);
  }

  /** The parts of a request that the log holds already, in order; empty for a new key. */
  async partsOf(key: string): Promise<readonly AnsweredPart[]> {
    const at = this.keys.find(key);
    if (!at) return [];
    const last = (BigInt(at.high) << 32n) + BigInt(at.low);
    const parts: AnsweredPart[] = [];
    const events = this.parts.store.readStream(this.parts.stream, { from: last, direction: 'backwards', limit: PARTS_MAX });
    for await (const stored of events) {
      const recorded = this.parts.codec.decode<PredictionEvent>(stored);
      const entry = recorded.data.requests.find((request) => request.key === key);
      if (!entry) continue;
      parts.unshift({ entry, batch: recorded.id, position: formatPosition(recorded.position) });
      if (entry.from === 0) break;
    }
    return parts;
  }

  /** The append went through at this revision. */
  appended(revision: bigint): void {
    this.next = revision + 1n;
  }

  /** Takes in what was just stored. */
  remember(rows: readonly { readonly id: string | null; readonly digest: Digest64 | null }[], entries: readonly RequestEntry[]): void {
    for (const { id, digest } of rows) if (id !== null && digest !== null) this.ids.put(id, digest);
    this.records += rows.length;
    this.rememberKeys(entries);
  }

  /** What happened to the last append is unknown: everything is read again when the lane next opens. */
  forget(): void {
    this.loaded = false;
  }

  /** Writes a snapshot when enough is new. */
  async keep(when: 'always' | 'when due'): Promise<void> {
    if (!this.loaded || (when === 'when due' && this.ids.size - this.snapshotAt < SNAPSHOT_EVERY_IDS)) return;
    this.snapshotAt = this.ids.size;
    const { next, records } = this;
    await this.parts.snapshots.save(this.parts.stream, { next, records, ids: this.ids.snapshot(), keys: this.keys.snapshot() });
  }

  /** A snapshot that is ahead of the log belongs to a log that is gone (a restored backup): it is not used. */
  private async trustworthySnapshot(): Promise<Snapshot | undefined> {
    const snapshot = await this.parts.snapshots.load(this.parts.stream);
    if (!snapshot || snapshot.next === 0n) return snapshot;
    for await (const last of this.parts.store.readStream(this.parts.stream, { from: 'end', direction: 'backwards', limit: 1 })) {
      if (last.revision + 1n >= snapshot.next) return snapshot;
    }
    await this.parts.snapshots.discard(this.parts.stream);
    return undefined;
  }

  private rememberKeys(entries: readonly RequestEntry[]): void {
    const revision = this.next - 1n;
    const place = { high: Number(revision >> 32n), low: Number(revision & 0xffffffffn) };
    for (const { key } of entries) if (key !== undefined) this.keys.put(key, place);
  }
}
