import { DeploymentRegistered, deploymentIdOf } from '#libs/deployments';
import { DeploymentsGraphqlModule } from '#libs/deployments/graphql';
import { deploymentsProjection } from '#libs/deployments/read';
import { type DomainEvent, idOfName, instant, positionOf, type Recorded } from '#libs/kernel';
import { ANN, GraphqlApp } from '../../../test/support/graphql-app.js';
import { type GraphqlClient } from '../../../test/support/graphql-client.js';
import { type LabelBatch, type PredictionBatch } from './batch.js';
import { LabelBatchRecorded, PredictionBatchRecorded } from './events.js';
import { PredictionsGraphqlModule } from './graphql.module.js';
import { predictionsProjection } from './projection.js';

const deploymentId = deploymentIdOf('flights');
const recorded = (event: DomainEvent, position: number): Recorded => ({
  ...event,
  id: idOfName('event', String(position)),
  stream: 'spec',
  revision: BigInt(position),
  position: positionOf(BigInt(position)),
  recordedAt: instant(1_000_000 + position),
  metadata: {
    $correlationId: ANN,
    $causationId: ANN,
    commandId: ANN,
    actor: { principalId: ANN, kind: 'service', via: 'key' },
    source: { surface: 'http', addressClass: 'loopback' },
    schemaVersion: 1,
    sha256: '',
  },
});
/** Three predictions: a plain one, one without most things, and one without an id and with a mistyped hour. */
const full: PredictionBatch = {
  deploymentId,
  schemaVersion: 1,
  salt: 'c2FsdA==',
  base: 5_000,
  rows: 3,
  requests: [],
  columns: {
    id: ['a', 'b', null],
    at: [0, 10, 20],
    version: { words: ['v1'], codes: [0, -1, 0] },
    score: { kind: 'number', values: [0.25, null, 0.1 + 0.2] },
    class: { kind: 'category', words: ['late'], codes: [0, -1, 0], buckets: [0] },
    decision: {
      action: { words: ['rebook'], codes: [0, -1, -1], buckets: [0] },
      threshold: [0.2, null, null],
      reasons: [['late', 'storm'], null, null],
    },
  },
  features: {
    hour: { kind: 'number', values: [7, null, null], mistyped: { 2: 'seven' } },
    origin: { kind: 'category', words: ['ATL', 'LGA'], codes: [1, -1, 0], buckets: [0, 1] },
    weekend: { kind: 'boolean', words: ['true', 'false'], codes: [1, 0, -1], buckets: [0, 1] },
    embedding: { kind: 'vector', values: [[1, 2], null, [3, 4]] },
    passenger: { kind: 'sealed', values: ['c2VjcmV0', null, null] },
  },
};
const single = (id: string, at: number): PredictionBatch => ({
  deploymentId,
  schemaVersion: 1,
  salt: 'c2FsdA==',
  base: at,
  rows: 1,
  requests: [],
  columns: { id: [id], at: [0] },
  features: {},
});
const label = (id: string, word: string): LabelBatch => ({
  deploymentId,
  salt: 'c2FsdA==',
  base: 9_000,
  rows: 1,
  requests: [],
  columns: { id: [id], at: [0], class: { words: [word], codes: [0] } },
});

