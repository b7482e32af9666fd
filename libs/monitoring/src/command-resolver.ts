import { CommandBus } from '@nestjs/cqrs';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { deploymentIdOf } from '#libs/deployments';
import { type Outcome } from '#libs/event-store';
import { type GraphqlContext, parseGlobalId, Requires, resultOf, viewerOf } from '#libs/graphql-kit';
import { type CommandMeta, type Uuid } from '#libs/kernel';
import {
  CreateMonitor,
  type MonitorCommand,
  type MonitoringRefusal,
  PauseMonitor,
  RestateMeasurements,
  ResumeMonitor,
  ReviseMonitor,
} from './commands.js';
import { changesOf } from './definition-input.js';
import { MonitoringFeed } from './feed.js';
import { monitorIdOf } from './ids.js';
import {
  type MutationCreateMonitorArguments,
  type MutationPauseMonitorArguments,
  type MutationRestateMeasurementsArguments,
  type MutationResumeMonitorArguments,
  type MutationReviseMonitorArguments,
} from './monitoring-arguments.js';
import { MonitoringReader } from './reader.js';

const READ_OWN_WRITE_MS = 2_000;

const TYPE_OF_REFUSAL: Readonly<Record<MonitoringRefusal, string>> = {
  MONITOR_EXISTS: 'MonitorExists',
  NO_SUCH_MONITOR: 'NoSuchMonitor',
  NO_SUCH_DEPLOYMENT: 'NoSuchDeployment',
  NAME_INVALID: 'MonitorRefused',
  DEFINITION_INVALID: 'MonitorRefused',
  REASON_REQUIRED: 'MonitorRefused',
  REVISION_OUT_OF_ORDER: 'MonitorRefused',
  REFERENCE_EXISTS: 'MonitorRefused',
};

/** Commands about monitors. What cannot be is sent as well: deciders refuse, and every refused command is recorded. */
@Resolver()
export class MonitorCommandResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly feed: MonitoringFeed,
    private readonly reader: MonitoringReader,
  ) {}

  @Mutation('createMonitor')
  @Requires('monitors.write')
  async create(@Args() { input }: MutationCreateMonitorArguments, @Context() context: GraphqlContext): Promise<object> {
    const { deployment, timeZone } = input;
    const deploymentId = deploymentIdOf(deployment);
    const name = input.name ?? deployment;
    const monitorId = monitorIdOf(name);
    const predictionsPerDay = await this.reader.traffic(deploymentId);
    const traffic = predictionsPerDay === undefined ? {} : { traffic: { predictionsPerDay, timeZone: timeZone ?? undefined } };
    const data = { monitorId, name, deploymentId, deployment, ...traffic, definition: changesOf(input.definition ?? {}) };
    return this.send(monitorId, new CreateMonitor(data, viewerOf(context).commandMeta()));
  }

  @Mutation('reviseMonitor')
  @Requires('monitors.write')
  revise(@Args() { input }: MutationReviseMonitorArguments, @Context() context: GraphqlContext): Promise<object> {
    const { definition, reason } = input;
    const meta = viewerOf(context).commandMeta({ reason });
    return this.about(input.monitor, meta, ({ monitorId }) => new ReviseMonitor({ monitorId, definition: changesOf(definition) }, meta));
  }

  @Mutation('pauseMonitor')
  @Requires('monitors.write')
  pause(@Args() { input }: MutationPauseMonitorArguments, @Context() context: GraphqlContext): Promise<object> {
    return this.about(input.monitor, viewerOf(context).commandMeta({ reason: input.reason }), (data, meta) => new PauseMonitor(data, meta));
  }

  @Mutation('resumeMonitor')
  @Requires('monitors.write')
  resume(@Args() { input }: MutationResumeMonitorArguments, @Context() context: GraphqlContext): Promise<object> {
    return this.about(input.monitor, viewerOf(context).commandMeta(), (data, meta) => new ResumeMonitor(data, meta));
  }

  @Mutation('restateMeasurements')
  @Requires('monitors.write')
  async restate(@Args() { input }: MutationRestateMeasurementsArguments, @Context() context: GraphqlContext): Promise<object> {
    const monitorId = parseGlobalId(input.monitor, 'Monitor').id;
    const monitorKnown = await this.reader.exists(monitorId);
    const command = new RestateMeasurements({ monitorId, monitorKnown }, viewerOf(context).commandMeta());
    return this.answer(monitorId, await this.commands.execute<RestateMeasurements, Outcome<MonitoringRefusal>>(command));
  }

  private about(
    id: string,
    meta: CommandMeta,
    commandFor: (data: { monitorId: Uuid }, meta: CommandMeta) => MonitorCommand,
  ): Promise<object> {
    const monitorId = parseGlobalId(id, 'Monitor').id;
    return this.send(monitorId, commandFor({ monitorId }, meta));
  }

  private async send(monitorId: Uuid, command: MonitorCommand): Promise<object> {
    const outcome = await this.commands.execute<MonitorCommand, Outcome<MonitoringRefusal>>(command);
    if (outcome.kind === 'accepted' && outcome.receipt.position) await this.feed.reached(outcome.receipt.position, READ_OWN_WRITE_MS);
    return this.answer(monitorId, outcome);
  }

  private async answer(monitorId: Uuid, outcome: Outcome<MonitoringRefusal>): Promise<object> {
    const [monitor] = outcome.kind === 'accepted' ? await this.reader.read([monitorId]) : [];
    return resultOf(outcome, ({ position }) => ({ __typename: 'MonitorPayload', monitor, position }), TYPE_OF_REFUSAL);
  }
}
