import { CommandBus } from '@nestjs/cqrs';
import { globalId } from '#libs/graphql-kit';
import { annsMeta, GraphqlApp } from '../../../test/support/graphql-app.js';
import { type GraphqlClient } from '../../../test/support/graphql-client.js';
import { ExtendFeatureSchema, ObserveCategories, SetFeatureGrids, SettleFeatureSchema } from './commands.js';
import { deploymentIdOf } from './deployments.js';
import { DEPLOYMENT_EVENTS } from './events.js';
import { DeploymentsGraphqlModule } from './graphql.module.js';
import { deploymentsProjection } from './projection.js';
import { DeploymentReader } from './reader.js';
import { DeploymentsWriteModule } from './write.module.js';

const FIELDS = `id name model environment strict isRegisteredOnFirstPost schemaVersion isSchemaSettled position
  features { name kind length isDeclared personal grid { centre unit basis } words isFull }`;
const RESULT = `{ __typename ... on Refusal { code } ... on FeatureDeclarationRefused { field } ... on DeploymentPayload { position deployment { ${FIELDS} } } }`;

describe('deployments in GraphQL', () => {
  let app: GraphqlApp;
  let client: GraphqlClient;

  beforeAll(async () => {
    const imports = [DeploymentsWriteModule, DeploymentsGraphqlModule];
    app = await GraphqlApp.start({ schemas: ['deployments'], events: DEPLOYMENT_EVENTS, imports });
    client = app.client;
    await app.follow(deploymentsProjection, app.nest.get(DeploymentReader, { strict: false }).changed);
  });
  afterAll(() => app.stop());

  const register = (name: string, more = '') =>
    client.ask(`mutation($name: String!) { registerDeployment(input: { name: $name ${more} }) ${RESULT} }`, { name });

  it('registers a deployment and shows it in the same answer', async () => {
    const answer = await register('flights', 'model: "delay", strict: true');
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({
      registerDeployment: {
        __typename: 'DeploymentPayload',
        deployment: {
          id: globalId('Deployment', deploymentIdOf('flights')),
          name: 'flights',
          model: 'delay',
          environment: null,
          strict: true,
          isRegisteredOnFirstPost: false,
          schemaVersion: 0,
          isSchemaSettled: false,
          features: [],
        },
      },
    });
    expect((await register('flights', 'model: "delay", strict: true')).data).toMatchObject({
      registerDeployment: { __typename: 'DeploymentPayload' },
    });
  });

  it('declares features with everything that decides how they are counted', async () => {
    await register('prices');
    const answer = await client.ask(`mutation { declareFeatures(input: { deployment: "prices", features: [
      { name: "price", kind: NUMBER, grid: { centre: 10, unit: 0.5 } }, { name: "embedding", kind: VECTOR, length: 8 },
      { name: "email", kind: CATEGORY, personal: HASH } ] }) ${RESULT} }`);
    expect(answer.data).toMatchObject({
      declareFeatures: {
        deployment: {
          schemaVersion: 1,
          features: [
            { name: 'email', kind: 'CATEGORY', isDeclared: true, personal: 'HASH', grid: null },
            { name: 'embedding', kind: 'VECTOR', length: 8, personal: null },
            { name: 'price', kind: 'NUMBER', length: null, grid: { centre: 10, unit: 0.5, basis: 'DECLARED' } },
          ],
        },
      },
    });
  });

  it('changes a feature to a vector of a length, and what is personal stays so', async () => {
    await register('embedded');
    await client.ask(`mutation { declareFeatures(input: { deployment: "embedded", features: [
      { name: "face", kind: CATEGORY, personal: ENCRYPT }, { name: "text", kind: CATEGORY } ] }) ${RESULT} }`);
    const change = (feature: string, length: number) =>
      client.ask(`mutation { changeFeatureType(input: { deployment: "embedded", feature: "${feature}", to: VECTOR, length: ${length},
        reason: "an encoder was put before it" }) ${RESULT} }`);
    await change('face', 128);
    expect((await change('text', 3)).data).toMatchObject({
      changeFeatureType: {
        deployment: {
          features: [
            { name: 'face', kind: 'VECTOR', length: 128, isDeclared: true, personal: 'ENCRYPT' },
            { name: 'text', kind: 'VECTOR', length: 3, isDeclared: true, personal: null },
          ],
        },
      },
    });
    expect((await change('text', 4_097)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('shows what was inferred, counted and settled, as it is now', async () => {
    await register('learnt');
    const deploymentId = deploymentIdOf('learnt');
    const commands = app.nest.get(CommandBus);
    const features = [
      { name: 'hour', kind: 'integer' as const },
      { name: 'origin', kind: 'category' as const },
    ];
    await commands.execute(new ExtendFeatureSchema({ deploymentId, features, widened: [] }, annsMeta()));
    await commands.execute(new ExtendFeatureSchema({ deploymentId, features: [], widened: ['hour'] }, annsMeta()));
    await commands.execute(
      new ObserveCategories({ deploymentId, observed: [{ subject: 'feature:origin', words: ['ATL', 'LGA'] }] }, annsMeta()),
    );
    await commands.execute(
      new SetFeatureGrids(
        { deploymentId, grids: [{ subject: 'feature:hour', grid: { centre: 12, unit: 1 }, basis: 'observed', values: 1_000 }] },
        annsMeta(),
      ),
    );
    const settled = await commands.execute(new SettleFeatureSchema({ deploymentId, records: 500 }, annsMeta()));
    if (settled.kind === 'accepted') await app.caughtUpTo(settled.receipt.position);
    const answer = await client.ask(`{ deployment(name: "learnt") { ${FIELDS} } }`);
    expect(answer.data).toMatchObject({
      deployment: {
        schemaVersion: 5,
        isSchemaSettled: true,
        features: [
          { name: 'hour', kind: 'NUMBER', isDeclared: false, grid: { centre: 12, unit: 1, basis: 'OBSERVED' } },
          { name: 'origin', kind: 'CATEGORY', words: 2, isFull: false },
        ],
      },
    });
    const changed = await client.ask(
      `mutation { changeFeatureType(input: { deployment: "learnt", feature: "hour", to: CATEGORY, reason: "codes" }) ${RESULT} }`,
    );
    expect(changed.data).toMatchObject({
      changeFeatureType: { deployment: { features: [{ name: 'hour', kind: 'CATEGORY', grid: null }, {}] } },
    });
  });

  it.each([
    ['registerDeployment(input: { name: "Not A Name" })', 'DeploymentNameInvalid', 'NAME_INVALID'],
    ['registerDeployment(input: { name: "known", strict: true })', 'DeploymentExists', 'DEPLOYMENT_EXISTS'],
    ['declareFeatures(input: { deployment: "unknown", features: [] })', 'NoSuchDeployment', 'NO_SUCH_DEPLOYMENT'],
    [
      'declareFeatures(input: { deployment: "known", features: [{ name: "v", kind: VECTOR }] })',
      'FeatureDeclarationRefused',
      'VECTOR_NEEDS_LENGTH',
    ],
    ['changeFeatureType(input: { deployment: "known", feature: "x", to: NUMBER, reason: "y" })', 'NoSuchFeature', 'NO_SUCH_FEATURE'],
  ])('answers %s with the refusal %s', async (mutation, type, code) => {
    await register('known');
    const answer = await client.ask(`mutation { result: ${mutation} ${RESULT} }`);
    expect(answer.data).toMatchObject({ result: { __typename: type, code } });
  });

  it('lists deployments newest first and finds one by its global id', async () => {
    await register('first-of-two');
    await register('second-of-two');
    const list = await client.ask('{ deployments(first: 2) { nodes { name } pageInfo { hasNextPage } } }');
    expect(list.data).toEqual({
      deployments: { nodes: [{ name: 'second-of-two' }, { name: 'first-of-two' }], pageInfo: { hasNextPage: true } },
    });
    const node = await client.ask('query($id: ID!) { node(id: $id) { __typename ... on Deployment { name } } }', {
      id: globalId('Deployment', deploymentIdOf('first-of-two')),
    });
    expect(node.data).toEqual({ node: { __typename: 'Deployment', name: 'first-of-two' } });
    expect((await client.ask('{ deployment(name: "nobody") { name } }')).data).toEqual({ deployment: null });
  });
});
