import { type FeatureKind } from '#libs/deployments';
import { type CategoryColumn, type Mistyped, type NumberColumn, type VectorColumn, type WordColumn } from './batch.js';

/** What a builder says of one value: stored and counted, missing, or kept as sent and not counted. */
export type Fit = 'fits' | 'missing' | 'mistyped';

/** Fills one column of a batch row by row; rows that are never put are missing. */
export type ColumnBuilder = { readonly kind: FeatureKind; put(row: number, value: unknown): Fit };

/** Words become codes in the order they first appear. */
export class WordsBuilder {
  readonly words: string[] = [];
  private readonly known = new Map<string, number>();
  private readonly codes: number[];

  constructor(rows: number) {
    this.codes = new Array<number>(rows).fill(-1);
  }

  put(row: number, word: string | null): void {
    if (word === null) return;
    let code = this.known.get(word);
    if (code === undefined) {
      code = this.words.length;
      this.known.set(word, code);
      this.words.push(word);
    }
    this.codes[row] = code;
  }

  column(): WordColumn | undefined {
    return this.words.length === 0 ? undefined : { words: this.words, codes: this.codes };
  }

  codesOf(): readonly number[] {
    return this.codes;
  }
}

/** Tags of segments: a column of words per name. */
export class SegmentColumns {
  private readonly builders = new Map<string, WordsBuilder>();

  constructor(private readonly rows: number) {}

  put(row: number, name: string, tag: string): void {
    const builder = this.builders.get(name) ?? new WordsBuilder(this.rows);
    this.builders.set(name, builder);
    builder.put(row, tag);
  }

  columns(): { readonly segments?: Readonly<Record<string, WordColumn>> } {
    if (this.builders.size === 0) return {};
    const columns = [...this.builders].map(([name, builder]) => [name, builder.column() ?? { words: [], codes: [] }] as const);
    return { segments: Object.fromEntries(columns) };
  }
}

class Strays {
  private strays: Record<number, unknown> | undefined;

  keep(row: number, value: unknown): Fit {
    this.strays ??= {};
    this.strays[row] = value;
    return 'mistyped';
  }

  column(): { mistyped?: Mistyped } {
    return this.strays ? { mistyped: this.strays } : {};
  }
}

export class NumberBuilder implements ColumnBuilder {
  readonly values: (number | null)[];
  /** A fraction was put into a column of integers. */
  fraction = false;
  private readonly strays = new Strays();

  /** @param exact true takes a fraction among integers for mistyped, false widens the column */
  constructor(
    rows: number,
    readonly kind: 'integer' | 'number',
    private readonly exact: boolean,
  ) {
    this.values = new Array<number | null>(rows).fill(null);
  }

  put(row: number, value: unknown): Fit {
    if (value === null || value === undefined) return 'missing';
    if (typeof value !== 'number') return this.strays.keep(row, value);
    if (this.kind === 'integer' && !Number.isInteger(value)) {
      if (this.exact) return this.strays.keep(row, value);
      this.fraction = true;
    }
    this.values[row] = value;
    return 'fits';
  }

  column(grid: { centre: number; unit: number } | undefined): NumberColumn {
    return { kind: 'number', ...(grid && { grid: [grid.centre, grid.unit] as const }), values: this.values, ...this.strays.column() };
  }
}

export class CategoryBuilder implements ColumnBuilder {
  readonly words: WordsBuilder;
  private readonly strays = new Strays();

  constructor(
    rows: number,
    readonly kind: 'category' | 'boolean',
  ) {
    this.words = new WordsBuilder(rows);
  }

  put(row: number, value: unknown): Fit {
    if (value === null || value === undefined) return 'missing';
    if (this.kind === 'boolean' && typeof value === 'boolean') this.words.put(row, String(value));
    else if (this.kind === 'category' && typeof value === 'string') this.words.put(row, value);
    else return this.strays.keep(row, value);
    return 'fits';
  }

  /** Words that are not among those known. */
  wordsNotIn(known: ReadonlyMap<string, number> | undefined): readonly string[] {
    return this.words.words.filter((word) => !known?.has(word));
  }

  column(bucketOf: (word: string) => number): CategoryColumn {
    const { words } = this.words;
    return { kind: this.kind, words, codes: this.words.codesOf(), buckets: words.map(bucketOf), ...this.strays.column() };
  }
}

export class VectorBuilder implements ColumnBuilder {
  readonly kind = 'vector';
  private readonly values: (readonly number[] | null)[];
  private readonly strays = new Strays();

  constructor(
    rows: number,
    private readonly length: number,
  ) {
    this.values = new Array<readonly number[] | null>(rows).fill(null);
  }

  put(row: number, value: unknown): Fit {
    if (value === null || value === undefined) return 'missing';
    if (!isVector(value) || value.length !== this.length) return this.strays.keep(row, value);
    this.values[row] = value;
    return 'fits';
  }

  column(): VectorColumn {
    return { kind: 'vector', values: this.values, ...this.strays.column() };
  }
}

export const isVector = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((element) => typeof element === 'number');

/** The kind a value suggests for a feature nobody declared; undefined leaves it open. */
export function kindOf(value: unknown): { readonly kind: FeatureKind; readonly length?: number } | undefined {
  switch (typeof value) {
    case 'number':
      return { kind: Number.isInteger(value) ? 'integer' : 'number' };
    case 'string':
      return { kind: 'category' };
    case 'boolean':
      return { kind: 'boolean' };
    default:
      return isVector(value) ? { kind: 'vector', length: value.length } : undefined;
  }
}

/** A builder for a column of a kind. */
export function builderFor(
  kind: FeatureKind,
  rows: number,
  about: { length?: number; exact: boolean },
): NumberBuilder | CategoryBuilder | VectorBuilder {
  switch (kind) {
    case 'integer':
    case 'number':
      return new NumberBuilder(rows, kind, about.exact);
    case 'category':
    case 'boolean':
      return new CategoryBuilder(rows, kind);
    case 'vector':
      return new VectorBuilder(rows, about.length ?? 1);
  }
}
