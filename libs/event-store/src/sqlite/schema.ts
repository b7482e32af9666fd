import { type SqliteDriver, bigintIn } from './driver.js';

const VERSION = 1n;

/**
 * Names, types and origins are stored once and referred to by number; ids and digests are blobs: an event costs some 150 bytes
 * beside its body. The invariants are constraints, so that they hold even with a second writing process.
 */
const TABLES = `
CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  tombstoned INTEGER NOT NULL DEFAULT 0,
  has_meta INTEGER NOT NULL DEFAULT 0,
  max_count INTEGER,
  max_age_seconds INTEGER,
  truncate_before INTEGER
) STRICT;
CREATE TABLE types (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE origins (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE events (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  stream INTEGER NOT NULL REFERENCES streams (id),
  revision INTEGER NOT NULL CHECK (revision >= 0),
  type INTEGER NOT NULL REFERENCES types (id),
  recorded_at INTEGER NOT NULL,
  origin INTEGER NOT NULL REFERENCES origins (id),
  encoding INTEGER NOT NULL,
  schema_version INTEGER NOT NULL,
  id BLOB NOT NULL,
  ids BLOB NOT NULL,
  sha256 BLOB NOT NULL,
  extra TEXT,
  body BLOB NOT NULL,
  UNIQUE (stream, revision),
  UNIQUE (stream, id)
) STRICT;
CREATE TABLE checkpoints (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** For a connection beside the one that writes. @throws Error when a newer release wrote the file, or none did */
export const forbidWriting = (driver: SqliteDriver): void => {
  driver.exec('PRAGMA query_only = 1');
  const version = pragma(driver, 'user_version');
  if (version !== VERSION) throw new Error(`the event log has file version ${version}, this release knows ${VERSION}`);
};

/**
 * Sets durability, then creates the tables in a new file or checks the version of an old one.
 * @throws Error when a newer release wrote the file, or when the settings did not take
 */
export const prepareFile = (driver: SqliteDriver): void => {
  driver.exec('PRAGMA journal_mode = WAL');
  // FULL: a commit returns after the write-ahead log is on the disk. This is what "acknowledged" rests on.
  driver.exec('PRAGMA synchronous = FULL');
  if (pragma(driver, 'synchronous') !== 2n) throw new Error('the event log could not be opened with synchronous = FULL');
  driver.exec('BEGIN IMMEDIATE');
  try {
    const version = pragma(driver, 'user_version');
    if (version > VERSION) throw new Error(`the event log has file version ${version}, this release knows ${VERSION}`);
    if (version === 0n) driver.exec(`${TABLES} PRAGMA user_version = ${VERSION};`);
    driver.exec('COMMIT');
  } catch (error) {
    driver.exec('ROLLBACK');
    throw error;
  }
};

/** Value of a numeric setting of the open file. */
const pragma = (driver: SqliteDriver, name: 'synchronous' | 'user_version'): bigint =>
  bigintIn(driver.prepare(`PRAGMA ${name}`).get()?.[0]);
