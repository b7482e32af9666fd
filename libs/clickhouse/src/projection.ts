import { type DomainEvent, type Instant, type Recorded } from '#libs/kernel';
import { type Row } from './port.js';

/** A table a projection writes. */
export type TableSpec = {
  /** Name in the database, without it. */
  readonly name: string;
  /** Columns in the order of the rows; `position` is among them. */
  readonly columns: readonly string[];
  /** `month` when the table is partitioned by the month of `recordedAt` (UTC): a block then stays within one month. */
  readonly partition: 'none' | 'month';
  /** Rows leave this table by age. An empty one is then not taken for a lost one. */
  readonly expires?: boolean;
};

/** Rows by table name. A table without rows may be left out. */
export type RowsByTable = ReadonlyMap<string, readonly Row[]>;

/**
 * A step after the rows of a batch: an `INSERT INTO driftledger.… SELECT` over the projection's own tables, bounded by
 * `{from:UInt64}` and `{to:UInt64}`, idempotent by the key of its target because it may run again for the same positions.
 */
export type DeriveStep = {
  readonly name: string;
  readonly table: string;
  readonly sql: string;
  /** Runs only for batches with events of these types; for every batch unless said otherwise. */
  readonly types?: readonly string[];
  /** A table of the projection without a row of which the step finds nothing: as long as there is none, it does not run. */
  readonly needs?: string;
};

/**
 * What turns events into rows. Pure: the same events give the same rows.
 *
 * Every row carries the position of its event in the column `position`; a row that folds several events carries the highest position
 * among those it folds, so that the content does not depend on where batches were cut. `rows` may get any part of the log, in order.
 */
export type Projection<E extends DomainEvent = DomainEvent> = {
  readonly name: string;
  /** Changes with the meaning of a row; a new version has tables and a checkpoint of its own. */
  readonly version: number;
  readonly handles: readonly string[];
  readonly tables: readonly TableSpec[];
  rows(events: readonly Recorded<E>[]): RowsByTable;
  readonly derive?: readonly DeriveStep[];
};

/** Name of a projection's checkpoint and intents, such as `predictions.v1`. */
export const projectionId = (projection: Pick<Projection, 'name' | 'version'>): string => `${projection.name}.v${projection.version}`;

/** @throws TypeError when a table cannot be projected into safely; at construction, so that no process starts with it */
export const checkProjection = (projection: Projection): void => {
  const id = projectionId(projection);
  const twice = projection.tables.find((table, index) => projection.tables.findIndex((other) => other.name === table.name) !== index);
  if (twice) throw new TypeError(`${id} lists the table ${twice.name} twice`);
  const lacking = projection.tables.find((table) => !table.columns.includes('position'));
  if (lacking) throw new TypeError(`${id}: ${lacking.name} has no column position, without which a crash cannot be repaired`);
};

/** The highest position among rows, which is what the table reaches once they are in it. */
export const highestPosition = (table: TableSpec, rows: readonly Row[]): bigint => {
  const at = table.columns.indexOf('position');
  let highest = -1n;
  for (const row of rows) {
    const cell = row[at];
    const position = typeof cell === 'bigint' ? cell : typeof cell === 'string' || typeof cell === 'number' ? BigInt(cell) : undefined;
    if (position === undefined) throw new TypeError(`a row for ${table.name} has no position`);
    if (position > highest) highest = position;
  }
  return highest;
};

/** Cuts where the month of `recordedAt` changes, so that each piece is one partition of a table partitioned by month. */
export const cutByMonth = <T extends { readonly recordedAt: Instant }>(events: readonly T[]): readonly (readonly T[])[] => {
  const pieces: T[][] = [];
  let month = '';
  for (const event of events) {
    const its = new Date(event.recordedAt).toISOString().slice(0, 7);
    const piece = its === month ? pieces.at(-1) : undefined;
    if (piece) piece.push(event);
    else pieces.push([event]);
    month = its;
  }
  return pieces;
};
