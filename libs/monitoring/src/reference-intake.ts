import { Inject, Injectable, Optional } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ClickHouse } from '#libs/clickhouse';
import { Deployments, inAppends, type Registered, ObserveCategories, SetFeatureGrids } from '#libs/deployments';
import { EventCodec, EventStore, type Outcome, RefusalLog } from '#libs/event-store';
import { type CommandMeta, derivedId, type Refusal, type Uuid, uuid } from '#libs/kernel';
import { isOtherBucket } from '#libs/predictions';
import { type MonitoringRefusal, ImportReference, ReviseMonitor } from './commands.js';
import { MonitorDefinition } from './definition.js';
import { measurementsStream } from './ids.js';
import { type MonitorRow, Monitors } from './queries.js';
import { problemOfCounts, type ReferenceCounts } from './reference-counts.js';
import { importedParts, type ImportedSubject } from './reference-import.js';
import { gridOf, WORD_GRID } from './sampling.js';

/** Why counts of a file do not become a reference. */
export type ReferenceRefusal = Refusal<MonitoringRefusal | 'COUNTS_REFUSED' | 'FEATURE_PERSONAL' | 'GRID_DIFFERS' | 'NO_SUCH_FEATURE'>;
/** A reference that was taken over. */
export type ReferenceTaken = { readonly referenceId: Uuid; readonly digest: string };
type Refused = { readonly kind: 'refused'; readonly refusal: ReferenceRefusal };
type Taken = { readonly kind: 'accepted'; readonly taken: ReferenceTaken } | Refused;

const REFERENCES_MAX = 5;

const refused = (code: ReferenceRefusal['code'], detail: string, field?: string, limit?: number): Refused => ({
  kind: 'refused',
  refusal: { code, detail, ...(field !== undefined && { field }), ...(limit !== undefined && { limit }) },
});

/** A command that follows from the one that was asked for: same actor, source and reason, an id of its own. */
const following = (meta: CommandMeta, what: string): CommandMeta => ({
  ...meta,
  commandId: derivedId(meta.commandId, what),
  causationId: meta.commandId,
});

/** Takes over the counts of a file, such as the training data, as the first choice of a monitor's references. */
@Injectable()
export class ReferenceIntake {
  private readonly deployments: Deployments;

  constructor(
    private readonly commands: CommandBus,
    private readonly clickHouse: ClickHouse,
    store: EventStore,
    codec: EventCodec,
    @Optional() @Inject(RefusalLog) private readonly refusals?: RefusalLog,
  ) {
    this.deployments = new Deployments(store, codec);
  }

  /**
   * The id of the reference follows from the monitor and the counts: sending them again changes nothing. What is refused here, before
   * any command is sent, is recorded like a refused command.
   */
  async take(monitorId: Uuid, counts: ReferenceCounts, meta: CommandMeta): Promise<Taken> {
    const [monitor] = await this.clickHouse.query(Monitors, { monitorIds: [monitorId], deploymentId: null, afterName: '', limit: 1 });
    if (!monitor) return this.recorded(monitorId, meta, refused('NO_SUCH_MONITOR', 'no monitor has this name'));
    const unfit = await this.unfit(monitor.deploymentId, counts, meta);
    return unfit ? this.recorded(monitorId, meta, unfit) : this.record(monitor, counts, meta);
  }

  private async recorded(monitorId: Uuid, meta: CommandMeta, refusal: Refused): Promise<Refused> {
    await this.refusals?.record({ type: 'ImportReference', stream: measurementsStream(monitorId), meta }, refusal.refusal);
    return refusal;
  }

  /** Why these counts cannot be compared with the deployment's; declares what they need to be comparable. */
  private async unfit(deploymentId: string, counts: ReferenceCounts, meta: CommandMeta): Promise<Refused | undefined> {
    const problem = problemOfCounts(counts);
    if (problem) return refused('COUNTS_REFUSED', problem.detail, problem.field, problem.limit);
    const known = await this.deployments.stateOf(deploymentId);
    const unfit = known.status === 'unknown' ? undefined : subjectRefused(counts.subjects, known);
    if (unfit) return unfit;
    await this.declare(deploymentId, counts, meta);
    const differs = gridDiffers(counts.subjects, await this.deployments.stateOf(deploymentId));
    return differs === undefined
      ? undefined
      : refused('GRID_DIFFERS', `${differs} is counted on another grid by now: count the file again`, differs);
  }

