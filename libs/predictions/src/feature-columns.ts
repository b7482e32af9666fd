import { FEATURES_MAX, type FeatureKind, type FeatureState, type Registered } from '#libs/deployments';
import { type FeatureColumn, type Mark } from './batch.js';
import { builderFor, CategoryBuilder, kindOf, NumberBuilder, type VectorBuilder } from './column-builders.js';
import { type PersonalData } from '#libs/keys';
import { featureSubject } from './subjects.js';

type Builder = NumberBuilder | CategoryBuilder | VectorBuilder;

/** What the records taught about the schema. */
export type Learnt = {
  readonly features: readonly { readonly name: string; readonly kind: FeatureKind; readonly length?: number }[];
  readonly widened: readonly string[];
};

/**
 * Turns the flat features of records into columns, by the schema of the deployment and what the records themselves teach.
 * One pass; a value that does not fit is kept beside its column and reported.
 */
export class FeatureColumns {
  private readonly builders = new Map<string, Builder>();
  private readonly sealed = new Map<string, (string | null)[]>();
  private readonly fresh = new Map<string, { kind: FeatureKind; length?: number }>();
  readonly marks: Mark[] = [];

  constructor(
    private readonly schema: Registered,
    private readonly rows: number,
    private readonly personal: PersonalData,
  ) {}

  /** @param index of the record in its request, for reporting */
  put(row: number, index: number, features: Readonly<Record<string, unknown>>, subject: string | null): void {
    for (const name of Object.keys(features)) {
      const value = features[name];
      const known = this.schema.features.get(name);
      if (known?.personal) {
        this.putPersonal({ row, index, name, value, subject }, known);
        continue;
      }
      const builder = this.builders.get(name) ?? this.open(name, value, known);
      if (builder === undefined) {
        // Null leaves an unknown feature open; anything else cannot be typed and is only reported.
        if (value !== null) this.mark(row, index, name, 'UNTYPED');
      } else if (builder.put(row, value) === 'mistyped') this.mark(row, index, name, 'MISTYPED');
    }
  }

  /** Names of words that have no bucket yet, by subject. */
  unseenWords(): ReadonlyMap<string, readonly string[]> {
    const unseen = new Map<string, readonly string[]>();
    for (const [name, builder] of this.builders) {
      if (!(builder instanceof CategoryBuilder)) continue;
      const known = this.schema.words.get(featureSubject(name));
      const words = builder.words.words.filter((word) => !known?.has(word));
      if (words.length > 0) unseen.set(featureSubject(name), words);
    }
    return unseen;
  }

  /** Numbers of features that have no grid yet, by subject. */
  ungridded(): ReadonlyMap<string, readonly (number | null)[]> {
    const open = new Map<string, readonly (number | null)[]>();
    for (const [name, builder] of this.builders) {
      if (builder instanceof NumberBuilder && !this.schema.grids.has(featureSubject(name))) open.set(featureSubject(name), builder.values);
    }
    return open;
  }

  learnt(): Learnt {
    const widened = [...this.builders]
      .filter(([name, builder]) => builder instanceof NumberBuilder && builder.fraction && !this.fresh.has(name))
      .map(([name]) => name);
    const features = [...this.fresh].map(([name, { kind, length }]) => {
      const builder = this.builders.get(name);
      const wide = builder instanceof NumberBuilder && builder.fraction;
      return { name, kind: wide ? ('number' as const) : kind, ...(length !== undefined && { length }) };
    });
    return { features, widened };
  }

  /** @param schema the schema after everything learnt was recorded: it has the grids and the words */
  columns(schema: Registered, bucketOf: (subject: string, word: string) => number): Readonly<Record<string, FeatureColumn>> {
    const columns = new Map<string, FeatureColumn>();
    for (const [name, builder] of this.builders) {
      const subject = featureSubject(name);
      if (builder instanceof NumberBuilder) columns.set(name, builder.column(schema.grids.get(subject)));
      else if (builder instanceof CategoryBuilder)
        columns.set(
          name,
          builder.column((word) => bucketOf(subject, word)),
        );
      else columns.set(name, builder.column());
    }
    for (const [name, values] of this.sealed) columns.set(name, { kind: 'sealed', values });
    return Object.fromEntries(columns);
  }

  private open(name: string, value: unknown, known: FeatureState | undefined): Builder | undefined {
    const shape = known ?? kindOf(value);
    if (shape === undefined) return undefined;
    if (!known) {
      if (this.schema.features.size + this.fresh.size >= FEATURES_MAX) return undefined;
      this.fresh.set(name, shape);
    }
    const builder = builderFor(shape.kind, this.rows, {
      declared: known?.declared ?? false,
      ...(shape.length !== undefined && { length: shape.length }),
    });
    this.builders.set(name, builder);
    return builder;
  }

  private putPersonal(at: { row: number; index: number; name: string; value: unknown; subject: string | null }, known: FeatureState): void {
    const { row, index, name, value, subject } = at;
    if (known.personal === 'drop' || value === null || value === undefined) return;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (known.personal === 'hash') {
      const builder = this.builders.get(name) ?? new CategoryBuilder(this.rows, 'category');
      this.builders.set(name, builder);
      builder.put(row, this.personal.hashed(name, text));
      return;
    }
    // Without a subject there is no key that could be destroyed later, so nothing is stored.
    if (subject === null) return this.mark(row, index, name, 'NO_SUBJECT');
    const values = this.sealed.get(name) ?? new Array<string | null>(this.rows).fill(null);
    values[row] = this.personal.sealed(subject, name, text);
    this.sealed.set(name, values);
  }

  private mark(row: number, index: number, name: string, code: string): void {
    this.marks.push({ index, row, field: `features.${name}`.slice(0, 200), code });
  }
}
