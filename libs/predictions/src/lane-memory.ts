import { Logger } from '@nestjs/common';
import { type EventCodec, type EventStore, type ExpectedRevision, WrongExpectedRevision } from '#libs/event-store';
import { formatPosition } from '#libs/kernel';
import { type AnsweredPart } from './answer.js';
import { type RequestEntry } from './batch.js';
import { unpackDigests, type Digest64 } from './content.js';
import { type PredictionEvent } from './events.js';
import { type KnownIds } from './known-ids.js';
import { IntakeRefused } from './refusals.js';
import { SealedIdsDamaged } from './sealed-ids.js';
import { type KnownSet, type Snapshots } from './snapshots.js';

export type LaneMemoryParts = {
  readonly stream: string;
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly snapshots: Snapshots;
  /** Records after which a snapshot is written, so that a start reads about this much of the log again. */
  readonly snapshotEvery?: number;
};

const SNAPSHOT_EVERY_RECORDS = 200_000;
/** Intervals of snapshots after which the lane waits for one that is being written, so that memory stays bounded. */
const BEHIND_MAX = 4;

/**
 * What one lane knows of its stream: its revision, the ids in it and the request keys in it. All of it can be read from the log again;
 * a snapshot only shortens that.
 */
export class LaneMemory {
  private readonly logger = new Logger(LaneMemory.name);
  /** Ids of records, and request key → revision of the event that holds its last part. */
  private known: Readonly<Record<KnownSet, KnownIds>>;
  private next = 0n;
  /** Id of the event before `next`. */
  private last = '';
  private loaded = false;
  private isCurrent = false;
  private damaged = false;
  private snapshotAt = { next: 0n, records: 0 };
  private writing: Promise<void> = Promise.resolve();
  private isWriting = false;
  /** Records in the stream. */
  records = 0;

  constructor(private readonly parts: LaneMemoryParts) {
    this.known = { ids: parts.snapshots.empty(), keys: parts.snapshots.empty() };
  }

  get stream(): string {
    return this.parts.stream;
  }

  /** What the next append must find. */
  get expected(): ExpectedRevision {
    return this.next === 0n ? 'no_stream' : this.next - 1n;
  }

  /** Reads the snapshot and what the log has after it, once; after `forget` what is new in the log. */
  async open(): Promise<void> {
    if (!this.loaded || this.damaged) await this.load();
    if (!this.isCurrent) await this.catchUp();
  }

  /** Learns what was stored since, here or by another writer. */
  async catchUp(): Promise<void> {
    for await (const stored of this.parts.store.readStream(this.parts.stream, { from: this.next })) {
      const { data } = this.parts.codec.decode<PredictionEvent>(stored);
      const digestOf = unpackDigests(data.columns.digests);
      data.columns.id.forEach((id, row) => id !== null && this.known.ids.put(id, digestOf(row)));
      this.records += data.rows;
      this.appended(stored.revision, stored.id);
      this.rememberKeys(data.requests);
      await this.keep();
    }
    this.isCurrent = true;
  }

  /**
   * Looks at the log before something is answered from memory alone: no append with its expected revision follows, which would tell that
   * another writer was here in between. Costs one read of what is new, mostly nothing.
   * @throws WrongExpectedRevision when something was new; it is known then
   */
  async confirm(): Promise<void> {
    const { expected, next } = this;
    await this.catchUp();
    if (this.next !== next) throw new WrongExpectedRevision(this.stream, expected, this.next - 1n);
  }

  /** The digest that came with an id. @throws IntakeRefused 503 when a file cannot be believed; the log is read again at the next `open` */
  find(id: string): Digest64 | undefined {
    return this.findIn('ids', id);
  }

  /** The parts of a request that the log holds already, in order; empty for a new key. */
  async partsOf(key: string): Promise<readonly AnsweredPart[]> {
    const at = this.findIn('keys', key);
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
    for (const { id, digest } of rows) if (id !== null && digest !== null) this.known.ids.put(id, digest);
    this.records += rows.length;
    this.rememberKeys(entries);
  }

  /** What happened to the last append is unknown: the log is looked at when the lane next opens. */
  forget(): void {
    this.isCurrent = false;
  }

