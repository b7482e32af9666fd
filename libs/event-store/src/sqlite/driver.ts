import Database from 'libsql';

/** What may be bound to a statement. */
export type SqliteValue = bigint | string | Uint8Array | null;
/** One row, integers as bigint, in the order of the selected columns. */
export type SqliteRow = readonly unknown[];

/** A statement prepared once and used many times. */
export type SqliteStatement = {
  /** Returns the rowid of the last inserted row. */
  run(...values: SqliteValue[]): bigint;
  get(...values: SqliteValue[]): SqliteRow | undefined;
  all(...values: SqliteValue[]): readonly SqliteRow[];
};

/** The seam between this adapter and an SQLite library: all that is used of one. */
export type SqliteDriver = {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): void;
  close(): void;
};

/** Opens a file with libsql, which comes prebuilt: no compiler and no install script. */
export const openLibsql = (file: string, busyTimeoutMs: number): SqliteDriver => {
  const database = new Database(file, { timeout: busyTimeoutMs });
  return {
    prepare: (sql) => prepared(database.prepare(sql)),
    exec: (sql) => {
      database.exec(sql);
    },
    close: () => {
      database.close();
    },
  };
};

const prepared = (statement: Database.Statement): SqliteStatement => {
  statement.safeIntegers(true);
  if (statement.reader) statement.raw(true);
  return {
    run: (...values) => BigInt(statement.run(values).lastInsertRowid),
    get: (...values) => asRow(statement.get(values)),
    all: (...values) => statement.all(values).flatMap((row) => [asRow(row) ?? []]),
  };
};

const asRow = (row: unknown): SqliteRow | undefined => (Array.isArray(row) ? row : undefined);

/** @throws TypeError when the column holds something else */
export const bigintIn = (value: unknown): bigint => {
  if (typeof value !== 'bigint') throw new TypeError(`expected an integer column, got ${typeof value}`);
  return value;
};

/** @throws TypeError when the column holds something else */
export const textIn = (value: unknown): string => {
  if (typeof value !== 'string') throw new TypeError(`expected a text column, got ${typeof value}`);
  return value;
};

/** Blobs arrive as a Buffer or as an ArrayBuffer, by version of the library. @throws TypeError when the column holds something else */
export const bytesIn = (value: unknown): Buffer => {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  throw new TypeError(`expected a blob column, got ${typeof value}`);
};
