import { statSync } from 'node:fs';
import { extname } from 'node:path';
import { csvTable } from './csv.js';
import { DatasetError } from './errors.js';
import { ndjsonTable } from './ndjson.js';
import { parquetTable } from './parquet.js';
import { type Table } from './table-rows.js';

/** Formats by file name. */
export type Format = 'csv' | 'tsv' | 'ndjson' | 'parquet';
const FORMATS: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.parquet': 'parquet',
  '.pq': 'parquet',
};

/** The format of a file by its ending. @throws DatasetError FORMAT_UNKNOWN */
export const formatOf = (file: string): Format => {
  const format = FORMATS[extname(file).toLowerCase()];
  if (format === undefined) throw new DatasetError('FORMAT_UNKNOWN', { file }, `the name must end in ${Object.keys(FORMATS).join(', ')}`);
  return format;
};

/**
 * Opens a data file as a table. Nothing is read until the rows are.
 * @throws DatasetError FILE_NOT_FOUND | FORMAT_UNKNOWN
 */
export const openTable = (file: string): Table => {
  const format = formatOf(file);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new DatasetError('FILE_NOT_FOUND', { file }, 'there is no such file');
  switch (format) {
    case 'csv':
      return csvTable(file);
    case 'tsv':
      return csvTable(file, '\t');
    case 'ndjson':
      return ndjsonTable(file);
    case 'parquet':
      return parquetTable(file);
  }
};
