import { asyncBufferFromFile, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { cellOfValue } from './cells.js';
import { DatasetError, messageOf } from './errors.js';
import { type Table, type TableRow } from './table-rows.js';

type Reader = {
  readonly file: Awaited<ReturnType<typeof asyncBufferFromFile>>;
  readonly metadata: Awaited<ReturnType<typeof parquetMetadataAsync>>;
};

const open = async (path: string): Promise<Reader> => {
  const file = await asyncBufferFromFile(path);
  return { file, metadata: await parquetMetadataAsync(file) };
};

const rowGroup = async ({ file, metadata }: Reader, rowStart: number, rowEnd: number): Promise<readonly unknown[][]> => {
  let rows: readonly unknown[][] = [];
  await parquetRead({ file, metadata, compressors, rowStart, rowEnd, onComplete: (read: unknown[][]) => void (rows = read) });
  return rows;
};

async function* rowsOf(path: string): AsyncGenerator<TableRow> {
  try {
    const reader = await open(path);
    const names = parquetSchema(reader.metadata).children.map((child) => child.element.name);
    let start = 0;
    for (const group of reader.metadata.row_groups) {
      const end = start + Number(group.num_rows);
      for (const cells of await rowGroup(reader, start, end)) yield { names, cells };
      start = end;
    }
  } catch (error) {
    throw new DatasetError('FILE_MALFORMED', { file: path }, `no readable Parquet: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * A Parquet file, read one row group at a time: memory holds one decoded row group (writers make them of 64 Ki to 1 Mi rows).
 * 64-bit integers become doubles in columns; dates become ISO text; nested values become JSON text.
 */
export const parquetTable = (path: string): Table => ({ rows: rowsOf(path), cellOf: cellOfValue });
