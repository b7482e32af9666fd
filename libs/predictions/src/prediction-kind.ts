import { randomBytes } from 'node:crypto';
import { type CommandBus } from '@nestjs/cqrs';
import {
  CATEGORY_WORDS_MAX,
  ExtendFeatureSchema,
  ObserveCategories,
  PROVISIONAL_RECORDS,
  SetFeatureGrid,
  SettleFeatureSchema,
  type DeploymentRefusal,
  type Deployments,
  type Registered,
} from '#libs/deployments';
import { type Outcome } from '#libs/event-store';
import { derivedId, type CommandMeta, type DomainEvent } from '#libs/kernel';
import { BatchDraft } from './assemble.js';
import { type RequestEntry } from './batch.js';
import { ContentDigester, type Digest64 } from './content.js';
import { PredictionBatchRecorded } from './events.js';
import { type Refused } from './fields.js';
import { GridObserver, GRID_VALUES } from './grid-observer.js';
import { Kind, type Accepted, type Draft, type Making } from './kind.js';
import { type IntakeLimits } from './limits.js';
import { type PersonalData } from '#libs/keys';
import { readPrediction, type PredictionRecord } from './record.js';
import { IntakeRefused } from './refusals.js';
import { strictProblem } from './strict.js';

type SchemaCommand = ExtendFeatureSchema | ObserveCategories | SetFeatureGrid | SettleFeatureSchema;

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
    const { id: _id, features, ...rest } = record;
    return this.digester.digest(features, [rest]);
  }

  bytesOf({ features }: PredictionRecord, rawBytes: number): number {
    let names = MEMBER_NAMES_BYTES;
    for (const name of Object.keys(features)) names += name.length + 3;
    return Math.max(16, rawBytes - names);
  }

  async check(deploymentId: string, rows: readonly Accepted<PredictionRecord>[]): Promise<(Refused | undefined)[]> {
    const schema = await this.schemaOf(deploymentId);
    return schema.strict ? rows.map(({ record }) => strictProblem(record, schema)) : [];
  }

  async draft({ deploymentId, rows, now, recordsBefore, meta, conflicts }: Making<PredictionRecord>): Promise<Draft> {
    const before = await this.schemaOf(deploymentId);
    const draft = new BatchDraft(rows, before, this.personal);
    for (const command of this.lessons(before, draft, { recordsBefore, meta })) {
      const outcome: Outcome<DeploymentRefusal> = await this.commands.execute(command);
      // Two writers may learn at once past a limit: the values then stay in the batch, uncounted.
      if (outcome.kind === 'refused' && outcome.refusal.code !== 'TOO_MANY_FEATURES') throw refusedSchema(outcome.refusal.detail);
    }
    const schema = await this.schemaOf(deploymentId);
    const salt = randomBytes(16).toString('base64');
    return {
      marks: draft.marks,
      finish: (requests: readonly RequestEntry[]): DomainEvent =>
        PredictionBatchRecorded.make(draft.body(schema, { salt, requests, conflicts, now, latenessMs: this.limits.latenessMs })),
    };
  }

  /** What the deployment must record before the batch: the batch never runs ahead of its schema. */
  private *lessons(
    schema: Registered,
    draft: BatchDraft,
    { recordsBefore, meta }: Pick<Making<PredictionRecord>, 'recordsBefore' | 'meta'>,
  ): Iterable<SchemaCommand> {
    const { deploymentId } = schema;
    const { features, widened } = draft.learnt();
    const because = (what: string): CommandMeta => lessonMeta(meta, `${schema.schemaVersion}:${what}`);
    if (features.length + widened.length > 0) yield new ExtendFeatureSchema({ deploymentId, features, widened }, because('schema'));
    for (const [subject, words] of draft.unseenWords()) {
      if (this.hasRoom(schema, subject)) yield new ObserveCategories({ deploymentId, subject, words }, because(`words:${subject}`));
    }
    for (const [subject, values] of draft.ungridded()) {
      const grid = this.grids.observe(subject, values);
      if (grid)
        yield new SetFeatureGrid({ deploymentId, subject, grid, basis: 'observed', values: GRID_VALUES }, because(`grid:${subject}`));
    }
    if (!schema.settled && recordsBefore >= PROVISIONAL_RECORDS) {
      yield new SettleFeatureSchema({ deploymentId, records: recordsBefore }, because('settled'));
    }
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

/** A lesson is caused by the request that taught it; the same lesson twice is one command. */
function lessonMeta(meta: CommandMeta, lesson: string): CommandMeta {
  return { ...meta, commandId: derivedId(meta.commandId, lesson), causationId: meta.commandId };
}

const refusedSchema = (detail: string): Error => new Error(`the deployment refused its own schema: ${detail}`);
