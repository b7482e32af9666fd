import { type DefinedQuery } from './define-query.js';
import { type InsertBlock, type QueryContext } from './port.js';

/** Larger than any block we send: one INSERT stays one block, and so one part and one deduplication token. */
const ONE_BLOCK = 1_000_000_000;
const TABLE = /^[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*$/;
const COLUMN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * `database.table` for a statement in which names cannot be bound.
 *
 * @throws TypeError when either is no plain name
 */
export const qualified = (database: string, table: string): string => {
  const name = `${database}.${table}`;
  if (!TABLE.test(name)) throw new TypeError(`a table is written database.table in plain letters, got ${JSON.stringify(name)}`);
  return name;
};

/** A text literal of ClickHouse SQL. For settings, which cannot be bound; values of queries are bound. */
export const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const settingsText = (settings: Readonly<Record<string, number | string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${typeof value === 'number' ? value : quoted(value)}`)
    .join(', ');

/** The text that runs: the query's own, the format we parse, and the settings every query carries. */
export const queryStatement = <P, R>(query: DefinedQuery<P, R>, context: QueryContext): string => {
  const comment = { query: query.name, surface: context.surface ?? 'internal', correlationId: context.correlationId ?? '' };
  const settings = {
    ...query.settings,
    max_execution_time: context.timeoutSeconds ?? query.timeoutSeconds,
    log_comment: JSON.stringify(comment),
    output_format_json_quote_64bit_integers: 1,
    output_format_json_array_of_rows: 1,
  };
  // After FORMAT the settings hold for the whole query, also where it is a UNION.
  return `${query.sql}\nFORMAT JSONEachRow\nSETTINGS ${settingsText(settings)}`;
};

/** The parts of an INSERT that do not depend on how the rows travel. */
export type InsertStatement = { readonly into: string; readonly table: string; readonly settings: string };

/** @throws TypeError when the table or a column is no plain name */
export const insertStatement = ({ table, columns, token }: InsertBlock): InsertStatement => {
  if (!TABLE.test(table)) throw new TypeError(`insert requires a table written database.table, got ${JSON.stringify(table)}`);
  const odd = columns.find((column) => !COLUMN.test(column));
  if (odd !== undefined) throw new TypeError(`insert into ${table} requires plain column names, got ${JSON.stringify(odd)}`);
  const settings = settingsText({
    async_insert: 0,
    insert_deduplicate: 1,
    insert_deduplication_token: token,
    max_insert_block_size: ONE_BLOCK,
    min_insert_block_size_rows: ONE_BLOCK,
    min_insert_block_size_bytes: 0,
    max_insert_threads: 1,
    log_comment: JSON.stringify({ insert: table, token }),
  });
  return { into: `INSERT INTO ${table} (${columns.join(', ')})`, table, settings };
};
