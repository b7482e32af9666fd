import { Logger } from '@nestjs/common';
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
  /** Records after which a snapshot is written, so that a start reads at most this much of the log again. */
  readonly snapshotEvery?: number;
};

const SNAPSHOT_EVERY_RECORDS = 200_000;

/**
 * What one lane knows of its stream: its revision, the ids in it and the request keys in it. All of it can be read from the log again;
 * a snapshot only shortens that.
 */
export class LaneMemory {
  private readonly logger = new Logger(LaneMemory.name);
  private ids = new KnownIds();
  /** Request key → revision of the event that holds its last part. */
  private keys = new KnownIds();
  private next = 0n;
  /** Id of the event before `next`. */
  private last = '';
  private loaded = false;
  private isCurrent = false;
  private snapshotAt = { next: 0n, records: 0 };
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

  /** Reads the snapshot and what the log has after it, once; after `forget` what is new in the log. */
  async open(): Promise<void> {
    if (!this.loaded) await this.load();
    if (!this.isCurrent) await this.catchUp();
  }

  /** Learns what was stored since, here or by another writer. */
  async catchUp(): Promise<void> {
    for await (const stored of this.parts.store.readStream(this.parts.stream, { from: this.next })) {
      const { data } = this.parts.codec.decode<PredictionEvent>(stored);
      const digestOf = unpackDigests(data.columns.digests);
      data.columns.id.forEach((id, row) => id !== null && this.ids.put(id, digestOf(row)));
      this.records += data.rows;
      this.appended(stored.revision, stored.id);
      this.rememberKeys(data.requests);
    }
    this.isCurrent = true;
  }

  /** The digest that came with an id. */
  find(id: string): Digest64 | undefined {
    return this.ids.find(id);
  }

  /** The parts of a request that the log holds already, in order; empty for a new key. */
  async partsOf(key: string): Promise<readonly AnsweredPart[]> {
    const at = this.keys.find(key);
    if (!at) return [];
    const last = (BigInt(at.high) << 32n) + BigInt(at.low);
    const parts: AnsweredPart[] = [];
    for await (const stored of this.parts.store.readStream(this.parts.stream, { from: last, direction: 'backwards' })) {
      const recorded = this.parts.codec.decode<PredictionEvent>(stored);
      const entry = recorded.data.requests.find((request) => request.key === key);
      if (entry) parts.unshift({ entry, batch: recorded.id, position: formatPosition(recorded.position) });
      // The first event read holds the last part; where it does not, two keys share an address and this one is new.
      if (parts.length === 0 || entry?.from === 0) break;
    }
    return parts;
  }

  /** The append went through at this revision. */
  appended(revision: bigint, eventId: string): void {
    this.next = revision + 1n;
    this.last = eventId;
  }

  /** Takes in what was just stored. */
  remember(rows: readonly { readonly id: string | null; readonly digest: Digest64 | null }[], entries: readonly RequestEntry[]): void {
    for (const { id, digest } of rows) if (id !== null && digest !== null) this.ids.put(id, digest);
    this.records += rows.length;
    this.rememberKeys(entries);
  }

  /** What happened to the last append is unknown: the log is looked at when the lane next opens. */
  forget(): void {
    this.isCurrent = false;
  }

  /** Writes a snapshot when enough is new. One that cannot be written only costs time at the next start. */
  async keep(when: 'always' | 'when due'): Promise<void> {
    const { next, last, records } = this;
    const due = when === 'always' ? 1 : (this.parts.snapshotEvery ?? SNAPSHOT_EVERY_RECORDS);
    const news = Math.max(records - this.snapshotAt.records, Number(next - this.snapshotAt.next));
    if (!this.loaded || news < due) return;
    this.snapshotAt = { next, records };
    try {
      await this.parts.snapshots.save(this.parts.stream, { next, last, records, ids: this.ids.snapshot(), keys: this.keys.snapshot() });
    } catch (error) {
      this.logger.warn(`the snapshot of ${this.parts.stream} was not written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async load(): Promise<void> {
    const snapshot = await this.trustworthySnapshot();
    this.ids = snapshot ? KnownIds.restore(snapshot.ids) : new KnownIds();
    this.keys = snapshot ? KnownIds.restore(snapshot.keys) : new KnownIds();
    this.next = snapshot?.next ?? 0n;
    this.last = snapshot?.last ?? '';
    this.records = snapshot?.records ?? 0;
    this.snapshotAt = { next: this.next, records: this.records };
    this.loaded = true;
  }

  /** A snapshot whose last event is not the one the log holds there belongs to another log, such as one before a backup was restored. */
  private async trustworthySnapshot(): Promise<Snapshot | undefined> {
    const snapshot = await this.parts.snapshots.load(this.parts.stream);
    if (!snapshot || snapshot.next === 0n) return undefined;
    for await (const stored of this.parts.store.readStream(this.parts.stream, { from: snapshot.next - 1n, limit: 1 })) {
      if (stored.id === snapshot.last) return snapshot;
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
