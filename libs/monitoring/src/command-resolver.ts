import { CommandBus } from '@nestjs/cqrs';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { deploymentIdOf } from '#libs/deployments';
import { type Outcome } from '#libs/event-store';
import { type GraphqlContext, parseGlobalId, Requires, resultOf, viewerOf } from '#libs/graphql-kit';
import { type CommandMeta, type Uuid } from '#libs/kernel';
import { CreateMonitor, type MonitoringRefusal, PauseMonitor, RestateMeasurements, ResumeMonitor, ReviseMonitor } from './commands.js';
import { alertingFor, defaultDefinition } from './defaults.js';
import { MonitorDefinition } from './definition.js';
import { MonitoringFeed } from './feed.js';
import { monitorIdOf } from './ids.js';
import { MonitoringReader } from './reader.js';

type Input<More = unknown> = { readonly input: { readonly monitor: string } & More };
type Create = {
  readonly input: {
    readonly deployment: string;
    readonly name?: string | null;
    readonly timeZone?: string | null;
    readonly definition?: unknown;
  };
};
type Command = CreateMonitor | ReviseMonitor | PauseMonitor | ResumeMonitor | RestateMeasurements;

const READ_OWN_WRITE_MS = 2_000;

const TYPE_OF_REFUSAL: Readonly<Record<MonitoringRefusal, string>> = {
  MONITOR_EXISTS: 'MonitorExists',
  NO_SUCH_MONITOR: 'NoSuchMonitor',
  NAME_INVALID: 'MonitorRefused',
  DEFINITION_INVALID: 'MonitorRefused',
  REASON_REQUIRED: 'MonitorRefused',
  REVISION_OUT_OF_ORDER: 'MonitorRefused',
  REFERENCE_EXISTS: 'MonitorRefused',
};

const refused = (code: MonitoringRefusal, detail: string): Outcome<MonitoringRefusal> => ({ kind: 'refused', refusal: { code, detail } });

/** A definition with some parts replaced, or what is wrong with it. */
const merged = (base: MonitorDefinition, changes: unknown): MonitorDefinition | string => {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) return 'definition: an object with the parts that differ';
  const unknown = Object.keys(changes).find((key) => !(key in MonitorDefinition.shape));
  if (unknown !== undefined) return `definition.${unknown}: no part of a definition`;
  const parsed = MonitorDefinition.safeParse({ ...base, ...changes });
  const issue = parsed.error?.issues[0];
  return issue ? `definition.${issue.path.join('.')}: ${issue.message}` : (parsed.data ?? 'definition: cannot be read');
};

/** Commands about monitors. */
@Resolver()
export class MonitorCommandResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly feed: MonitoringFeed,
    private readonly reader: MonitoringReader,
  ) {}

  @Mutation('createMonitor')
  @Requires('monitors.write')
  async create(@Args() { input }: Create, @Context() context: GraphqlContext): Promise<object> {
    const deploymentId = deploymentIdOf(input.deployment);
    const name = input.name ?? input.deployment;
    const monitorId = monitorIdOf(name);
    const predictionsPerDay = await this.reader.traffic(deploymentId);
    if (predictionsPerDay === undefined)
      return this.answer(monitorId, refused('NO_SUCH_MONITOR', `no deployment is named ${input.deployment}`));
    const facts = { predictionsPerDay, timeZone: input.timeZone ?? undefined };
    const definition = merged(defaultDefinition(facts), withAlerting(input.definition ?? {}));
    if (typeof definition === 'string') return this.answer(monitorId, refused('DEFINITION_INVALID', definition));
    const data = { monitorId, name, deploymentId, deployment: input.deployment, definition };
    return this.send(monitorId, new CreateMonitor(data, viewerOf(context).commandMeta()));
  }

  @Mutation('reviseMonitor')
  @Requires('monitors.write')
  async revise(@Args() { input }: Input<{ definition: unknown; reason: string }>, @Context() context: GraphqlContext): Promise<object> {
    const monitorId = parseGlobalId(input.monitor, 'Monitor').id;
    const [known] = await this.reader.rows([monitorId]);
    if (!known) return this.answer(monitorId, refused('NO_SUCH_MONITOR', 'no monitor has this id'));
    const definition = merged(MonitorDefinition.parse(JSON.parse(known.definition)), input.definition);
    if (typeof definition === 'string') return this.answer(monitorId, refused('DEFINITION_INVALID', definition));
    return this.send(monitorId, new ReviseMonitor({ monitorId, definition }, viewerOf(context).commandMeta({ reason: input.reason })));
  }

  @Mutation('pauseMonitor')
  @Requires('monitors.write')
  pause(@Args() { input }: Input<{ reason: string }>, @Context() context: GraphqlContext): Promise<object> {
    return this.about(input.monitor, viewerOf(context).commandMeta({ reason: input.reason }), (data, meta) => new PauseMonitor(data, meta));
  }

  @Mutation('resumeMonitor')
  @Requires('monitors.write')
  resume(@Args() { input }: Input, @Context() context: GraphqlContext): Promise<object> {
    return this.about(input.monitor, viewerOf(context).commandMeta(), (data, meta) => new ResumeMonitor(data, meta));
  }

  @Mutation('restateMeasurements')
  @Requires('monitors.write')
  async restate(@Args() { input }: Input, @Context() context: GraphqlContext): Promise<object> {
    const monitorId = parseGlobalId(input.monitor, 'Monitor').id;
    const [known] = await this.reader.rows([monitorId]);
    if (!known) return this.answer(monitorId, refused('NO_SUCH_MONITOR', 'no monitor has this id'));
    const command = new RestateMeasurements({ monitorId }, viewerOf(context).commandMeta());
    return this.answer(monitorId, await this.commands.execute<RestateMeasurements, Outcome<MonitoringRefusal>>(command));
  }

  private about(id: string, meta: CommandMeta, commandFor: (data: { monitorId: Uuid }, meta: CommandMeta) => Command): Promise<object> {
    const monitorId = parseGlobalId(id, 'Monitor').id;
    return this.send(monitorId, commandFor({ monitorId }, meta));
  }

  private async send(monitorId: Uuid, command: Command): Promise<object> {
    const outcome = await this.commands.execute<Command, Outcome<MonitoringRefusal>>(command);
    if (outcome.kind === 'accepted' && outcome.receipt.position) await this.feed.reached(outcome.receipt.position, READ_OWN_WRITE_MS);
    return this.answer(monitorId, outcome);
  }

  private async answer(monitorId: Uuid, outcome: Outcome<MonitoringRefusal>): Promise<object> {
    const [monitor] = outcome.kind === 'accepted' ? await this.reader.read([monitorId]) : [];
    return resultOf(outcome, ({ position }) => ({ __typename: 'MonitorPayload', monitor, position }), TYPE_OF_REFUSAL);
  }
}

/** Alerting follows the length of the window unless it is given. */
const withAlerting = (changes: unknown): unknown => {
  if (typeof changes !== 'object' || changes === null || 'alerting' in changes) return changes;
  const minutes: unknown = Reflect.get(changes, 'windowMinutes');
  return typeof minutes === 'number' ? { ...changes, alerting: alertingFor(minutes) } : changes;
};
