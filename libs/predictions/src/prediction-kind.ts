import { randomBytes } from 'node:crypto';
import { type CommandBus } from '@nestjs/cqrs';
import {
  CATEGORY_WORDS_MAX,
  ExtendFeatureSchema,
  ObserveCategories,
  PROVISIONAL_RECORDS,
  SetFeatureGrids,
  SettleFeatureSchema,
  inAppends,
  type DeploymentRefusal,
  type Deployments,
  type Registered,
  type SubjectGrid,
} from '#libs/deployments';
import { type Outcome } from '#libs/event-store';
import { derivedId, type CommandMeta, type DomainEvent } from '#libs/kernel';
import { BatchDraft } from './assemble.js';
import { type RequestEntry } from './batch.js';
import { ContentDigester, type Digest64 } from './content.js';
import { PredictionBatchRecorded } from './events.js';
import { type Refused } from './fields.js';
import { GridObserver, GRID_VALUES } from './grid-observer.js';
import { Kind, type Draft, type Making } from './kind.js';
import { type IntakeLimits } from './limits.js';
import { type PersonalData } from '#libs/keys';
import { PersonalNames } from './personal-names.js';
import { type PredictionRecord } from './prediction-record.js';
import { readPrediction } from './record.js';
import { IntakeRefused } from './refusals.js';
import { strictProblem } from './strict.js';

type SchemaCommand = ExtendFeatureSchema | ObserveCategories | SetFeatureGrids | SettleFeatureSchema;

/** Bytes of JSON around one record that columns do not repeat: the names of its members. */
const MEMBER_NAMES_BYTES = 40;

/** Predictions: typed by the schema of their deployment, which they may extend. */
export class PredictionKind extends Kind<PredictionRecord> {
  readonly category = 'predictions';
  readonly otherContent = 'conflict';
  private readonly digester: ContentDigester;
  private readonly grids = new GridObserver();

  constructor(
    private readonly commands: CommandBus,
    private readonly deployments: Deployments,
    private readonly personal: PersonalData,
    private readonly limits: IntakeLimits,
  ) {
    super();
    this.digester = new ContentDigester(personal.digestKey);
  }

  read(raw: unknown, now: number): PredictionRecord | Refused {
    return readPrediction(raw, now, this.limits);
  }

  idOf(record: PredictionRecord): string | null {
    return record.id;
  }

  digestOf(record: PredictionRecord): Digest64 {
    const { at, version, variant, subject, segments, latencyMs, weight, value, score, probabilities, decision, error, unread } = record;
    const about = [at, version, variant, subject, segments, latencyMs, weight];
    return this.digester.digest(record.features, [...about, value, score, record.class, probabilities, decision, error, unread]);
  }

  bytesOf({ features }: PredictionRecord, rawBytes: number): number {
    let names = MEMBER_NAMES_BYTES;
    for (const name of Object.keys(features)) names += name.length + 3;
    return Math.max(16, rawBytes - names);
  }

  async check(deploymentId: string, records: readonly PredictionRecord[]): Promise<readonly (Refused | undefined)[]> {
    const schema = await this.schemaOf(deploymentId);
    if (!schema.strict) return [];
    const names = new PersonalNames(schema);
    return records.map((record) => strictProblem(record, schema, names));
  }

  async draft({ deploymentId, rows, now, recordsBefore, meta, conflicts }: Making<PredictionRecord>): Promise<Draft> {
    const before = await this.settledWhenDue(deploymentId, recordsBefore, meta);
    const draft = new BatchDraft(rows, before, this.personal);
    await this.keepKeys();
    const lessons = [...this.lessons(before, draft, meta)];
    for (const lesson of lessons) await this.learn(lesson);
    const schema = lessons.length > 0 ? await this.schemaOf(deploymentId) : before;
    const salt = randomBytes(16).toString('base64');
    return {
      marks: draft.marks,
      finish: (requests: readonly RequestEntry[]): DomainEvent =>
        PredictionBatchRecorded.make(draft.body(schema, { salt, requests, conflicts, now, latenessMs: this.limits.latenessMs })),
    };
  }

  /** The keys of what was sealed are durable before the batch is. */
  private async keepKeys(): Promise<void> {
    try {
      await this.personal.settle();
    } catch (cause) {
      throw IntakeRefused.unavailable('the keys of data subjects cannot be kept', { cause });
    }
  }

  /** The schema of a deployment; its provisional time ends with the first batch after enough records. */
  private async settledWhenDue(deploymentId: string, recordsBefore: number, meta: CommandMeta): Promise<Registered> {
    const schema = await this.schemaOf(deploymentId);
    if (schema.settled || recordsBefore < PROVISIONAL_RECORDS) return schema;
    await this.learn(new SettleFeatureSchema({ deploymentId, records: recordsBefore }, lessonMeta(meta, schema, 'settled')));
    return this.schemaOf(deploymentId);
  }

  /** What the deployment must record before the batch: the batch never runs ahead of its schema. */
  private *lessons(schema: Registered, draft: BatchDraft, meta: CommandMeta): Iterable<SchemaCommand> {
    const { deploymentId } = schema;
    const { features, widened } = draft.learnt();
    const because = (what: string): CommandMeta => lessonMeta(meta, schema, what);
    if (features.length + widened.length > 0) yield new ExtendFeatureSchema({ deploymentId, features, widened }, because('schema'));
    const unseen = [...draft.unseenWords()].filter(([subject]) => this.hasRoom(schema, subject));
    for (const observed of inAppends(unseen.map(([subject, words]) => ({ subject, words })))) {
      yield new ObserveCategories({ deploymentId, observed }, because(`words:${observed[0]?.subject}`));
    }
    for (const grids of inAppends(this.gridsOf(draft))) {
      yield new SetFeatureGrids({ deploymentId, grids }, because(`grids:${grids[0]?.subject}`));
    }
  }

  /** Grids of the subjects of which enough values have come. */
  private *gridsOf(draft: BatchDraft): Iterable<SubjectGrid> {
    for (const [subject, values] of draft.ungridded()) {
      const grid = this.grids.observe(subject, values);
      if (grid) yield { subject, grid, basis: 'observed', values: GRID_VALUES };
    }
  }

  private async learn(lesson: SchemaCommand): Promise<void> {
    const outcome: Outcome<DeploymentRefusal> = await this.commands.execute(lesson);
    // Two writers may learn at once past a limit: the values then stay in the batch, uncounted.
    if (outcome.kind === 'refused' && outcome.refusal.code !== 'TOO_MANY_FEATURES')
      throw new Error(`the deployment refused its own schema: ${outcome.refusal.detail}`);
  }

  private hasRoom(schema: Registered, subject: string): boolean {
    return (schema.words.get(subject)?.size ?? 0) < CATEGORY_WORDS_MAX;
  }

  private async schemaOf(deploymentId: string): Promise<Registered> {
    const state = await this.deployments.stateOf(deploymentId);
    if (state.status === 'registered') return state;
    throw new IntakeRefused(404, 'NO_SUCH_DEPLOYMENT', 'this deployment is not registered', { field: 'deployment' });
  }
}

/**
 * A lesson is caused by the request that taught it. Its id follows from the schema it was drawn from: taught again from there it is the
 * same command, while a later batch of the same request, drawn from a later schema, teaches anew.
 */
function lessonMeta(meta: CommandMeta, { schemaVersion }: Registered, lesson: string): CommandMeta {
  return { ...meta, commandId: derivedId(meta.commandId, `${schemaVersion}:${lesson}`), causationId: meta.commandId };
}
