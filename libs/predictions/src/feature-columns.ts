import { FEATURES_MAX, type FeatureKind, type FeatureState, type Registered } from '#libs/deployments';
import { SubjectErased, type PersonalData } from '#libs/keys';
import { type FeatureColumn, type Mark } from './batch.js';
import { builderFor, CategoryBuilder, kindOf, NumberBuilder, type VectorBuilder } from './column-builders.js';
import { type Features, sameNames } from './names.js';
import { type PersonalNames } from './personal-names.js';
import { featureSubject } from './subjects.js';

type Builder = NumberBuilder | CategoryBuilder | VectorBuilder;

/** Where the values of one name go: into a column, or through the treatment of personal data. Undefined: nothing is known of it yet. */
type Target = { readonly builder: Builder } | { readonly personal: FeatureState } | undefined;

/** What the records taught about the schema. */
export type Learnt = {
  readonly features: readonly { readonly name: string; readonly kind: FeatureKind; readonly length?: number }[];
  readonly widened: readonly string[];
};

/** One record's place: its row in the batch, its index in its request, and the pseudonym of its subject. */
export type Place = { readonly row: number; readonly index: number; readonly subject: string | null };

/**
 * Turns the flat features of records into columns, by the schema of the deployment and what the records themselves teach.
 * One pass; a value that does not fit is kept beside its column and reported.
 */
export class FeatureColumns {
  readonly marks: Mark[] = [];
  /** Values that have no type and no column, as sent: row and name. */
  readonly untyped: { readonly row: number; readonly name: string; readonly value: unknown }[] = [];
  private readonly builders = new Map<string, Builder>();
  private readonly sealed = new Map<string, (string | null)[]>();
  private readonly fresh = new Map<string, { kind: FeatureKind; length?: number }>();
  /** Producers send the same names again and again: the targets of the last record serve the next one. */
  private lastNames: readonly string[] = [];
  private targets: Target[] = [];

  constructor(
    private readonly schema: Registered,
    private readonly rows: number,
    private readonly personal: PersonalData,
    private readonly names: PersonalNames,
  ) {}

  put(place: Place, features: Features): void {
    const names = Object.keys(features);
    if (!sameNames(names, this.lastNames)) {
      this.lastNames = names;
      this.targets = names.map((name) => this.targetOf(name));
    }
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at] ?? '';
      const value = features[name];
      const target = this.targets[at] ?? (this.targets[at] = this.open(name, value));
      if (target && 'personal' in target) this.putPersonal(place, name, value, target.personal);
      else if (this.names.hideIn(name, value)) this.mark(place, name, 'PERSONAL_DROPPED');
      else if (target === undefined) this.keep(place, name, value);
      else if (target.builder.put(place.row, value) === 'mistyped') this.mark(place, name, 'MISTYPED');
    }
  }

  /** Words that have no bucket yet, by subject. */
  unseenWords(): ReadonlyMap<string, readonly string[]> {
    const unseen = new Map<string, readonly string[]>();
    for (const [name, builder] of this.builders) {
      if (!(builder instanceof CategoryBuilder)) continue;
      const words = builder.wordsNotIn(this.schema.words.get(featureSubject(name)));
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
    const isWide = (builder: Builder | undefined): boolean => builder instanceof NumberBuilder && builder.fraction;
    const widened = [...this.builders].filter(([name, builder]) => isWide(builder) && !this.fresh.has(name)).map(([name]) => name);
    const features = [...this.fresh].map(([name, { kind, length }]) => ({
      name,
      kind: isWide(this.builders.get(name)) ? ('number' as const) : kind,
      ...(length !== undefined && { length }),
    }));
    return { features, widened };
  }

  /** @param schema the schema after everything learnt was recorded: it has the grids and the words */
  columns(schema: Registered, bucketOf: (subject: string, word: string) => number): Readonly<Record<string, FeatureColumn>> {
    const columns = new Map<string, FeatureColumn>();
    for (const [name, builder] of this.builders) {
      const subject = featureSubject(name);
      if (builder instanceof NumberBuilder) columns.set(name, builder.column(schema.grids.get(subject)));
      else if (builder instanceof CategoryBuilder) columns.set(name, builder.column(bucketOf.bind(undefined, subject)));
      else columns.set(name, builder.column());
    }
    for (const [name, values] of this.sealed) columns.set(name, { kind: 'sealed', values });
    return Object.fromEntries(columns);
  }

  private targetOf(name: string): Target {
    const personal = this.names.treatmentOf(name);
    if (personal) return { personal };
    const builder = this.builders.get(name);
    if (builder) return { builder };
    const known = this.schema.features.get(name);
    return known && this.build(name, known, known.declared || this.schema.settled);
  }

  /** A feature nobody declared gets the type its first value suggests. */
  private open(name: string, value: unknown): Target {
    const builder = this.builders.get(name);
    if (builder) return { builder };
    const suggested = kindOf(value);
    if (!suggested || this.schema.features.size + this.fresh.size >= FEATURES_MAX) return undefined;
    // A settled schema has no provisional time left in which an integer could widen.
    const shape = this.schema.settled && suggested.kind === 'integer' ? { kind: 'number' as const } : suggested;
    this.fresh.set(name, shape);
    return this.build(name, shape, false);
  }

  private build(name: string, { kind, length }: { kind: FeatureKind; length?: number }, exact: boolean): Target {
    const builder = builderFor(kind, this.rows, { exact, ...(length !== undefined && { length }) });
    this.builders.set(name, builder);
    return { builder };
  }

  /** Null leaves an unknown feature open; anything else that suggests no type is kept as sent. */
  private keep(place: Place, name: string, value: unknown): void {
    if (value === null) return;
    this.untyped.push({ row: place.row, name: `features.${name}`, value });
    this.mark(place, name, 'UNTYPED');
  }

  private putPersonal(place: Place, name: string, value: unknown, { personal }: FeatureState): void {
    if (personal === 'drop' || value === null || value === undefined) return;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (personal === 'hash') {
      const known = this.builders.get(name);
      const builder = known ?? new CategoryBuilder(this.rows, 'category');
      this.builders.set(name, builder);
      builder.put(place.row, this.personal.hashed(name, text));
      return;
    }
    // Without a subject there is no key that could be destroyed later, so nothing is stored.
    if (place.subject === null) return this.mark(place, name, 'NO_SUBJECT');
    try {
      const sealed = this.personal.sealed(place.subject, name, text);
      const values = this.sealed.get(name) ?? new Array<string | null>(this.rows).fill(null);
      values[place.row] = sealed;
      this.sealed.set(name, values);
    } catch (error) {
      if (!(error instanceof SubjectErased)) throw error;
      this.mark(place, name, 'SUBJECT_ERASED');
    }
  }

  private mark({ row, index }: Place, name: string, code: string): void {
    this.marks.push({ index, row, field: `features.${name}`.slice(0, 200).toWellFormed(), code });
  }
}
