import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { ClickHouse } from '#libs/clickhouse';
import { deploymentIdOf } from '#libs/deployments';
import { connectionOf, EdgeError, type GraphqlContext, pageOf, requestLoader, Requires } from '#libs/graphql-kit';
import { positionOf } from '#libs/kernel';
import { featureNode, labelNode, predictionNode, type PredictionNode } from './nodes.js';
import { type QueryPredictionArguments, type QueryPredictionsArguments } from './predictions-arguments.js';
import { PredictionTraffic, FeatureValues, LabelsOf, PredictionPlace, PredictionsPage } from './queries.js';

const START_OF_PAGE = 2n ** 64n - 1n;
/** Bounds of time that leave nothing out. */
const EVER = { from: -8_640_000_000_000_000, until: 8_640_000_000_000_000 };

/** Rows of a batch that come after the cursor, in descending order: those before the row the cursor names. */
const rowOf = (key: string | undefined): number => {
  if (key === undefined || !/^\d{1,7}$/.test(key))
    throw new EdgeError('BAD_USER_INPUT', 'after is the cursor of a prediction returned before');
  return Number(key);
};

/** Nodes by deployment, so that each deployment is asked once. */
const byDeployment = (nodes: readonly PredictionNode[]): ReadonlyMap<string, readonly PredictionNode[]> => {
  const groups = new Map<string, PredictionNode[]>();
  for (const node of nodes) groups.set(node.deploymentId, [...(groups.get(node.deploymentId) ?? []), node]);
  return groups;
};

const placeOf = (deploymentId: string, position: bigint, row: number): string => `${deploymentId} ${position} ${row}`;

/** Predictions in GraphQL. Features and labels of all predictions of a request are read together. */
@Resolver('Prediction')
export class PredictionResolver {
  private readonly featureLoader = requestLoader((nodes: readonly PredictionNode[]) => this.readFeatures(nodes));
  private readonly labelLoader = requestLoader((nodes: readonly PredictionNode[]) => this.readLabels(nodes));

  constructor(private readonly clickHouse: ClickHouse) {}

  @Query('predictions')
  @Requires('predictions.read', { sensitive: true })
  async predictions(@Args() { deployment, from, until, ...args }: QueryPredictionsArguments): Promise<object> {
    const page = pageOf(args);
    const deploymentId = deploymentIdOf(deployment);
    const rows = await this.clickHouse.query(PredictionsPage, {
      deploymentId,
      from: from ?? EVER.from,
      until: until ?? EVER.until,
      before: page.after?.position.commit ?? START_OF_PAGE,
      beforeRow: page.after ? rowOf(page.after.key) : 0,
      limit: page.limit + 1,
    });
    return connectionOf(
      page,
      rows,
      ({ position, row }) => ({ position: positionOf(position), key: String(row) }),
      (row) => predictionNode(deploymentId, row),
    );
  }

  @Query('prediction')
  @Requires('predictions.read', { sensitive: true })
  async prediction(@Args() { deployment, id }: QueryPredictionArguments): Promise<object | undefined> {
    const deploymentId = deploymentIdOf(deployment);
    const [place] = await this.clickHouse.query(PredictionPlace, { deploymentId, id });
    if (!place) return undefined;
    const { position, row, at } = place;
    const span = { from: at, until: at + 1 };
    const [found] = await this.clickHouse.query(PredictionsPage, { deploymentId, ...span, before: position, beforeRow: row + 1, limit: 1 });
    return found && predictionNode(deploymentId, found);
  }

  @ResolveField('features')
  async features(@Parent() prediction: PredictionNode, @Context() context: GraphqlContext): Promise<readonly object[]> {
    return (await this.featureLoader.load(context, prediction)) ?? [];
  }

  @ResolveField('labels')
  async labels(@Parent() prediction: PredictionNode, @Context() context: GraphqlContext): Promise<readonly object[]> {
    return (await this.labelLoader.load(context, prediction)) ?? [];
  }

  @ResolveField('label')
  async label(@Parent() prediction: PredictionNode, @Context() context: GraphqlContext): Promise<object | undefined> {
    return (await this.labelLoader.load(context, prediction))?.at(-1);
  }

  private async readFeatures(nodes: readonly PredictionNode[]): Promise<readonly (readonly object[])[]> {
    const found = new Map<string, object[]>();
    for (const [deploymentId, its] of byDeployment(nodes)) {
      const times = its.map(({ at }) => at);
      const rows = await this.clickHouse.query(FeatureValues, {
        deploymentId,
        positions: its.map(({ position }) => position.commit),
        rows: its.map(({ row }) => row),
        from: Math.min(...times),
        to: Math.max(...times),
      });
      for (const row of rows) {
        const place = placeOf(deploymentId, row.position, row.row);
        found.set(place, [...(found.get(place) ?? []), featureNode(row)]);
      }
    }
    return nodes.map(({ deploymentId, position, row }) => found.get(placeOf(deploymentId, position.commit, row)) ?? []);
  }

  private async readLabels(nodes: readonly PredictionNode[]): Promise<readonly (readonly object[])[]> {
    const found = new Map<string, object[]>();
    for (const [deploymentId, its] of byDeployment(nodes)) {
      for (const row of await this.clickHouse.query(LabelsOf, { deploymentId, ids: its.map(({ id }) => id) })) {
        const key = `${deploymentId} ${row.id}`;
        found.set(key, [...(found.get(key) ?? []), labelNode(row)]);
      }
    }
    return nodes.map(({ deploymentId, id }) => found.get(`${deploymentId} ${id}`) ?? []);
  }
}

/** What came for a deployment, shown on the deployment. */
@Resolver('Deployment')
export class DeploymentTrafficResolver {
  private readonly loader = requestLoader((ids: readonly string[]) => this.read(ids));

  constructor(private readonly clickHouse: ClickHouse) {}

  @ResolveField('traffic')
  async traffic(@Parent() { deploymentId }: { readonly deploymentId: string }, @Context() context: GraphqlContext): Promise<object> {
    return (await this.loader.load(context, deploymentId)) ?? { predictions: 0 };
  }

  private async read(ids: readonly string[]): Promise<readonly (object | undefined)[]> {
    const rows = await this.clickHouse.query(PredictionTraffic, { ids: [...ids] });
    return ids.map((id) => rows.find(({ deploymentId }) => deploymentId === id));
  }
}
