import { Injectable } from '@nestjs/common';
import { Args, Context, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import {
  type Connection,
  EdgeError,
  type FeedSource,
  type GraphqlContext,
  NodeRegistry,
  Requires,
  connectionOf,
  fieldOf,
  followFeed,
  pageOf,
  parseGlobalId,
  requestLoader,
  uuidArgument,
} from '#libs/graphql-kit';
import { positionOf } from '#libs/kernel';
import { AuditChanges } from './audit-changes.js';
import {
  type AuditFilter as AuditFilterInput,
  type QueryAuditEntryArguments,
  type QueryAuditTrailArguments,
  type SubscriptionAuditEntryAppendedArguments,
} from './audit-arguments.js';
import { AUDIT_CLASSES, type AuditClass, type Change, isOneOfMany } from './described.js';
import { type AuditEntryNode, entryNode } from './entry-node.js';
import { matcherOf } from './matches.js';
import { type AuditRow } from './queries.js';
import { type AuditFilter, AuditTrails } from './trail.js';

const classOf = (name: string): AuditClass | undefined => AUDIT_CLASSES.find((known) => known === name.toLowerCase());

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

/** Empty text is refused: it must neither lift a restriction nor find what has no such value. */
const refuseEmpty = (input: AuditFilterInput): void => {
  for (const name of ['model', 'subject', 'type'] as const)
    if (input[name] === '') throw new EdgeError('BAD_USER_INPUT', `${name} is empty: leave it out to find everything`);
};

const filterOf = (input: AuditFilterInput | null | undefined): AuditFilter => {
  if (input) refuseEmpty(input);
  const { model, deployment, monitor, subject, actor, type, from, until, correlation } = input ?? {};
  const kind = classOf(input?.class ?? '');
  return {
    ...(isGiven(model) && { model }),
    ...(isGiven(deployment) && { deploymentId: parseGlobalId(deployment, 'Deployment').id }),
    ...(isGiven(monitor) && { monitorId: parseGlobalId(monitor, 'Monitor').id }),
    ...(isGiven(subject) && { subject }),
    ...(isGiven(actor) && { actorId: parseGlobalId(actor, 'Principal').id }),
    ...(kind && { class: kind }),
    ...(isGiven(type) && { type }),
    ...(isGiven(from) && { from }),
    ...(isGiven(until) && { until }),
    ...(isGiven(correlation) && { correlationId: uuidArgument(correlation) }),
    includeIntake: input?.includeIntake ?? false,
  };
};

const positioned = (row: AuditRow) => ({ row, position: positionOf(row.position) });
type Item = ReturnType<typeof positioned>;

/** The audit trail: arguments to queries, rows to nodes. */
@Injectable()
@Resolver('AuditEntry')
export class AuditResolver {
  private readonly changesByRow = requestLoader((rows: readonly AuditRow[]) => this.trails.changes(rows));

  constructor(
    private readonly trails: AuditTrails,
    private readonly appended: AuditChanges,
    nodes: NodeRegistry,
  ) {
    const read = async (ids: Parameters<AuditTrails['byId']>[0]) => (await trails.byId(ids)).map((row) => row && entryNode(row));
    nodes.register('AuditEntry', { action: 'audit.read', sensitive: true, read });
  }

  @Query('auditTrail')
  @Requires('audit.read', { sensitive: true })
  async auditTrail(@Args() { filter, first, after }: QueryAuditTrailArguments): Promise<Connection<AuditEntryNode>> {
    const page = pageOf({ first: first ?? null, after: after ?? null });
    const rows = await this.trails.page(filterOf(filter), page.after?.position, page.limit + 1);
    return connectionOf(page, rows, (row) => ({ position: positionOf(row.position) }), entryNode);
  }

  @Query('auditEntry')
  @Requires('audit.read', { sensitive: true })
  async auditEntry(@Args() { id }: QueryAuditEntryArguments): Promise<AuditEntryNode | null> {
    const [row] = await this.trails.byId([parseGlobalId(id, 'AuditEntry').id]);
    return row ? entryNode(row) : null;
  }

  @ResolveField('changes')
  async changes(@Parent() { row }: AuditEntryNode, @Context() context: GraphqlContext): Promise<readonly Change[]> {
    return (await this.changesByRow.load(context, row)) ?? [];
  }

  @Subscription('auditEntryAppended')
  @Requires('audit.read', { sensitive: true })
  async auditEntryAppended(@Args() { filter: input, after }: SubscriptionAuditEntryAppendedArguments) {
    const filter = filterOf(input);
    const matches = matcherOf(filter, await this.trails.deploymentsOf(filter));
    const withIntake = filter.includeIntake === true || (filter.class !== undefined && isOneOfMany(filter.class));
    const source: FeedSource<Item> = {
      readFrom: async (from, limit) => (await this.trails.after(from, limit, withIntake)).map(positioned),
      head: () => this.trails.head(),
      changed: this.appended.signal,
    };
    const feed = await followFeed(source, { ...(after ? { after } : {}), matches: ({ row }) => matches(row) });
    return fieldOf('auditEntryAppended', feed, ({ row }) => entryNode(row));
  }
}
