import { type Instant, instant, positionOf } from '#libs/kernel';
import { type StreamView } from '../decide-append.js';
import { Unavailable } from '../errors.js';
import { type CommitOptions, type LogEngine, type LogPage, type StreamPage } from '../log-engine.js';
import { type NewEvent, type StoredEvent, type StreamMeta } from '../store.js';
import { type SqliteDriver, type SqliteRow, bigintIn, bytesIn } from './driver.js';
import { GroupCommit, type QueueLimits } from './group-commit.js';
import { Interner } from './interner.js';
import { ENCODING, type PackedMetadata, encodingOf, packMetadata, unpackMetadata, uuidAt, uuidBytes } from './packed-metadata.js';
import { statementsOf } from './statements.js';

const NONE = -1n;

/** The log in an SQLite file: one connection, one writer, statements prepared once. */
export class SqliteEngine implements LogEngine {
  private readonly streams: Interner;
  private readonly types: Interner;
  private readonly origins: Interner;
  private readonly sql: ReturnType<typeof statementsOf>;
  private readonly commits: GroupCommit;
  private closed = false;

  constructor(
    private readonly driver: SqliteDriver,
    limits: QueueLimits,
    private readonly readOnly = false,
  ) {
    this.streams = new Interner(driver, 'streams');
    this.types = new Interner(driver, 'types');
    this.origins = new Interner(driver, 'origins');
    this.sql = statementsOf(driver);
    this.commits = new GroupCommit(driver, limits, () => [this.streams, this.types, this.origins].forEach((names) => names.forget()));
  }

  commit<T>(options: CommitOptions, work: () => T): Promise<T> {
    return this.commits.submit(options, work);
  }

  view(name: string): StreamView {
    this.open();
    const row = this.sql.view.get(name);
    if (!row) return { revision: NONE, tombstoned: false, meta: undefined, revisionOf: () => undefined };
    const stream = bigintIn(row[0]);
    return {
      revision: bigintIn(row[1]),
      tombstoned: row[2] === 1n,
      meta: row[3] === 1n ? metaOf(row) : undefined,
      revisionOf: (id) => firstInteger(this.sql.revisionOf.get(stream, uuidBytes(id))),
    };
  }

  write(name: string, first: bigint, events: readonly NewEvent[], now: Instant): bigint {
    const stream = this.streams.numberOf(name);
    const newest = firstInteger(this.sql.newestTime.get());
    const recordedAt = newest === undefined || newest < BigInt(now) ? BigInt(now) : newest;
    let position = 0n;
    events.forEach((event, index) => {
      const { origin, ids, sha256, schemaVersion, extra } = packMetadata(event.metadata);
      const type = this.types.numberOf(event.type);
      const whence = this.origins.numberOf(origin);
      const revision = first + BigInt(index);
      const id = uuidBytes(event.id);
      position = this.sql.insert.run(
        stream,
        revision,
        type,
        recordedAt,
        whence,
        encodingOf(event),
        schemaVersion,
        id,
        ids,
        sha256,
        extra,
        event.body,
      );
    });
    return position;
  }

  saveMeta(name: string, { maxCount, maxAgeSeconds, truncateBefore }: StreamMeta): void {
    this.sql.saveMeta.run(orNull(maxCount), orNull(maxAgeSeconds), truncateBefore ?? null, this.streams.numberOf(name));
  }

  bury(name: string): void {
    this.sql.bury.run(this.streams.numberOf(name));
  }

  positionOf(name: string, revision: bigint): bigint | undefined {
    const stream = this.streams.known(name);
    return stream === undefined ? undefined : firstInteger(this.sql.positionOf.get(stream, revision));
  }

  streamPage({ stream: name, low, high, recordedFrom, backwards, limit }: StreamPage): readonly StoredEvent[] {
    this.open();
    const stream = this.streams.known(name);
    if (stream === undefined) return [];
    const page = backwards ? this.sql.streamBackwards : this.sql.streamForwards;
    return page.all(stream, low, high, BigInt(recordedFrom), BigInt(limit)).map((row) => this.storedOf(row));
  }

  logPage({ low, high, backwards, limit, filter }: LogPage): readonly StoredEvent[] {
    this.open();
    if (!filter)
      return (backwards ? this.sql.logBackwards : this.sql.logForwards).all(low, high, BigInt(limit)).map((row) => this.storedOf(row));
    const [page, prefixes] =
      'streamPrefixes' in filter ? [this.sql.logByStream, filter.streamPrefixes] : [this.sql.logByType, filter.typePrefixes];
    return page.all(low, high, JSON.stringify(prefixes), BigInt(limit)).map((row) => this.storedOf(row));
  }

  head(): bigint {
    this.open();
    return firstInteger(this.sql.head.get()) ?? 0n;
  }

  loadCheckpoint(name: string): bigint | undefined {
    this.open();
    return firstInteger(this.sql.loadCheckpoint.get(name));
  }

  /** Inside a commit only. */
  saveCheckpoint(name: string, position: bigint): void {
    this.sql.saveCheckpoint.run(name, position);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.commits.close();
    this.closed = true;
    // The library keeps the file open until its statements are collected, so the log is folded into the file here: what lies on the
    // disk after a clean stop is one file.
    try {
      if (!this.readOnly) this.driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      this.driver.close();
    }
  }

  /** The library answers statements even after its database was closed; callers must not rely on that. */
  open(): void {
    if (this.closed) throw new Unavailable('not-written', 'the event store is closed');
  }

  private storedOf(row: SqliteRow): StoredEvent {
    const [position, stream, revision, type, recordedAt, origin, encoding, schemaVersion, id, ids, sha256, extra, body] = row;
    const packed: PackedMetadata = {
      origin: this.origins.textOf(bigintIn(origin)),
      ids: bytesIn(ids),
      sha256: bytesIn(sha256),
      schemaVersion: bigintIn(schemaVersion),
      extra: typeof extra === 'string' ? extra : null,
    };
    return {
      id: uuidAt(bytesIn(id), 0),
      type: this.types.textOf(bigintIn(type)),
      contentType: encoding === ENCODING.json ? 'application/json' : 'application/octet-stream',
      body: bytesIn(body),
      metadata: unpackMetadata(packed, encoding === ENCODING.deflated),
      stream: this.streams.textOf(bigintIn(stream)),
      revision: bigintIn(revision),
      position: positionOf(bigintIn(position)),
      recordedAt: instant(Number(recordedAt)),
    };
  }
}

const firstInteger = (row: SqliteRow | undefined): bigint | undefined => (typeof row?.[0] === 'bigint' ? row[0] : undefined);

const metaOf = ([, , , , maxCount, maxAgeSeconds, truncateBefore]: SqliteRow): StreamMeta => ({
  ...(typeof maxCount === 'bigint' ? { maxCount: Number(maxCount) } : {}),
  ...(typeof maxAgeSeconds === 'bigint' ? { maxAgeSeconds: Number(maxAgeSeconds) } : {}),
  ...(typeof truncateBefore === 'bigint' ? { truncateBefore } : {}),
});

const orNull = (value: number | undefined): bigint | null => (value === undefined ? null : BigInt(value));
