import { CommandBus } from '@nestjs/cqrs';
import { ClickHouse } from '#libs/clickhouse';
import { DEPLOYMENT_EVENTS, DeploymentsWriteModule } from '#libs/deployments';
import { DeploymentsGraphqlModule } from '#libs/deployments/graphql';
import { EventCodec, EventStore, RefusalLog } from '#libs/event-store';
import { GraphqlApp, annsMeta } from '../../../test/support/graphql-app.js';
import { MONITORING_EVENTS } from './events.js';
import { MonitoringFeed } from './feed.js';
import { MonitoringGraphqlModule } from './graphql.module.js';
import { monitorIdOf } from './ids.js';
import { monitoringProjection } from './projection.js';
import { ReferenceCounts } from './reference-counts.js';
import { ReferenceIntake } from './reference-intake.js';
import { MonitoringWriteModule } from './write.module.js';

const counts = (subject: string): ReferenceCounts =>
  ReferenceCounts.parse({
    name: 'training',
    source: { file: 'training.csv', sha256: 'a'.repeat(64) },
    rows: 3,
    subjects: [{ subject, grid: 'word', words: ['paris'], counts: [[0, 3]] }],
    grids: {},
    reason: 'the training data',
  });

describe('counts of a file that cannot be a reference', () => {
  let app: GraphqlApp;
  let intake: ReferenceIntake;

  beforeAll(async () => {
    app = await GraphqlApp.start({
      schemas: ['deployments', 'monitoring'],
      events: [...DEPLOYMENT_EVENTS, ...MONITORING_EVENTS],
      imports: [MonitoringWriteModule, MonitoringGraphqlModule, DeploymentsWriteModule, DeploymentsGraphqlModule],
    });
    const { nest, client } = app;
    await app.follow(monitoringProjection, nest.get(MonitoringFeed, { strict: false }).changed);
    intake = new ReferenceIntake(
      nest.get(CommandBus, { strict: false }),
      nest.get(ClickHouse),
      nest.get(EventStore),
      nest.get(EventCodec),
      nest.get(RefusalLog),
    );
    await client.ask(`mutation {
      registerDeployment(input: { name: "flights" }) { __typename }
      declareFeatures(input: { deployment: "flights", features: [{ name: "city", kind: CATEGORY, personal: HASH }] }) { __typename }
      createMonitor(input: { deployment: "flights" }) { __typename } }`);
  });
  afterAll(() => app.stop());

  it.each([
    ['nobody', 'feature:city', 'NO_SUCH_MONITOR'],
    ['flights', 'feature:city', 'FEATURE_PERSONAL'],
    ['flights', 'feature:town', 'NO_SUCH_FEATURE'],
  ])('of monitor %s with %s are refused as %s, and the refusal is recorded', async (monitor, subject, code) => {
    const before = app.refusals.length;
    expect(await intake.take(monitorIdOf(monitor), counts(subject), annsMeta())).toMatchObject({ kind: 'refused', refusal: { code } });
    expect(app.refusals.slice(before)).toEqual([`ImportReference ${code}`]);
  });
});
