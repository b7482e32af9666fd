import { StatisticsError } from '../errors.js';

/** Rows `from` (included) to `to` (excluded) of a sample in its own order. */
export type Chunk = { readonly from: number; readonly to: number };

/** Into how many chunks a sample is cut when no size is given. */
const CHUNKS = 10;

/**
 * Cuts `rows` rows into consecutive chunks: of `size` rows each, the last with what remains; without a size ten chunks whose sizes differ by at
 * most one row (fewer than ten rows make chunks of one).
 * @throws StatisticsError `chunksOf requires at least one row` | `chunksOf requires a whole chunk size of at least one row`
 * @example chunksOf(5, 2) // [{ from: 0, to: 2 }, { from: 2, to: 4 }, { from: 4, to: 5 }]
 */
export const chunksOf = (rows: number, size?: number): Chunk[] => {
  if (!(rows >= 1)) throw new StatisticsError('chunksOf requires at least one row');
  if (size !== undefined && !(Number.isInteger(size) && size >= 1))
    throw new StatisticsError('chunksOf requires a whole chunk size of at least one row');
  const count = size === undefined ? Math.min(CHUNKS, rows) : Math.ceil(rows / size);
  const start = (i: number): number => (size === undefined ? Math.floor((i * rows) / count) : Math.min(i * size, rows));
  return Array.from({ length: count }, (_, i) => ({ from: start(i), to: start(i + 1) }));
};