describe('predictions in GraphQL', () => {
  let app: GraphqlApp;
  let client: GraphqlClient;

  beforeAll(async () => {
    app = await GraphqlApp.start({
      schemas: ['deployments', 'predictions'],
      events: [],
      imports: [DeploymentsGraphqlModule, PredictionsGraphqlModule],
    });
    client = app.client;
    const registered = DeploymentRegistered.make({ deploymentId, name: 'flights', strict: false, onFirstPost: false });
    await app.project(deploymentsProjection, [recorded(registered, 1)]);
    await app.project(predictionsProjection, [
      recorded(PredictionBatchRecorded.make(full), 10),
      recorded(LabelBatchRecorded.make(label('a', 'on_time')), 11),
      recorded(PredictionBatchRecorded.make(single('c', 20_000)), 12),
      recorded(LabelBatchRecorded.make(label('a', 'late')), 13),
      recorded(PredictionBatchRecorded.make(single('d', 30_000)), 14),
    ]);
  });
  afterAll(() => app.stop());

  type Page = { predictions: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
  const browse = async (args: string, after?: string): Promise<Page['predictions']> => {
    const query = `query($after: String) { predictions(deployment: "flights", after: $after, ${args}) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
    const answer = await client.ask<Page>(query, { after });
    expect(answer.errors).toEqual([]);
    return answer.data.predictions;
  };

  it('shows a prediction as it was sent, with its decision', async () => {
    const answer = await client.ask(`{ prediction(deployment: "flights", id: "a") {
      id at version variant weight score class decision { action threshold reasons } position batch row
      features { name kind value isMistyped } } }`);
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({
      prediction: {
        id: 'a',
        at: '1970-01-01T00:00:05.000Z',
        version: 'v1',
        variant: null,
        weight: 1,
        score: 0.25,
        class: 'late',
        decision: { action: 'rebook', threshold: 0.2, reasons: ['late', 'storm'] },
        position: '10',
        batch: idOfName('event', '10'),
        row: 0,
        features: [
          { name: 'embedding', kind: 'VECTOR', value: [1, 2], isMistyped: false },
          { name: 'hour', kind: 'NUMBER', value: 7, isMistyped: false },
          { name: 'origin', kind: 'CATEGORY', value: 'LGA', isMistyped: false },
          { name: 'passenger', kind: 'SEALED', value: null, isMistyped: false },
          { name: 'weekend', kind: 'BOOLEAN', value: false, isMistyped: false },
        ],
      },
    });
  });

  it('shows missing values as null and mistyped ones as they were sent', async () => {
    const answer = await client.ask<{
      predictions: { nodes: { id: string; score: number | null; features: { name: string; value: unknown }[] }[] };
    }>(
      `{ predictions(deployment: "flights", first: 3, until: "1970-01-01T00:00:10Z") { nodes { id score decision { action } features { name value isMistyped } } } }`,
    );
    const [third, second] = answer.data.predictions.nodes;
    expect(third).toMatchObject({ id: `${idOfName('event', '10')}.2`, score: 0.1 + 0.2, decision: null });
    expect(third?.features[1]).toEqual({ name: 'hour', value: 'seven', isMistyped: true });
    expect(second?.features.map(({ value }) => value)).toEqual([null, null, null, null, true]);
  });

  it('keeps every label and counts the latest', async () => {
    const answer = await client.ask('{ prediction(deployment: "flights", id: "a") { label { class position } labels { class value } } }');
    expect(answer.data).toEqual({
      prediction: {
        label: { class: 'late', position: '13' },
        labels: [
          { class: 'on_time', value: null },
          { class: 'late', value: null },
        ],
      },
    });
  });

  it('pages through all predictions, newest first, without a gap or a repetition', async () => {
    const seen: string[] = [];
    let after: string | undefined;
    for (let more = true; more;) {
      const page = await browse('first: 2', after);
      seen.push(...page.nodes.map(({ id }) => id));
      after = page.pageInfo.endCursor;
      more = page.pageInfo.hasNextPage;
    }
    expect(seen).toEqual(['d', 'c', `${idOfName('event', '10')}.2`, 'b', 'a']);
  });

  it('takes only what was made in the span asked for', async () => {
    const page = await browse('first: 5, from: "1970-01-01T00:00:05.010Z", until: "1970-01-01T00:00:30Z"');
    expect(page.nodes.map(({ id }) => id)).toEqual(['c', `${idOfName('event', '10')}.2`, 'b']);
  });

  it('says what came for a deployment, and that a prediction does not exist', async () => {
    const answer = await client.ask(`{ deployment(name: "flights") { traffic { predictions lastPredictionAt lastRecordedAt } }
      prediction(deployment: "flights", id: "nobody") { id } }`);
    expect(answer.data).toEqual({
      deployment: {
        traffic: { predictions: '5', lastPredictionAt: '1970-01-01T00:00:30.000Z', lastRecordedAt: '1970-01-01T00:16:40.014Z' },
      },
      prediction: null,
    });
  });
});
