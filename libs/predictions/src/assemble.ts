import { type Registered } from '#libs/deployments';
import { type PersonalData } from '#libs/keys';
import { type CategoryColumn, type Mark, type PredictionBatch, type PredictionColumns, type WordColumn } from './batch.js';
import { CategoryBuilder, NumberBuilder, SegmentColumns, WordsBuilder, type ColumnBuilder } from './column-builders.js';
import { packDigests } from './content.js';
import { FeatureColumns, type Learnt } from './feature-columns.js';
import { type Accepted } from './kind.js';
import { PersonalNames } from './personal-names.js';
import { type PredictionRecord } from './prediction-record.js';
import { otherBucket, outputSubject } from './subjects.js';

type Row = Accepted<PredictionRecord>;

/** Members that are kept unread because of their shape; any other is one nobody knows. */
const MISTYPED_MEMBERS = new Set(['probabilities', 'decision', 'error', 'latencyMs']);

/**
 * A batch under construction. First `learnt`, `unseenWords` and `ungridded` say what the deployment must record before; then, with the
 * schema as it stands after that, `columns` gives the body.
 */
export class BatchDraft {
  private readonly features: FeatureColumns;
  /** Pseudonyms by row. */
  private readonly subjects: readonly (string | null)[];
  /** Members that no column holds, by row. */
  private readonly unread: Record<number, Record<string, unknown>> = {};
  private readonly value: NumberBuilder;
  private readonly score: NumberBuilder;
  private readonly class: CategoryBuilder;
  private readonly action: CategoryBuilder;
  private readonly outputMarks: Mark[] = [];
  private readonly names: PersonalNames;
  private readonly segments: SegmentColumns;
  /** Which outputs any row has. */
  private readonly present = { value: false, score: false, class: false, action: false };

  constructor(
    private readonly rows: readonly Row[],
    private readonly schema: Registered,
    personal: PersonalData,
  ) {
    const size = rows.length;
    this.names = new PersonalNames(schema);
    this.features = new FeatureColumns(schema, size, personal, this.names);
    this.segments = new SegmentColumns(size);
    this.value = new NumberBuilder(size, 'number', false);
    this.score = new NumberBuilder(size, 'number', false);
    this.class = new CategoryBuilder(size, 'category');
    this.action = new CategoryBuilder(size, 'category');
    this.subjects = rows.map(({ record }) => (record.subject === null ? null : personal.pseudonym(record.subject)));
    rows.forEach((row, at) => this.put(at, row));
    for (const { row, name, value } of this.features.untyped) this.keep(row, name, value);
  }

  /** Values that were kept but not counted. */
  get marks(): readonly Mark[] {
    return [...this.features.marks, ...this.outputMarks];
  }

  learnt(): Learnt {
    return this.features.learnt();
  }

  unseenWords(): ReadonlyMap<string, readonly string[]> {
    const unseen = new Map(this.features.unseenWords());
    for (const [subject, builder] of this.countedOutputs()) {
      const words = builder.wordsNotIn(this.schema.words.get(subject));
      if (words.length > 0) unseen.set(subject, words);
    }
    return unseen;
  }

  ungridded(): ReadonlyMap<string, readonly (number | null)[]> {
    const open = new Map(this.features.ungridded());
    for (const [name, builder] of [
      ['value', this.value],
      ['score', this.score],
    ] as const) {
      if (this.present[name] && !this.schema.grids.has(outputSubject(name))) open.set(outputSubject(name), builder.values);
    }
    return open;
  }

  body(
    schema: Registered,
    head: Pick<PredictionBatch, 'salt' | 'requests' | 'conflicts'> & { now: number; latenessMs: number },
  ): PredictionBatch {
    const { salt, requests, conflicts, now, latenessMs } = head;
    const times = this.rows.map(({ record }) => record.at ?? now);
    const base = times.reduce((least, at) => Math.min(least, at), now);
    const backfilled = times.filter((at) => at < now - latenessMs).length;
    const bucketOf = (subject: string, word: string): number => schema.words.get(subject)?.get(word) ?? otherBucket(word);
    return {
      deploymentId: schema.deploymentId,
      schemaVersion: schema.schemaVersion,
      salt,
      base,
      rows: this.rows.length,
      ...(backfilled > 0 && { backfilled }),
      requests,
      ...(conflicts && conflicts.length > 0 && { conflicts }),
      columns: this.columns(
        schema,
        times.map((at) => at - base),
        bucketOf,
      ),
      features: this.features.columns(schema, bucketOf),
    };
  }

