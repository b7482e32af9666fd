import { type Cell } from './cells.js';
import { ndjsonRecords } from './ndjson.js';
import { formatOf, openTable } from './open-table.js';

/**
 * The rows of a CSV, NDJSON or Parquet file as plain records that JSON can hold, in file order and as a stream.
 * CSV cells in decimal notation become numbers, missing ones null; NDJSON records come as they are, nested; Parquet dates become ISO text
 * and 64-bit integers numbers, or text where a double would lose digits.
 * @throws DatasetError as `readColumns`, while rows are read
 */
export async function* readRows(file: string): AsyncGenerator<Record<string, unknown>> {
  if (formatOf(file) === 'ndjson') {
    openTable(file);
    yield* ndjsonRecords(file);
    return;
  }
  const { rows, cellOf } = openTable(file);
  for await (const { names, cells } of rows)
    yield Object.fromEntries(names.map((name, i) => [name, plainValue(cells[i], cellOf(cells[i]))]));
}

const plainValue = (raw: unknown, cell: Cell): unknown => {
  if (typeof raw === 'boolean') return raw;
  if (typeof raw === 'bigint' && !Number.isSafeInteger(Number(raw))) return raw.toString();
  if (cell.kind === 'missing') return null;
  // JSON has no infinity: as text it stays visible, as null it would pass for missing.
  return cell.kind === 'number' && !Number.isFinite(cell.value) ? String(cell.value) : cell.value;
};
