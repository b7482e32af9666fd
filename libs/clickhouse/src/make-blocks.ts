import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Instant, type Position, type Recorded } from '#libs/kernel';
import { type EncodedRows, type Row } from './port.js';
import { type Projection, type RowsByTable, type TableSpec, highestPosition, projectionId } from './projection.js';

/** Making rows of so many batches of predictions takes some ten milliseconds, after which others get their turn. */
const EVENTS_IN_A_TURN = 8;

/** What is known of an event without reading its body. */
export type Located = { readonly position: Position; readonly type: string; readonly recordedAt: Instant };

/** How far each table reaches. */
export type Marks = ReadonlyMap<string, bigint>;

/** What enters one table, and the highest position among it. */
export type Block = { readonly table: TableSpec; readonly rows: readonly Row[] | EncodedRows; readonly reaches: bigint };

/** Makes the blocks of some events, without what a table has already. Writes nothing. */
export type MakeBlocks<E extends Located> = (events: readonly E[], marks: Marks) => Promise<readonly Block[]>;

/** A projection's rows, made in this thread. */
export const blockMaker =
  (projection: Projection) =>
  async (events: readonly Recorded[], marks: Marks): Promise<readonly (Block & { readonly rows: readonly Row[] })[]> => {
    const rows = await rowsNotYetIn(projection, events, marks);
    return projection.tables.flatMap((table) => {
      const its = rows.get(table.name) ?? [];
      return its.length === 0 ? [] : [{ table, rows: its, reaches: highestPosition(table, its) }];
    });
  };

/** Rows by table, without those a table has already. Where all tables are at the same place, the projection runs once. */
const rowsNotYetIn = async (projection: Projection, events: readonly Recorded[], marks: Marks): Promise<RowsByTable> => {
  const byMark = new Map<bigint, RowsByTable>();
  const from = events[0]?.position.commit ?? 0n;
  const found = new Map<string, readonly Row[]>();
  for (const { name } of projection.tables) {
    const reached = marks.get(name) ?? 0n;
    const mark = reached < from ? 0n : reached;
    const later = (): readonly Recorded[] => events.filter((event) => event.position.commit > mark);
    const rows = byMark.get(mark) ?? (await rowsOf(projection, later()));
    byMark.set(mark, rows);
    found.set(name, rows.get(name) ?? []);
  }
  return found;
};

/** The rows of all events, made in pieces: what a table holds does not depend on where events were cut. */
const rowsOf = async (projection: Projection, events: readonly Recorded[]): Promise<RowsByTable> => {
  const all = new Map<string, Row[]>(projection.tables.map(({ name }) => [name, []]));
  for (let start = 0; start < events.length; start += EVENTS_IN_A_TURN) {
    if (start > 0) await nextTurn();
    for (const [name, rows] of projection.rows(events.slice(start, start + EVENTS_IN_A_TURN))) {
      const its = all.get(name);
      if (!its) throw new TypeError(`${projectionId(projection)} made rows for ${name}, which it does not list`);
      for (const row of rows) its.push(row);
    }
  }
  return all;
};