  /** What predictions must be counted by from now on to be comparable: grids of numbers without one, and words of full categories. */
  private async declare(deploymentId: string, { subjects, grids }: ReferenceCounts, meta: CommandMeta): Promise<void> {
    const numbers = subjects.flatMap(({ subject, grid }) => {
      const values = grids[subject];
      return grid === WORD_GRID || values === undefined ? [] : [{ subject, grid: gridOf(grid), basis: 'reference' as const, values }];
    });
    for (const piece of inAppends(numbers)) {
      await this.commands.execute(new SetFeatureGrids({ deploymentId, grids: piece }, following(meta, `grids ${piece[0]?.subject}`)));
    }
    const categories = subjects.flatMap(({ subject, grid, words, counts }) =>
      grid === WORD_GRID && words && counts.some(([bucket]) => isOtherBucket(bucket)) ? [{ subject, words }] : [],
    );
    for (const observed of inAppends(categories)) {
      await this.commands.execute(new ObserveCategories({ deploymentId, observed }, following(meta, `words ${observed[0]?.subject}`)));
    }
  }

  private async record(monitor: MonitorRow, counts: ReferenceCounts, meta: CommandMeta): Promise<Taken> {
    const { name, source, rows, windows, subjects } = counts;
    const monitorId = uuid(monitor.monitorId);
    const draft = importedParts({ monitorId, referenceId: monitorId, name, source, rows, ...(windows && { windows }) }, subjects);
    const digest = draft[0]?.digest ?? '';
    const referenceId = derivedId(monitorId, `counts:${source.sha256}:${digest}`);
    const parts = draft.map((part) => ({ ...part, referenceId }));
    const imported = await this.commands.execute<ImportReference, Outcome<MonitoringRefusal>>(
      new ImportReference({ monitorId, parts }, following(meta, 'import')),
    );
    if (imported.kind === 'refused') return imported;
    const { references } = withDataset(MonitorDefinition.parse(JSON.parse(monitor.definition)), referenceId);
    const revised = await this.commands.execute<ReviseMonitor, Outcome<MonitoringRefusal>>(
      new ReviseMonitor({ monitorId, definition: { references } }, meta),
    );
    return revised.kind === 'refused' ? revised : { kind: 'accepted', taken: { referenceId, digest } };
  }
}

/** The new file first; an older one gives way, the other choices stay as they are. */
const withDataset = (definition: MonitorDefinition, referenceId: string): MonitorDefinition => {
  const others = definition.references.filter(({ kind }) => kind !== 'dataset');
  return { ...definition, references: [{ kind: 'dataset' as const, referenceId }, ...others].slice(0, REFERENCES_MAX) };
};

const FEATURE = 'feature:';

/** Only features of the deployment, counted as what they are, and nothing personal: words would be in clear. */
const subjectRefused = (subjects: readonly ImportedSubject[], { features }: Registered): Refused | undefined => {
  for (const { subject, grid } of subjects) {
    const feature = subject.startsWith(FEATURE) ? features.get(subject.slice(FEATURE.length)) : undefined;
    if (!feature && (features.size > 0 || !subject.startsWith(FEATURE)))
      return refused('NO_SUCH_FEATURE', `${subject} is not in the schema of the deployment`, subject);
    if (feature?.personal) return refused('FEATURE_PERSONAL', `${subject} is personal: a file may not bring it in clear`, subject);
    const words = feature?.kind === 'category' || feature?.kind === 'boolean';
    if (feature && (feature.kind === 'vector' || words !== (grid === WORD_GRID)))
      return refused('NO_SUCH_FEATURE', `${subject} is ${feature.kind} in the schema of the deployment`, subject);
  }
  return undefined;
};

const gridDiffers = (subjects: readonly ImportedSubject[], state: { readonly status: string } | Registered): string | undefined => {
  if (!('grids' in state)) return undefined;
  return subjects.find(({ subject, grid }) => {
    const known = state.grids.get(subject);
    return grid !== WORD_GRID && `${known?.centre}/${known?.unit}` !== grid;
  })?.subject;
};
