import { cellOfValue } from './cells.js';
import { DatasetError, messageOf } from './errors.js';
import { type Table, type TableRow } from './table-rows.js';
import { utf8Text } from './utf8-text.js';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Nested objects become names with dots: {"a": {"b": 1}} is the column a.b. */
const flatten = (record: Record<string, unknown>, prefix: string, into: { names: string[]; cells: unknown[] }): void => {
  for (const [name, value] of Object.entries(record)) {
    if (isRecord(value)) flatten(value, `${prefix}${name}.`, into);
    else {
      into.names.push(prefix + name);
      into.cells.push(value);
    }
  }
};

/** The lines of a file without their ends; what follows the last end is a line unless it is empty. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let begun = '';
  for await (const text of utf8Text(file)) {
    const [rest = '', ...lines] = text.split('\n');
    begun += rest;
    for (const line of lines) {
      yield begun;
      begun = line;
    }
  }
  if (begun !== '') yield begun;
}

/** The objects of an NDJSON file in file order. @throws DatasetError FILE_MALFORMED with the line */
export async function* ndjsonRecords(file: string): AsyncGenerator<Record<string, unknown>> {
  let line = 0;
  for await (const text of linesOf(file)) {
    line += 1;
    if (text.trim() !== '') yield recordOf(file, line, text);
  }
}

/** How many levels of objects and lists a record may have: who walks through it calls itself once for each. */
const DEPTH_MAX = 100;

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));

const recordOf = (file: string, line: number, text: string): Record<string, unknown> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DatasetError('FILE_MALFORMED', { file, line }, `no JSON: ${messageOf(error)}`, { cause: error });
  }
  if (!isRecord(value)) throw new DatasetError('FILE_MALFORMED', { file, line }, 'each line must be a JSON object');
  if (isDeeper(value, DEPTH_MAX))
    throw new DatasetError('FILE_MALFORMED', { file, line }, `objects and lists go deeper than ${DEPTH_MAX} levels`);
  return value;
};

async function* rowsOf(file: string): AsyncGenerator<TableRow> {
  let record = 0;
  for await (const nested of ndjsonRecords(file)) {
    record += 1;
    const row = { names: new Array<string>(), cells: new Array<unknown>() };
    flatten(nested, '', row);
    const twice = new Set(row.names).size < row.names.length && row.names.find((name, i) => row.names.indexOf(name) !== i);
    if (typeof twice === 'string')
      throw new DatasetError('FILE_MALFORMED', { file, column: twice }, `record ${record} has this column twice once flattened`);
    yield row;
  }
}

/** A file with one JSON object per line, read as a stream. Nested objects are flattened with dots; arrays become text. */
export const ndjsonTable = (file: string): Table => ({ rows: rowsOf(file), cellOf: cellOfValue });
