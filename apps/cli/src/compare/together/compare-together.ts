import { MULTIVARIATE_METHODS, type RowsMethod, StatisticsError, type Table, type TableColumn, VECTOR_METHODS } from '#libs/statistics';
import { type Pair } from '../report.js';
import { type TogetherOptions } from './options.js';
import { measurable, type Named, readNamed, vectorsIn } from './read-named.js';
import { type TogetherMethod, type TogetherReport } from './report.js';

type Files = { readonly reference: string; readonly current: string };
type Sides = { readonly reference: Named; readonly current: Named };
type Cells = readonly (number | string | undefined)[];

const measured = <Id extends string, Rows>(method: RowsMethod<Id, Rows>, reference: Rows, current: Rows): TogetherMethod => {
  const { version } = method;
  try {
    const { score, pValue, parameters } = method.fromRows(reference, current);
    return { score, ...(pValue !== undefined && { pValue }), parameters: { version, ...parameters } };
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    return { score: null, parameters: { version }, reason: error.message };
  }
};

const byId = <Id extends string, Rows>(
  methods: readonly RowsMethod<Id, Rows>[],
  asked: readonly Id[],
  [reference, current]: readonly [Rows, Rows],
): Record<string, TogetherMethod> =>
  Object.fromEntries(
    asked.flatMap((id) => methods.filter((method) => method.id === id).map((method) => [id, measured(method, reference, current)])),
  );

const cellsOf = ({ cells }: Named, name: string): Cells => (cells.get(name) ?? []).map(measurable);
const missingIn = (cells: Cells): number => cells.filter((value) => value === undefined).length;

/** A column is numeric where no cell of either file is a word; else all its cells are words. */
const columnOf = (cells: Cells, kind: 'numeric' | 'categorical'): TableColumn =>
  kind === 'numeric'
    ? { kind, values: Float64Array.from(cells, (value) => (typeof value === 'number' ? value : NaN)) }
    : { kind, values: cells.map((value) => (value === undefined ? undefined : String(value))) };

type Joined = { readonly reference: TableColumn; readonly current: TableColumn; readonly missing: Pair };

const joined = ({ reference, current }: Sides, name: string): Joined => {
  const [r, c] = [cellsOf(reference, name), cellsOf(current, name)];
  const kind = [...r, ...c].some((value) => typeof value === 'string') ? 'categorical' : 'numeric';
  return { reference: columnOf(r, kind), current: columnOf(c, kind), missing: { reference: missingIn(r), current: missingIn(c) } };
};

const ofColumns = (
  sides: Sides,
  names: readonly string[],
): { readonly columns: TogetherReport['columns']; readonly tables: readonly [Table, Table] } => {
  const found = names.map((name) => [name, joined(sides, name)] as const);
  return {
    columns: Object.fromEntries(found.map(([name, { reference, missing }]) => [name, { kind: reference.kind, missing }])),
    tables: [found.map(([, { reference }]) => reference), found.map(([, { current }]) => current)],
  };
};

/**
 * Compares rows of both files as one: several columns, or a column of vectors. Rows without a vector are left out and counted; a missing or infinite cell
 * among several columns is missing to each method in its own way.
 * @throws DatasetError when a file cannot be read; UsageError COLUMN_UNKNOWN | VECTOR_INVALID
 */
export const compareTogether = async (files: Files, options: TogetherOptions): Promise<TogetherReport> => {
  const names = options.of === 'columns' ? options.columns : [options.column];
  const sides = { reference: await readNamed(files.reference, names), current: await readNamed(files.current, names) };
  const rows = { reference: sides.reference.rows, current: sides.current.rows };
  if (options.of === 'columns') {
    const { columns, tables } = ofColumns(sides, options.columns);
    return { of: 'columns', files, rows, columns, methods: byId(MULTIVARIATE_METHODS, options.methods, tables) };
  }
  const [reference, current] = [vectorsIn(sides.reference, options.column), vectorsIn(sides.current, options.column)];
  const missing = { reference: rows.reference - reference.length, current: rows.current - current.length };
  const columns = { [options.column]: { kind: 'vector' as const, missing } };
  return { of: 'vectors', files, rows, columns, methods: byId(VECTOR_METHODS, options.methods, [reference, current]) };
};
