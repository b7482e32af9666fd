import { ByteSink } from './byte-sink.js';
import { type ColumnType, columnType } from './column-type.js';
import { type Column, type EncodedRows, type Row } from './port.js';

/** A table's columns as an insert needs them: by name. */
export type TableLayout = ReadonlyMap<string, ColumnType & { readonly type: string }>;

/** @throws TypeError when a column has a type this project does not write */
export const tableLayout = (columns: readonly Column[]): TableLayout =>
  new Map(columns.map(({ name, type }) => [name, { ...columnType(type), type }]));

/**
 * Writes rows as the bytes ClickHouse keeps them in: no digits to print here and to read there, which on rows of predictions takes a
 * third of the time of JSON on both sides.
 *
 * @throws TypeError when a row has another length than the columns, or a value does not fit its column
 */
export const rowBinary = (table: string, layout: TableLayout, columns: readonly string[], rows: readonly Row[]): EncodedRows => {
  const types = columns.map((name) => {
    const type = layout.get(name);
    if (!type) throw new TypeError(`insert into ${table}: it has no column ${name}`);
    return type;
  });
  const sink = new ByteSink();
  for (const row of rows) {
    if (row.length !== types.length)
      throw new TypeError(`insert into ${table}: a row has ${row.length} values for ${types.length} columns`);
    writeRow(row, types, sink, table, columns);
  }
  const structure = columns.map((name, index) => `${name} ${types[index]?.written ?? ''}`).join(', ');
  return { count: rows.length, structure, types: types.map(({ type }) => type), body: sink.written() };
};

const writeRow = (row: Row, types: readonly ColumnType[], sink: ByteSink, table: string, columns: readonly string[]): void => {
  let index = 0;
  try {
    for (const { write } of types) {
      write(row[index] ?? null, sink);
      index += 1;
    }
  } catch (error) {
    // The type of what was given, never the value: it may be somebody's.
    const problem = error instanceof Error ? error.message : String(error);
    throw new TypeError(`insert into ${table}, column ${columns[index] ?? ''}: ${problem}`, { cause: error });
  }
};
