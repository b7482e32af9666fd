import { Args, Context, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { ClickHouse } from '#libs/clickhouse';
import { deploymentIdOf } from '#libs/deployments';
import {
  connectionOf,
  EdgeError,
  fieldOf,
  followFeed,
  type GraphqlContext,
  NodeRegistry,
  pageOf,
  parseGlobalId,
  Requires,
} from '#libs/graphql-kit';
import { positionOf } from '#libs/kernel';
import { defaultDefinition } from './defaults.js';
import { changedDefinition, withFittingAlerting } from './definition-changes.js';
import { changesOf } from './definition-input.js';
import { type MeasurementItem, MonitoringFeed } from './feed.js';
import { type MeasurementKind } from './measurement.js';
import {
  type MeasurementFilter,
  type QueryMeasurementsArguments,
  type QueryMonitorsArguments,
  type QueryPreviewMonitorArguments,
  type SubscriptionMeasurementRecordedArguments,
} from './monitoring-arguments.js';
import { definitionNode, measurementNode, type MeasurementNode, monitorNode, type MonitorNode } from './nodes.js';
import { MeasuredSubjects, MeasurementRevisions, MeasurementSeries, Monitors } from './queries.js';
import { MonitoringReader } from './reader.js';

const TIME_MAX = 8_640_000_000_000_000;
/** Labels and what is computed from them come with revisions of their own. */
const kindOf = (subject: string): MeasurementKind => (/^(performance|label):/.test(subject) ? 'performance' : 'drift');

/** Monitors in GraphQL: lists, previews and series. */
@Resolver('Monitor')
export class MonitorResolver {
  constructor(
    private readonly clickHouse: ClickHouse,
    private readonly feed: MonitoringFeed,
    private readonly reader: MonitoringReader,
    nodes: NodeRegistry,
  ) {
    nodes.register('Monitor', { action: 'read', read: (ids) => reader.read(ids) });
  }

  @Query('monitors')
  @Requires('read')
  async monitors(@Args() { deployment, ...page }: QueryMonitorsArguments): Promise<object> {
    const { limit, after } = pageOf(page);
    const deploymentId = deployment ? deploymentIdOf(deployment) : null;
    const rows = await this.clickHouse.query(Monitors, { monitorIds: [], deploymentId, afterName: after?.key ?? '', limit: limit + 1 });
    const cursorOf = (row: { lastPosition: bigint; name: string }) => ({ position: positionOf(row.lastPosition), key: row.name });
    return connectionOf({ limit, ...(after && { after }) }, rows, cursorOf, monitorNode);
  }

  @Query('previewMonitor')
  @Requires('read')
  async preview(@Args() { deployment, timeZone, definition }: QueryPreviewMonitorArguments): Promise<object | null> {
    const predictionsPerDay = await this.reader.traffic(deploymentIdOf(deployment));
    if (predictionsPerDay === undefined) return null;
    const facts = { predictionsPerDay, timeZone: timeZone ?? undefined };
    const changed = changedDefinition(defaultDefinition(facts), withFittingAlerting(changesOf(definition ?? {})));
    if ('problem' in changed) throw new EdgeError('BAD_USER_INPUT', changed.problem, 400);
    return { predictionsPerDay, definition: definitionNode(changed.definition) };
  }

  @Query('measurements')
  @Requires('read')
  async measurements(@Args() args: QueryMeasurementsArguments): Promise<object> {
    const { limit, after } = pageOf(args);
    // The cursor is the start of the last window shown: the series goes back in time from there.
    const before = after?.key === undefined ? TIME_MAX : Number(after.key);
    const rows = await this.clickHouse.query(MeasurementSeries, {
      monitorId: parseGlobalId(args.monitor, 'Monitor').id,
      subject: args.subject,
      kind: kindOf(args.subject),
      from: args.from ?? 0,
      until: Math.min(args.until ?? TIME_MAX, before),
      knownAt: args.knownAt?.commit ?? 0n,
      limit: limit + 1,
    });
    const cursorOf = (row: { position: bigint; windowFrom: number }) => ({
      position: positionOf(row.position),
      key: String(row.windowFrom),
    });
    return connectionOf({ limit, ...(after && { after }) }, rows, cursorOf, measurementNode);
  }

  @ResolveField('subjects')
  async subjects(@Parent() { monitorId }: MonitorNode): Promise<readonly string[]> {
    return (await this.clickHouse.query(MeasuredSubjects, { monitorId })).map(({ subject }) => subject);
  }

  @ResolveField('tooLate')
  tooLate(@Parent() { monitorId }: MonitorNode, @Context() context: GraphqlContext): Promise<object> {
    return this.reader.tooLateInAll(context, monitorId);
  }

  @Subscription('measurementRecorded')
  @Requires('read')
  async measurementRecorded(@Args() { filter, after }: SubscriptionMeasurementRecordedArguments): Promise<object> {
    const matches = matcherOf(filter ?? {});
    const items = await followFeed(this.feed, { ...(after && { after }), matches });
    return fieldOf('measurementRecorded', items, ({ row }) => measurementNode(row));
  }
}

const matcherOf = (filter: MeasurementFilter): ((item: MeasurementItem) => boolean) => {
  const deploymentId = filter.deployment ? deploymentIdOf(filter.deployment) : undefined;
  const monitorId = filter.monitor ? parseGlobalId(filter.monitor, 'Monitor').id : undefined;
  return ({ row }) =>
    (deploymentId === undefined || row.deploymentId === deploymentId) &&
    (monitorId === undefined || row.monitorId === monitorId) &&
    (!filter.subject || row.subject === filter.subject) &&
    (filter.breach === undefined || filter.breach === null || (row.breach === 1) === filter.breach);
};

/** What stands behind one measurement. */
@Resolver('Measurement')
export class MeasurementResolver {
  constructor(
    private readonly clickHouse: ClickHouse,
    private readonly reader: MonitoringReader,
  ) {}

  @ResolveField('monitor')
  monitor(@Parent() { row }: MeasurementNode, @Context() context: GraphqlContext): Promise<object | undefined> {
    return this.reader.monitor(context, row.monitorId);
  }

  @ResolveField('provenance')
  provenance(@Parent() { row }: MeasurementNode, @Context() context: GraphqlContext): Promise<object | undefined> {
    return this.reader.provenance(context, row);
  }

  @ResolveField('unjudged')
  unjudged(@Parent() { row }: MeasurementNode, @Context() context: GraphqlContext): Promise<string | undefined> {
    return this.reader.unjudged(context, row);
  }

  @ResolveField('tooLate')
  tooLate(@Parent() { row }: MeasurementNode, @Context() context: GraphqlContext): Promise<number> {
    return this.reader.tooLate(context, row);
  }

  @ResolveField('revisions')
  async revisions(@Parent() { row }: MeasurementNode): Promise<readonly object[]> {
    const { monitorId, subject, windowFrom, kind } = row;
    const rows = await this.clickHouse.query(MeasurementRevisions, { monitorId, subject, windowFrom, kind });
    return rows.map(measurementNode);
  }
}
