import { type Cell } from './cells.js';
import { DatasetError } from './errors.js';
import { GrowingDoubles } from './growing-doubles.js';
import { openTable } from './open-table.js';

/** Numbers of a column in file order, without missing and infinite cells, which are counted. `at`: the row of each, from 0, where asked for. */
export type NumericColumn = {
  readonly name: string;
  readonly kind: 'numeric';
  readonly values: Float64Array;
  readonly missing: number;
  readonly infinite: number;
  readonly at?: Float64Array;
};

/** Words of a column in file order, without missing cells, which are counted. Equal words share one string. `at` as in a numeric column. */
export type CategoricalColumn = {
  readonly name: string;
  readonly kind: 'categorical';
  readonly values: readonly string[];
  readonly missing: number;
  readonly at?: Float64Array;
};

export type Column = NumericColumn | CategoricalColumn;

/** The columns of a file in order of first appearance, and its number of rows. */
export type Columns = { readonly rows: number; readonly columns: ReadonlyMap<string, Column> };

/** Gathers one column. It is numeric as long as every cell is a number; `mixed` when words came after numbers. */
class ColumnBuilder {
  private readonly numbers = new GrowingDoubles();
  private readonly words: string[] = [];
  private readonly known = new Map<string, string>();
  private readonly at: GrowingDoubles | undefined;
  private infinite = 0;

  constructor(
    readonly name: string,
    private categorical: boolean,
    places: boolean,
  ) {
    this.at = places ? new GrowingDoubles() : undefined;
  }

  mixed = false;

  add(cell: Cell, raw: unknown, row: number): void {
    if (cell.kind === 'missing') return;
    if (cell.kind === 'text' && !this.categorical) {
      this.mixed = this.numbers.length + this.infinite > 0;
      this.categorical = true;
    }
    if (this.categorical) this.addWord(cell.kind === 'text' ? cell.value : String(raw), row);
    else this.addNumber(cell.kind === 'number' ? cell.value : NaN, row);
  }

  private addNumber(value: number, row: number): void {
    if (Number.isFinite(value)) {
      this.numbers.push(value);
      this.at?.push(row);
    } else this.infinite += 1;
  }

  private addWord(word: string, row: number): void {
    const same = this.known.get(word);
    if (same === undefined) this.known.set(word, word);
    this.words.push(same ?? word);
    this.at?.push(row);
  }

  build(rows: number): Column {
    const places = this.at && { at: this.at.toArray() };
    if (this.categorical) return { name: this.name, kind: 'categorical', values: this.words, missing: rows - this.words.length, ...places };
    const missing = rows - this.numbers.length - this.infinite;
    return { name: this.name, kind: 'numeric', values: this.numbers.toArray(), missing, infinite: this.infinite, ...places };
  }
}

type Read = { readonly rows: number; readonly builders: ReadonlyMap<string, ColumnBuilder> };

const readOnce = async (file: string, categorical: ReadonlySet<string>, places: boolean): Promise<Read> => {
  const { rows: source, cellOf } = openTable(file);
  const builders = new Map<string, ColumnBuilder>();
  const builderOf = (name: string): ColumnBuilder => {
    const known = builders.get(name) ?? new ColumnBuilder(name, categorical.has(name), places);
    builders.set(name, known);
    return known;
  };
  let rows = 0;
  for await (const { names, cells } of source) {
    for (let i = 0; i < names.length; i += 1) builderOf(names[i] ?? '').add(cellOf(cells[i]), cells[i], rows);
    rows += 1;
  }
  if (rows === 0) throw new DatasetError('FILE_EMPTY', { file }, 'the file holds no rows');
  return { rows, builders };
};

/**
 * Reads a CSV, NDJSON or Parquet file into columns. A column is numeric when every cell that is not missing is a number, else categorical (booleans
 * are words). A file in which words appear after numbers is read a second time, so that "007" stays "007" among words.
 * Memory: eight bytes per cell plus the distinct words; the file itself is streamed.
 * @param options.categorical columns to take as words whatever they hold
 * @param options.places whether to say in which row each value stood: another eight bytes a value
 * @throws DatasetError FILE_NOT_FOUND | FORMAT_UNKNOWN | FILE_MALFORMED | FILE_EMPTY
 */
export const readColumns = async (
  file: string,
  { categorical = [], places = false }: { readonly categorical?: readonly string[]; readonly places?: boolean } = {},
): Promise<Columns> => {
  const first = await readOnce(file, new Set(categorical), places);
  const mixed = [...first.builders.values()].filter((builder) => builder.mixed).map(({ name }) => name);
  const { rows, builders } = mixed.length === 0 ? first : await readOnce(file, new Set([...categorical, ...mixed]), places);
  return { rows, columns: new Map([...builders].map(([name, builder]) => [name, builder.build(rows)])) };
};
