import { CommandBus } from '@nestjs/cqrs';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { ClickHouse } from '#libs/clickhouse';
import { type Outcome, type Receipt } from '#libs/event-store';
import { connectionOf, EdgeError, type GraphqlContext, NodeRegistry, pageOf, Requires, resultOf, viewerOf } from '#libs/graphql-kit';
import { positionOf } from '#libs/kernel';
import {
  type FeatureInput,
  type MutationChangeFeatureTypeArguments,
  type MutationDeclareFeaturesArguments,
  type MutationRegisterDeploymentArguments,
  type QueryDeploymentArguments,
  type QueryDeploymentsArguments,
} from './deployments-arguments.js';
import { ChangeFeatureType, DeclareFeatures, type DeploymentRefusal, RegisterDeployment } from './commands.js';
import { deploymentIdOf } from './deployments.js';
import { type DeploymentNode } from './nodes.js';
import { DeploymentsPage } from './queries.js';
import { DeploymentReader } from './reader.js';
import { FeatureDeclaration } from './schema.js';

const START_OF_PAGE = 2n ** 64n - 1n;
const READ_OWN_WRITE_MS = 2_000;

const TYPE_OF_REFUSAL: Readonly<Record<DeploymentRefusal, string>> = {
  DEPLOYMENT_EXISTS: 'DeploymentExists',
  NO_SUCH_DEPLOYMENT: 'NoSuchDeployment',
  NO_SUCH_FEATURE: 'NoSuchFeature',
  NAME_INVALID: 'DeploymentNameInvalid',
  FEATURE_DECLARED_TWICE: 'FeatureDeclarationRefused',
  FEATURE_TYPE_DIFFERS: 'FeatureDeclarationRefused',
  TOO_MANY_FEATURES: 'FeatureDeclarationRefused',
  VECTOR_NEEDS_LENGTH: 'FeatureDeclarationRefused',
  REASON_REQUIRED: 'DeploymentReasonRequired',
};

const declarationOf = ({ name, kind, length, personal, grid }: FeatureInput): FeatureDeclaration => {
  const parsed = FeatureDeclaration.safeParse({
    name,
    kind: kind.toLowerCase(),
    ...(length != null && { length }),
    ...(personal != null && { personal: personal.toLowerCase() }),
    ...(grid && { grid: { centre: grid.centre, unit: grid.unit } }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new EdgeError('BAD_USER_INPUT', `feature ${JSON.stringify(name.slice(0, 100))}, ${issue?.path.join('.')}: ${issue?.message}`);
};

/** Deployments in GraphQL. */
@Resolver()
export class DeploymentResolver {
  constructor(
    private readonly clickHouse: ClickHouse,
    private readonly commands: CommandBus,
    private readonly reader: DeploymentReader,
    nodes: NodeRegistry,
  ) {
    nodes.register('Deployment', { action: 'read', read: (ids) => reader.read(ids) });
  }

  @Query('deployments')
  @Requires('read')
  async deployments(@Args() args: QueryDeploymentsArguments): Promise<object> {
    const page = pageOf(args);
    const before = page.after?.position.commit ?? START_OF_PAGE;
    const rows = await this.reader.withSchemas(await this.clickHouse.query(DeploymentsPage, { before, limit: page.limit + 1 }));
    return connectionOf(
      page,
      rows,
      ({ position }) => ({ position }),
      (node) => node,
    );
  }

  @Query('deployment')
  @Requires('read')
  async deployment(@Args() { name }: QueryDeploymentArguments): Promise<DeploymentNode | undefined> {
    const [node] = await this.reader.read([deploymentIdOf(name)]);
    return node;
  }

  @Mutation('registerDeployment')
  @Requires('deployments.write')
  register(
    @Args() { input: { name, model, environment, strict } }: MutationRegisterDeploymentArguments,
    @Context() context: GraphqlContext,
  ): Promise<object> {
    const data = {
      deploymentId: deploymentIdOf(name),
      name,
      ...(model != null && { model }),
      ...(environment != null && { environment }),
      strict: strict ?? false,
      onFirstPost: false,
    };
    return this.answer(data.deploymentId, this.commands.execute(new RegisterDeployment(data, viewerOf(context).commandMeta())));
  }

  @Mutation('declareFeatures')
  @Requires('deployments.write')
  declare(@Args() { input }: MutationDeclareFeaturesArguments, @Context() context: GraphqlContext): Promise<object> {
    const deploymentId = deploymentIdOf(input.deployment);
    const command = new DeclareFeatures({ deploymentId, features: input.features.map(declarationOf) }, viewerOf(context).commandMeta());
    return this.answer(deploymentId, this.commands.execute(command));
  }

  @Mutation('changeFeatureType')
  @Requires('deployments.write')
  changeType(@Args() { input }: MutationChangeFeatureTypeArguments, @Context() context: GraphqlContext): Promise<object> {
    const deploymentId = deploymentIdOf(input.deployment);
    const meta = viewerOf(context).commandMeta({ reason: input.reason.trim() });
    const { name: feature, kind: to, length } = declarationOf({ name: input.feature, kind: input.to, length: input.length ?? null });
    const data = { deploymentId, feature, to, ...(length !== undefined && { length }) };
    return this.answer(deploymentId, this.commands.execute(new ChangeFeatureType(data, meta)));
  }

  private async answer(deploymentId: string, sent: Promise<Outcome<DeploymentRefusal>>): Promise<object> {
    const outcome = await sent;
    if (outcome.kind === 'accepted' && outcome.receipt.position) await this.reader.reached(outcome.receipt.position, READ_OWN_WRITE_MS);
    const [node] = outcome.kind === 'accepted' ? await this.reader.read([deploymentId]) : [];
    const accepted = ({ position }: Receipt) => ({
      __typename: 'DeploymentPayload',
      deployment: node,
      position: position ?? positionOf(0n),
    });
    return resultOf(outcome, accepted, TYPE_OF_REFUSAL);
  }
}
