import { type Registered } from '#libs/deployments';
import { type CategoryColumn, type Mark, type PredictionBatch, type PredictionColumns, type WordColumn } from './batch.js';
import { CategoryBuilder, NumberBuilder, WordsBuilder } from './column-builders.js';
import { packDigests } from './content.js';
import { FeatureColumns, type Learnt } from './feature-columns.js';
import { type Accepted } from './kind.js';
import { type PersonalData } from '#libs/keys';
import { type PredictionRecord } from './record.js';
import { otherBucket, outputSubject } from './subjects.js';

type Row = Accepted<PredictionRecord>;

/**
 * A batch under construction. First `learnt`, `unseenWords` and `ungridded` say what the deployment must record before; then, with the
 * schema as it stands after that, `columns` gives the body.
 */
export class BatchDraft {
  private readonly features: FeatureColumns;
  private readonly value: NumberBuilder;
  private readonly score: NumberBuilder;
  private readonly class: CategoryBuilder;
  private readonly action: CategoryBuilder;
  private readonly outputMarks: Mark[] = [];
  /** Which outputs any row has. */
  private readonly present = { value: false, score: false, class: false, action: false };

  constructor(
    private readonly rows: readonly Row[],
    private readonly schema: Registered,
    private readonly personal: PersonalData,
  ) {
    const size = rows.length;
    this.features = new FeatureColumns(schema, size, personal);
    this.value = new NumberBuilder(size, 'number', false);
    this.score = new NumberBuilder(size, 'number', false);
    this.class = new CategoryBuilder(size, 'category');
    this.action = new CategoryBuilder(size, 'category');
    rows.forEach((row, at) => this.put(at, row));
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
      const known = this.schema.words.get(subject);
      const words = builder.words.words.filter((word) => !known?.has(word));
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
    const subject = record.subject === null ? null : this.personal.pseudonym(record.subject);
    this.features.put(at, index, record.features, subject);
    for (const [name, builder] of [
      ['value', this.value],
      ['score', this.score],
      ['class', this.class],
    ] as const) {
      const given = record[name];
      if (given === null || given === undefined) continue;
      this.present[name] = true;
      const value = name === 'class' && (typeof given === 'number' || typeof given === 'boolean') ? String(given) : given;
      if (builder.put(at, value) === 'mistyped') this.outputMarks.push({ index, row: at, field: name, code: 'MISTYPED' });
    }
    if (record.decision) {
      this.present.action = true;
      this.action.put(at, record.decision.action);
    }
    if (record.unread)
      for (const name of Object.keys(record.unread))
        this.outputMarks.push({ index, row: at, field: name.slice(0, 200), code: 'UNKNOWN_MEMBER' });
  }

  private *countedOutputs(): Iterable<[string, CategoryBuilder]> {
    if (this.present.class) yield [outputSubject('class'), this.class];
    if (this.present.action) yield [outputSubject('decision'), this.action];
  }

  private columns(schema: Registered, at: readonly number[], bucketOf: (subject: string, word: string) => number): PredictionColumns {
    const records = this.rows.map((row) => row.record);
    const digests = packDigests(this.rows.map((row) => row.digest));
    const subject = column(records, (record) => (record.subject === null ? null : this.personal.pseudonym(record.subject)));
    const weighted = records.some((record) => record.weight !== 1);
    return {
      id: records.map((record) => record.id),
      ...(digests !== undefined && { digests }),
      at,
      ...wordsOf('version', records),
      ...wordsOf('variant', records),
      ...(subject && { subject }),
      ...segmentsOf(records),
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
      ...unreadOf(records),
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

function segmentsOf(records: readonly PredictionRecord[]): { segments?: Readonly<Record<string, WordColumn>> } {
  const builders = new Map<string, WordsBuilder>();
  records.forEach((record, row) => {
    for (const [name, tag] of Object.entries(record.segments ?? {})) {
      const builder = builders.get(name) ?? new WordsBuilder(records.length);
      builders.set(name, builder);
      builder.put(row, tag);
    }
  });
  if (builders.size === 0) return {};
  const columns = [...builders].map(([name, builder]) => [name, builder.column() ?? { words: [], codes: [] }] as const);
  return { segments: Object.fromEntries(columns) };
}

function unreadOf(records: readonly PredictionRecord[]): { unread?: Readonly<Record<number, unknown>> } {
  const unread: Record<number, unknown> = {};
  records.forEach((record, row) => {
    if (record.unread) unread[row] = record.unread;
  });
  return Object.keys(unread).length === 0 ? {} : { unread };
}