  /**
   * Begins to seal full tables or else to write a snapshot when enough is new, and returns; waits for what was begun before only when it is
   * far behind. To be called where what the log holds and what is remembered are the same. What cannot be written costs time at the next start,
   * and memory until then.
   */
  async keep(): Promise<void> {
    const { snapshotEvery = SNAPSHOT_EVERY_RECORDS } = this.parts;
    if (!this.loaded || this.news < snapshotEvery || (this.isWriting && this.news < BEHIND_MAX * snapshotEvery)) return;
    await this.writing;
    this.isWriting = true;
    const work = this.isAnyFull ? this.seal() : this.save();
    this.writing = this.surely(work).finally(() => (this.isWriting = false));
  }

  /** Writes down what is new, and lets go of files. */
  async close(): Promise<void> {
    await this.writing;
    if (this.loaded && this.news > 0) await this.surely(this.seal().then(() => this.save()));
    for (const known of Object.values(this.known)) known.close();
    this.loaded = false;
  }

  private get news(): number {
    return Math.max(this.records - this.snapshotAt.records, Number(this.next - this.snapshotAt.next));
  }

  private get isAnyFull(): boolean {
    return (this.known.ids.full ?? this.known.keys.full) !== undefined;
  }

  private async seal(): Promise<void> {
    const { stream, snapshots } = this.parts;
    for (const set of ['ids', 'keys'] as const) {
      const known = this.known[set];
      for (let full = known.full; full; full = known.full) known.adopt(await snapshots.seal(stream, set, full));
    }
  }

  /** What is saved is taken before anything is waited for. */
  private save(): Promise<void> {
    const { next, last, records, known } = this;
    this.snapshotAt = { next, records };
    return this.parts.snapshots.save(this.parts.stream, { next, last, records, ids: known.ids.state(), keys: known.keys.state() });
  }

  /** Never rejects; after a failure the next attempt is as far away as after a success. */
  private async surely(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.snapshotAt = { next: this.next, records: this.records };
      this.logger.warn(`the snapshot of ${this.stream} was not written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private findIn(set: KnownSet, id: string): Digest64 | undefined {
    try {
      return this.known[set].find(id);
    } catch (error) {
      if (!(error instanceof SealedIdsDamaged)) throw error;
      this.logger.warn(`${error.message}: the log is read instead`);
      this.damaged = true;
      throw IntakeRefused.unavailable('the known ids are being read from the log', { cause: error });
    }
  }

  private async load(): Promise<void> {
    await this.writing;
    for (const known of Object.values(this.known)) known.close();
    if (this.damaged) await this.parts.snapshots.discard(this.parts.stream);
    this.damaged = false;
    this.isCurrent = false;
    const snapshot = await this.trustworthySnapshot();
    const { snapshots } = this.parts;
    this.known = { ids: snapshot?.ids ?? snapshots.empty(), keys: snapshot?.keys ?? snapshots.empty() };
    this.next = snapshot?.next ?? 0n;
    this.last = snapshot?.last ?? '';
    this.records = snapshot?.records ?? 0;
    this.snapshotAt = { next: this.next, records: this.records };
    this.loaded = true;
  }

  /** A snapshot whose last event is not the one the log holds there belongs to another log, such as one before a backup was restored. */
  private async trustworthySnapshot(): ReturnType<Snapshots['load']> {
    const snapshot = await this.parts.snapshots.load(this.parts.stream);
    if (!snapshot) return undefined;
    for await (const stored of this.parts.store.readStream(this.parts.stream, { from: snapshot.next - 1n, limit: 1 })) {
      if (stored.id === snapshot.last) return snapshot;
    }
    snapshot.ids.close();
    snapshot.keys.close();
    await this.parts.snapshots.discard(this.parts.stream);
    return undefined;
  }

  private rememberKeys(entries: readonly RequestEntry[]): void {
    const revision = this.next - 1n;
    const place = { high: Number(revision >> 32n), low: Number(revision & 0xffffffffn) };
    for (const { key } of entries) if (key !== undefined) this.known.keys.put(key, place);
  }
}
