import { CommandBus } from '@nestjs/cqrs';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { ClickHouse } from '#libs/clickhouse';
import { type Outcome, type Receipt } from '#libs/event-store';
import {
  connectionOf,
  fieldOf,
  followFeed,
  type GraphqlContext,
  NodeRegistry,
  pageOf,
  parseGlobalId,
  Requires,
  resultOf,
  viewerOf,
} from '#libs/graphql-kit';
import { Clock, type Position, positionOf, uuid } from '#libs/kernel';
import {
  type AlertChangeFilter,
  type AlertHistoryArguments,
  type AlertSeverity,
  type MutationAcknowledgeAlertArguments,
  type MutationClearAlertArguments,
  type MutationEndAlertSilenceArguments,
  type MutationSilenceAlertArguments,
  type QueryAlertsArguments,
  type SubscriptionAlertChangedArguments,
} from './alerts-arguments.js';
import { AcknowledgeAlert, type AlertCommand, type AlertRefusal, ClearAlert, EndSilence, SilenceAlert } from './commands.js';
import { type AlertChangeItem, AlertsFeed } from './feed.js';
import { alertNode, type AlertNode, entryNode } from './nodes.js';
import { SEVERITY_RANK } from './projection.js';
import { AlertHistory, AlertsPage, AlertStatus } from './queries.js';
import { AlertReader } from './reader.js';

/** What the feed gives; `alert` has a resolver of its own. */
type ChangeNode = { readonly position: Position; readonly change: object; readonly episodeId: string };

const START_OF_PAGE = 2n ** 64n - 1n;
const READ_OWN_WRITE_MS = 2_000;
const EVER_RAISED = ['RAISED', 'ACKNOWLEDGED', 'CLEARED'];

const TYPE_OF_REFUSAL: Readonly<Record<AlertRefusal, string>> = {
  NO_SUCH_ALERT: 'NoSuchAlert',
  NO_ALERT_RAISED: 'NoAlertRaised',
  ALREADY_ACKNOWLEDGED: 'AlertAlreadyAcknowledged',
  ALREADY_SILENCED: 'AlertSilenceRefused',
  NOT_SILENCED: 'AlertSilenceRefused',
  SILENCE_ENDS_IN_PAST: 'AlertSilenceRefused',
  SILENCE_TOO_LONG: 'AlertSilenceRefused',
  REASON_REQUIRED: 'AlertReasonRequired',
};

const rankOf = (severity: AlertSeverity | null | undefined): number =>
  severity ? { LOW: SEVERITY_RANK.low, MEDIUM: SEVERITY_RANK.medium, HIGH: SEVERITY_RANK.high }[severity] : 0;

/** Alerts in GraphQL: lists, history, feed. */
@Resolver('Alert')
export class AlertResolver {
  constructor(
    private readonly clickHouse: ClickHouse,
    private readonly clock: Clock,
    private readonly feed: AlertsFeed,
    reader: AlertReader,
    nodes: NodeRegistry,
  ) {
    nodes.register('Alert', { action: 'read', read: (ids) => reader.read(ids) });
  }

  @Query('alerts')
  @Requires('read')
  async alerts(@Args() { filter, ...page }: QueryAlertsArguments): Promise<object> {
    const { limit, after } = pageOf(page);
    const rows = await this.clickHouse.query(AlertsPage, {
      deployment: filter?.deployment ?? null,
      monitor: filter?.monitor ?? null,
      subject: filter?.subject ?? null,
      statuses: (filter?.statuses ?? EVER_RAISED).map((status) => AlertStatus.parse(status.toLowerCase())),
      severityMin: rankOf(filter?.severityMin),
      before: after?.position.commit ?? START_OF_PAGE,
      limit: limit + 1,
    });
    const now = this.clock.now();
    return connectionOf(
      { limit, ...(after && { after }) },
      rows,
      (row) => ({ position: positionOf(row.positionFirst) }),
      (row) => alertNode(row, now),
    );
  }

  @ResolveField('history')
  async history(@Parent() { episodeId }: AlertNode, @Args() page: AlertHistoryArguments): Promise<object> {
    const { limit, after } = pageOf(page);
    const before = after?.position.commit ?? START_OF_PAGE;
    const rows = await this.clickHouse.query(AlertHistory, { episodeId, before, limit: limit + 1 });
    return connectionOf({ limit, ...(after && { after }) }, rows, (row) => ({ position: positionOf(row.position) }), entryNode);
  }

