import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { cellOfText } from './cells.js';
import { DatasetError } from './errors.js';
import { type Table, type TableRow } from './table-rows.js';
import { utf8Text } from './utf8-text.js';

const headerOf = (file: string, cells: readonly string[]): readonly string[] => {
  const repeated = cells.find((name, i) => cells.indexOf(name) !== i);
  if (repeated !== undefined) throw new DatasetError('FILE_MALFORMED', { file, line: 1, column: repeated }, 'two columns have this name');
  return cells;
};

/** csv-parse's own words name its options; ours name the file. */
const described = (file: string, error: unknown): unknown => {
  if (!(error instanceof CsvError)) return error;
  const line = typeof error['lines'] === 'number' ? error['lines'] : undefined;
  const detail =
    error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' ? 'this line has another number of fields than the header' : error.message;
  return new DatasetError('FILE_MALFORMED', { file, ...(line !== undefined && { line }) }, detail, { cause: error });
};

async function* rowsOf(file: string, delimiter: string): AsyncGenerator<TableRow> {
  const input = Readable.from(utf8Text(file));
  const parser = parse({ delimiter, skip_empty_lines: true });
  input.on('error', (error) => parser.destroy(error));
  const records: AsyncIterable<string[]> = input.pipe(parser);
  let names: readonly string[] | undefined;
  try {
    for await (const cells of records) {
      if (names === undefined) names = headerOf(file, cells);
      else yield { names, cells };
    }
  } catch (error) {
    throw described(file, error);
  } finally {
    input.destroy();
  }
}

/**
 * A CSV file (RFC 4180 with a header line, UTF-8 with or without byte order mark), read as a stream: memory holds one record and a buffer.
 * Every line must have as many fields as the header.
 * @throws DatasetError FILE_MALFORMED with the line, while rows are read; without one where the file is not UTF-8
 */
export const csvTable = (file: string, delimiter = ','): Table => ({
  rows: rowsOf(file, delimiter),
  cellOf: (raw) => cellOfText(typeof raw === 'string' ? raw : ''),
});
