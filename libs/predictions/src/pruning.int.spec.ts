import { SeededReadModel, idOf, idSql, readsOf } from '../../../test/support/pruning.js';
import { FeatureValues, LabelsOf, PredictionPlace, PredictionTraffic, PredictionsPage } from './queries.js';

const [DEPLOYMENTS, FEATURES, ROWS] = [50, 20, 400_000];
const MINUTE = 60_000;
const deployment = idSql(`number % ${DEPLOYMENTS}`);
const deploymentId = idOf(7);
const [from, until] = [5_000 * MINUTE, 5_060 * MINUTE];

const model = new SeededReadModel();
beforeAll(async () => {
  await model.migrate();
  const times = { at_min: `intDiv(number, ${DEPLOYMENTS}) * ${MINUTE}`, at_max: `intDiv(number, ${DEPLOYMENTS}) * ${MINUTE} + 59000` };
  await model.fill('driftledger.predictions_batches_v1', ROWS, { deployment_id: deployment, position: 'number', ...times });
  const feature = `concat('feature:', toString(intDiv(number, ${DEPLOYMENTS}) % ${FEATURES}))`;
  await model.fill('driftledger.predictions_features_v1', ROWS, { deployment_id: deployment, position: 'number', feature, ...times });
  const key = "concat('order-', toString(number))";
  await model.fill('driftledger.predictions_keys_v1', ROWS, { deployment_id: deployment, position: 'number', key });
  await model.fill('driftledger.labels_v1', ROWS, { deployment_id: deployment, position: 'number', key });
});
afterAll(() => model.close());

/** A deployment is a granule or two of each part; 400,000 rows are some fifty. */
const OF_ONE_DEPLOYMENT = 8;

describe('of a table with the rows of fifty deployments, the engine reads', () => {
  const { clickHouse } = model;
  const page = { deploymentId, before: 2n ** 62n, beforeRow: 0, limit: 50 };
  it.each([
    ['batches for a page', () => readsOf(clickHouse, PredictionsPage, { ...page, from, until }), OF_ONE_DEPLOYMENT],
    ['batches for the traffic of a deployment', () => readsOf(clickHouse, PredictionTraffic, { ids: [deploymentId] }), OF_ONE_DEPLOYMENT],
    ['keys for a prediction', () => readsOf(clickHouse, PredictionPlace, { deploymentId, id: 'order-107' }), 4],
    ['labels for three predictions', () => readsOf(clickHouse, LabelsOf, { deploymentId, ids: ['order-7', 'order-57', 'order-107'] }), 8],
    [
      'features for two predictions',
      () => readsOf(clickHouse, FeatureValues, { deploymentId, positions: [7n, 57n], rows: [0, 1], from: 0, to: 2 * MINUTE }),
      OF_ONE_DEPLOYMENT,
    ],
  ])('a few granules of %s', async (_, reads, granulesMax) => {
    const [read, ...others] = await reads();
    expect(others).toEqual([]);
    expect(read?.of).toBeGreaterThan(40);
    expect(read?.granules).toBeLessThanOrEqual(granulesMax);
  });
});
