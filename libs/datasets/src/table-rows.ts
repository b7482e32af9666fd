import { type Cell } from './cells.js';

/** One row of a table: names and raw cells side by side. Rows of a file with fixed columns share one `names`. */
export type TableRow = { readonly names: readonly string[]; readonly cells: readonly unknown[] };

/** A table being read: its rows in file order, and how a raw cell is to be understood. */
export type Table = { readonly rows: AsyncIterable<TableRow>; readonly cellOf: (raw: unknown) => Cell };
