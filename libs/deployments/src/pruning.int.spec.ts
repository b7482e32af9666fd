import { SeededReadModel, idOf, idSql, readsOf } from '../../../test/support/pruning.js';
import { DeploymentSchemas, DeploymentsById } from './queries.js';

const [DEPLOYMENTS, ROWS] = [5_000, 400_000];

const model = new SeededReadModel();
beforeAll(async () => {
  await model.migrate();
  const columns = { deployment_id: idSql(`number % ${DEPLOYMENTS}`), position: 'number' };
  await model.fill('driftledger.deployments_schema_v1', ROWS, {
    ...columns,
    subject: "concat('feature:', toString(number))",
    aspect: "'type'",
  });
  await model.fill('driftledger.deployments_registered_v1', ROWS, { ...columns, deployment_id: idSql('number'), name: 'toString(number)' });
});
afterAll(() => model.close());

describe('of the tables of deployments, the engine reads', () => {
  it.each([
    ['the schemas of two', () => readsOf(model.clickHouse, DeploymentSchemas, { ids: [idOf(7), idOf(4_007)] })],
    ['two by their ids', () => readsOf(model.clickHouse, DeploymentsById, { ids: [idOf(7), idOf(300_007)] })],
  ])('a granule or two of each part for %s', async (_, reads) => {
    const [read] = await reads();
    expect(read?.of).toBeGreaterThan(40);
    expect(read?.granules).toBeLessThanOrEqual(16);
  });
});
