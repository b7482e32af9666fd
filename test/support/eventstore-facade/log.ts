import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** An event as the log holds it. `position` is where its record begins, in bytes: commit and prepare alike. */
export type LogRecord = {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly createdMs: number;
};

/** The revision of a tombstone, the largest a signed 64-bit number holds. Also what `$tb` is after a soft deletion. */
export const DELETED_REVISION = 9_223_372_036_854_775_807n;
/** Bytes of a record besides what its writer gave: positions are offsets, so they have gaps. */
const RECORD_OVERHEAD_BYTES = 97n;
const LOG_BEGINS_AT = 1_117n;

const bytesOf = (record: Pick<LogRecord, 'stream' | 'type' | 'data' | 'metadata'>): bigint =>
  RECORD_OVERHEAD_BYTES + BigInt(record.stream.length + 2 * record.type.length + record.data.length + record.metadata.length);

const encode = (records: readonly LogRecord[]): string =>
  `${JSON.stringify(
    records.map((record) => ({
      ...record,
      revision: record.revision.toString(),
      position: record.position.toString(),
      data: Buffer.from(record.data).toString('base64'),
      metadata: Buffer.from(record.metadata).toString('base64'),
    })),
  )}\n`;

type Encoded = Omit<LogRecord, 'revision' | 'position' | 'data' | 'metadata'> &
  Record<'revision' | 'position' | 'data' | 'metadata', string>;

const decode = (line: string): readonly LogRecord[] => {
  const encoded: Encoded[] = JSON.parse(line);
  return encoded.map((record) => ({
    ...record,
    revision: BigInt(record.revision),
    position: BigInt(record.position),
    data: Buffer.from(record.data, 'base64'),
    metadata: Buffer.from(record.metadata, 'base64'),
  }));
};

/** All records in the order of their positions, by stream as well; with a journal, also after the process was killed. */
export class Log {
  readonly records: LogRecord[] = [];
  private readonly byStream = new Map<string, LogRecord[]>();
  private readonly tombstones = new Set<string>();
  private readonly listeners = new Set<() => void>();
  /** Where the next record will begin. */
  end = LOG_BEGINS_AT;

  /** @param journal a file that holds a line per transaction */
  constructor(private readonly journal: string | undefined) {
    if (!journal || !existsSync(journal)) return;
    const lines = readFileSync(journal, 'utf8').split('\n');
    // Behind the last line feed stands nothing, or what a kill left unfinished and nobody was told of.
    for (const line of lines.slice(0, -1)) this.take(decode(line));
  }

  /** Events of a stream by revision; a tombstone is none of them. */
  stream(name: string): readonly LogRecord[] {
    return this.byStream.get(name) ?? [];
  }

  isTombstoned(name: string): boolean {
    return this.tombstones.has(name);
  }

  /** Adds a transaction, contiguous, and tells who waits. @returns its records */
  write(events: readonly Omit<LogRecord, 'position'>[]): readonly LogRecord[] {
    let position = this.end;
    const records = events.map((event) => {
      const record = { ...event, position };
      position += bytesOf(record);
      return record;
    });
    if (this.journal) appendFileSync(this.journal, encode(records));
    this.take(records);
    for (const listener of [...this.listeners]) listener();
    return records;
  }

  /** @returns what ends it */
  onWrite(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Index of the first record at or behind a position. */
  indexFrom(position: bigint): number {
    let [low, high] = [0, this.records.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.records[middle]?.position ?? position) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private take(records: readonly LogRecord[]): void {
    for (const record of records) {
      this.records.push(record);
      this.end = record.position + bytesOf(record);
      if (record.revision === DELETED_REVISION) this.tombstones.add(record.stream);
      else this.streamToGrow(record.stream).push(record);
    }
  }

  private streamToGrow(name: string): LogRecord[] {
    const known = this.byStream.get(name);
    if (known) return known;
    const made: LogRecord[] = [];
    this.byStream.set(name, made);
    return made;
  }
}
