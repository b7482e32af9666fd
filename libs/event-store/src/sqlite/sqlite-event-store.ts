import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Clock, type Position, positionOf } from '#libs/kernel';
import { CheckpointStore } from '../checkpoint-store.js';
import { bodyOf } from '../codec.js';
import { EmbeddedEventStore } from '../embedded-event-store.js';
import { type SqliteDriver, bigintIn, openLibsql, textIn } from './driver.js';
import { forbidWriting, prepareFile } from './schema.js';
import { SqliteEngine } from './sqlite-engine.js';

/** Where the log lives, and how much may wait to be written. */
export type SqliteEventStoreOptions = {
  readonly file: string;
  readonly clock: Clock;
  /** Appends that may wait for their turn; beyond it callers get `Unavailable` with outcome not-written. */
  readonly waitingMax?: number;
  readonly waitingBytesMax?: number;
  /** How long to wait for another process that is writing. */
  readonly busyTimeoutMs?: number;
  /** Beside the process that writes: the file is read and nothing about it is changed, not even when it is closed. */
  readonly readOnly?: boolean;
  readonly openDriver?: (file: string, busyTimeoutMs: number) => SqliteDriver;
};

/**
 * The log in one SQLite file: WAL, `synchronous=FULL`, one fsync for all appends that wait in a turn. An append is answered after it
 * is on the disk; its position is seen by nobody before.
 */
export class SqliteEventStore extends EmbeddedEventStore {
  /** Checkpoints in the same file. */
  readonly checkpoints: CheckpointStore;
  private readonly sqlite: SqliteEngine;
  private readonly driver: SqliteDriver;

  /** @throws Error when the file cannot be opened, or was written by a newer release */
  constructor(options: SqliteEventStoreOptions) {
    const {
      file,
      clock,
      waitingMax = 10_000,
      waitingBytesMax = 64 * 1024 * 1024,
      busyTimeoutMs = 2_000,
      readOnly = false,
      openDriver = openLibsql,
    } = options;
    if (!readOnly) mkdirSync(dirname(file), { recursive: true });
    const driver = openDriver(file, busyTimeoutMs);
    if (readOnly) forbidWriting(driver);
    else prepareFile(driver);
    const sqlite = new SqliteEngine(driver, { waitingMax, waitingBytesMax }, readOnly);
    super(sqlite, clock);
    this.sqlite = sqlite;
    this.driver = driver;
    this.checkpoints = new SqliteCheckpointStore(sqlite);
  }

  /** What is wrong with the file, in words; empty when nothing is. Reads every event and verifies its digest. */
  async integrityCheck(): Promise<readonly string[]> {
    this.sqlite.open();
    const pages = this.driver
      .prepare('PRAGMA integrity_check')
      .all()
      .map((row) => textIn(row[0]));
    const problems = pages.filter((line) => line !== 'ok');
    const gaps = this.driver.prepare(
      `SELECT s.name FROM events e JOIN streams s ON s.id = e.stream
       GROUP BY e.stream HAVING min(e.revision) <> 0 OR count(*) <> max(e.revision) + 1`,
    );
    for (const row of gaps.all()) problems.push(`${textIn(row[0])} has a gap in its revisions`);
    for await (const stored of this.readAll()) {
      try {
        bodyOf(stored);
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
    }
    return problems;
  }

  /** Writes a compact, consistent copy to a file that does not exist yet. @throws Error when it exists */
  async backup(file: string): Promise<void> {
    this.sqlite.open();
    this.driver.prepare('VACUUM INTO ?').run(file);
  }

  /** The durability setting as the engine reports it: 2 means that every commit waits for the disk. */
  synchronous(): bigint {
    this.sqlite.open();
    return bigintIn(this.driver.prepare('PRAGMA synchronous').get()?.[0]);
  }
}

/** Checkpoints travel in the same group commits as the events, so they cost no fsync of their own. */
class SqliteCheckpointStore extends CheckpointStore {
  constructor(private readonly sqlite: SqliteEngine) {
    super();
  }

  async load(name: string): Promise<Position | undefined> {
    const position = this.sqlite.loadCheckpoint(name);
    return position === undefined ? undefined : positionOf(position);
  }

  async save(name: string, position: Position): Promise<void> {
    await this.sqlite.commit({ bytes: 0 }, () => this.sqlite.saveCheckpoint(name, position.commit));
  }
}