  private put(at: number, { record, index }: Row): void {
    this.features.put({ row: at, index, subject: this.subjects[at] ?? null }, record.features);
    this.putOutput(at, index, 'value', record.value, this.value);
    this.putOutput(at, index, 'score', record.score, this.score);
    const word = typeof record.class === 'number' || typeof record.class === 'boolean' ? String(record.class) : record.class;
    this.putOutput(at, index, 'class', word, this.class);
    if (record.decision) {
      this.present.action = true;
      this.action.put(at, record.decision.action);
    }
    for (const [name, tag] of Object.entries(record.segments ?? {})) {
      if (this.names.areAt(name, tag)) this.mark(at, index, `segments.${name}`, 'PERSONAL_DROPPED');
      else this.segments.put(at, name, tag);
    }
    for (const [name, value] of Object.entries(record.unread ?? {})) this.putUnread(at, index, name, value);
  }

  private putOutput(row: number, index: number, field: 'value' | 'score' | 'class', given: unknown, builder: ColumnBuilder): void {
    if (given === null || given === undefined) return;
    if (this.names.hideIn(field, given)) return this.mark(row, index, field, 'PERSONAL_DROPPED');
    this.present[field] = true;
    if (builder.put(row, given) === 'mistyped') this.mark(row, index, field, 'MISTYPED');
  }

  private putUnread(row: number, index: number, name: string, value: unknown): void {
    if (this.names.areAt(name, value)) return this.mark(row, index, name, 'PERSONAL_DROPPED');
    this.keep(row, name, value);
    this.mark(row, index, name, MISTYPED_MEMBERS.has(name) ? 'MISTYPED' : 'UNKNOWN_MEMBER');
  }

  private mark(row: number, index: number, field: string, code: string): void {
    this.outputMarks.push({ index, row, field: field.slice(0, 200).toWellFormed(), code });
  }

  private keep(row: number, name: string, value: unknown): void {
    const members = (this.unread[row] ??= Object.create(null) as Record<string, unknown>);
    members[name] = value;
  }

  private *countedOutputs(): Iterable<[string, CategoryBuilder]> {
    if (this.present.class) yield [outputSubject('class'), this.class];
    if (this.present.action) yield [outputSubject('decision'), this.action];
  }

  private columns(schema: Registered, at: readonly number[], bucketOf: (subject: string, word: string) => number): PredictionColumns {
    const records = this.rows.map((row) => row.record);
    const digests = packDigests(this.rows.map((row) => row.digest));
    const subject = column(this.subjects, (pseudonym) => pseudonym);
    const weighted = records.some((record) => record.weight !== 1);
    return {
      id: records.map((record) => record.id),
      ...(digests !== undefined && { digests }),
      at,
      ...wordsOf('version', records),
      ...wordsOf('variant', records),
      ...(subject && { subject }),
      ...this.segments.columns(),
      ...optional(
        'latencyMs',
        column(records, (record) => record.latencyMs),
      ),
      ...(weighted && { weight: records.map((record) => record.weight) }),
      ...(this.present.value && { value: this.value.column(schema.grids.get(outputSubject('value'))) }),
      ...(this.present.score && { score: this.score.column(schema.grids.get(outputSubject('score'))) }),
      ...(this.present.class && { class: this.class.column((word) => bucketOf(outputSubject('class'), word)) }),
      ...optional(
        'probabilities',
        column(records, (record) => record.probabilities),
      ),
      ...(this.present.action && { decision: this.decision(this.action.column((word) => bucketOf(outputSubject('decision'), word))) }),
      ...optional(
        'error',
        column(records, (record) => record.error),
      ),
      ...(Object.keys(this.unread).length > 0 && { unread: this.unread }),
    };
  }

  private decision({ words, codes, buckets }: CategoryColumn): NonNullable<PredictionColumns['decision']> {
    const decisions = this.rows.map(({ record }) => record.decision);
    return {
      action: { words, codes, buckets },
      ...optional(
        'threshold',
        column(decisions, (decision) => decision?.threshold ?? null),
      ),
      ...optional(
        'reasons',
        column(decisions, (decision) => decision?.reasons ?? null),
      ),
    };
  }
}

/** All values of one member, or undefined when no row has it. */
function column<R, T>(records: readonly R[], of: (record: R) => T | null): readonly (T | null)[] | undefined {
  const values = records.map(of);
  return values.every((value) => value === null) ? undefined : values;
}

function optional<Name extends string, T>(name: Name, values: T | undefined): Partial<Record<Name, T>> {
  return values === undefined ? {} : ({ [name]: values } as Record<Name, T>);
}

function wordsOf<Name extends 'version' | 'variant'>(name: Name, records: readonly PredictionRecord[]): Partial<Record<Name, WordColumn>> {
  const builder = new WordsBuilder(records.length);
  records.forEach((record, row) => builder.put(row, record[name]));
  return optional(name, builder.column());
}
