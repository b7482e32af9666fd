import { type Column } from '#libs/datasets';
import {
  type ChunkedColumn,
  nannymlChunkRows,
  nannymlChunks,
  type NannymlMethod,
  type PeerColumn,
  sortedValues,
  StatisticsError,
} from '#libs/statistics';
import { type Pair } from '../report.js';
import { type LikeChunks } from './report.js';

/** Infinite values are missing to both peers. */
export const asPeerSees = (column: Column): PeerColumn =>
  column.kind === 'numeric'
    ? { kind: 'numeric', sorted: sortedValues(column.values), missing: column.missing + column.infinite }
    : { kind: 'categorical', values: column.values, missing: column.missing };

/** How many of the ascending rows lie before one. */
const before = (at: ArrayLike<number>, row: number): number => {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] ?? Infinity) < row) low = middle + 1;
    else high = middle;
  }
  return low;
};

const chunksOfColumn = (column: Column, rows: number): PeerColumn[] => {
  const { at = new Float64Array(0) } = column;
  return nannymlChunkRows(rows).map(({ from, to }) => {
    const [start, end] = [before(at, from), before(at, to)];
    const missing = to - from - (end - start);
    return column.kind === 'numeric'
      ? { kind: 'numeric', sorted: sortedValues(column.values.subarray(start, end)), missing }
      : { kind: 'categorical', values: column.values.slice(start, end), missing };
  });
};

/** A method of NannyML by default, chunk by chunk; undefined where a file has fewer than ten rows, on which the original fails. */
export type ByChunk = (method: NannymlMethod) => LikeChunks | undefined;

/** Cuts both sides of a column as NannyML does. The columns were read with the places of their values. */
export const byChunkOf = (sides: { readonly reference: Column; readonly current: Column }, rows: Pair): ByChunk => {
  let made: { readonly reference: ChunkedColumn; readonly current: readonly PeerColumn[] } | undefined;
  const cut = (): NonNullable<typeof made> =>
    (made ??= {
      reference: { whole: asPeerSees(sides.reference), chunks: chunksOfColumn(sides.reference, rows.reference) },
      current: chunksOfColumn(sides.current, rows.current),
    });
  return (method) => {
    try {
      const { reference, current } = cut();
      const { threshold, chunks } = nannymlChunks(method, reference, current);
      const values = nannymlChunkRows(rows.current).map(({ from, to }, i) => {
        const shown = chunks[i];
        return { from, to, score: shown?.score ?? null, drifted: shown?.drifted ?? null };
      });
      return { values, ...(threshold !== undefined && { threshold }) };
    } catch (error) {
      if (!(error instanceof StatisticsError)) throw error;
      return undefined;
    }
  };
};