  @Subscription('alertChanged')
  @Requires('read')
  async alertChanged(@Args() { filter, after }: SubscriptionAlertChangedArguments): Promise<object> {
    const items = await followFeed(this.feed, { ...(after && { after }), matches: (item) => matches(item, filter ?? {}) });
    return fieldOf('alertChanged', items, ({ position, row }): ChangeNode => ({
      position,
      change: entryNode(row),
      episodeId: row.episodeId,
    }));
  }
}

const matches = ({ row }: AlertChangeItem, filter: AlertChangeFilter): boolean =>
  (!filter.deployment || filter.deployment === row.deployment) &&
  (!filter.monitor || filter.monitor === row.monitor) &&
  (!filter.subject || filter.subject === row.subject) &&
  (!filter.kinds || filter.kinds.some((kind) => kind === row.kind.toUpperCase())) &&
  row.alertSeverity >= rankOf(filter.severityMin);

/** The alert of a change. */
@Resolver('AlertChange')
export class AlertChangeResolver {
  constructor(private readonly reader: AlertReader) {}

  @ResolveField('alert')
  alert(@Parent() { episodeId }: ChangeNode, @Context() context: GraphqlContext): Promise<object | undefined> {
    return this.reader.load(context, uuid(episodeId));
  }
}

type Target = { readonly alertId: string; readonly episode: number };

/** Commands about alerts. */
@Resolver()
export class AlertCommandResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly feed: AlertsFeed,
    private readonly reader: AlertReader,
  ) {}

  @Mutation('acknowledgeAlert')
  @Requires('alerts.acknowledge')
  acknowledge(@Args() { input }: MutationAcknowledgeAlertArguments, @Context() context: GraphqlContext): Promise<object> {
    const meta = viewerOf(context).commandMeta();
    const { note } = input;
    return this.send(input.alert, (target) => new AcknowledgeAlert({ ...target, ...(note && { note }), at: this.clock.now() }, meta));
  }

  @Mutation('silenceAlert')
  @Requires('alerts.silence')
  silence(@Args() { input }: MutationSilenceAlertArguments, @Context() context: GraphqlContext): Promise<object> {
    const { until, reason } = input;
    const meta = viewerOf(context).commandMeta({ reason });
    return this.send(input.alert, (target) => new SilenceAlert({ ...target, until, reason, at: this.clock.now() }, meta));
  }

  @Mutation('endAlertSilence')
  @Requires('alerts.silence')
  endSilence(@Args() { input }: MutationEndAlertSilenceArguments, @Context() context: GraphqlContext): Promise<object> {
    const { reason } = input;
    const meta = viewerOf(context).commandMeta({ reason });
    return this.send(input.alert, (target) => new EndSilence({ ...target, reason, at: this.clock.now() }, meta));
  }

  @Mutation('clearAlert')
  @Requires('alerts.clear')
  clear(@Args() { input }: MutationClearAlertArguments, @Context() context: GraphqlContext): Promise<object> {
    const { reason } = input;
    const meta = viewerOf(context).commandMeta({ reason });
    return this.send(input.alert, (target) => new ClearAlert({ ...target, reason, at: this.clock.now() }, meta));
  }

  private async send(alert: string, commandFor: (target: Target) => AlertCommand): Promise<object> {
    const { id } = parseGlobalId(alert, 'Alert');
    const [known] = await this.reader.rows([id]);
    // An unknown id is sent on as well: no alert has it, and every refused command is recorded where it is refused.
    const target = known ? { alertId: known.alertId, episode: known.episode } : { alertId: id, episode: 1 };
    const outcome: Outcome<AlertRefusal> = await this.commands.execute(commandFor(target));
    if (outcome.kind === 'accepted' && outcome.receipt.position) await this.feed.reached(outcome.receipt.position, READ_OWN_WRITE_MS);
    const [node] = outcome.kind === 'accepted' ? await this.reader.read([id]) : [];
    return resultOf(outcome, ({ position }: Receipt) => ({ __typename: 'AlertPayload', alert: node, position }), TYPE_OF_REFUSAL);
  }
}
