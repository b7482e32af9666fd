import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AlertSilenced, ALERT_EVENTS } from '#libs/alerts';
import { ClickHouse, InMemoryIntentStore, defineQuery, migrate } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { DEPLOYMENT_EVENTS, DeploymentRegistered, FeatureTypeChanged } from '#libs/deployments';
import { EventCodec, type EventDefinition, SubscriptionRunner, defineEvent } from '#libs/event-store';
import { InMemoryCheckpointStore, InMemoryEventStore } from '#libs/event-store/memory';
import { type Admission, type EdgeRequest, GraphqlAccess, GraphqlServerModule, globalId } from '#libs/graphql-kit';
import { IDENTITY_EVENTS } from '#libs/identity';
import { type CommandMeta, type DomainEvent, type Position, SystemClock, type Uuid, randomId, uuid } from '#libs/kernel';
import { MONITORING_EVENTS } from '#libs/monitoring';
import { PREDICTION_EVENTS } from '#libs/predictions';
import { z } from 'zod';
import { GraphqlClient } from '../../../test/support/graphql-client.js';
import { AuditGraphqlModule } from './graphql.module.js';
import { auditSubscription } from './projection.js';
import { AuditChanges } from './audit-changes.js';
import { AuditTrails } from './trail.js';

const [ALICE, BOB] = [uuid('00000000-0000-4000-8000-00000000000a'), uuid('00000000-0000-4000-8000-00000000000b')];
const [FRAUD, CHURN] = [uuid('00000000-0000-4000-8000-0000000000f1'), uuid('00000000-0000-4000-8000-0000000000f2')];
const MONITOR = uuid('00000000-0000-4000-8000-0000000000a1');

const NewerFact = defineEvent('SomethingNewHappened', { version: 1, schema: z.object({}) });
const known: EventDefinition[] = [...DEPLOYMENT_EVENTS, ...ALERT_EVENTS, ...IDENTITY_EVENTS, ...MONITORING_EVENTS, ...PREDICTION_EVENTS];
const writer = new EventCodec([...known, NewerFact]);
const reader = new EventCodec(known);

@Injectable()
class Access extends GraphqlAccess {
  async admit({ headers }: Pick<EdgeRequest, 'headers'>): Promise<Admission> {
    if (headers.authorization !== 'Bearer auditor' && headers.authorization !== 'Bearer producer')
      return { kind: 'refused', status: 401, code: 'MISSING', detail: 'a key is needed' };
    return {
      kind: 'admitted',
      viewer: {
        principalId: headers.authorization === 'Bearer auditor' ? ALICE : BOB,
        commandMeta: () => {
          throw new Error('no commands here');
        },
      },
    };
  }
  async admitConnection(_request: EdgeRequest, params: Readonly<Record<string, unknown>>): Promise<Admission> {
    return this.admit({ headers: { authorization: String(params['authorization']) } });
  }
  isCurrent = () => true;
  knows = (action: string) => action === 'read' || action === 'audit.read';
  permits = ({ principalId }: { principalId: Uuid }) => principalId === ALICE;
  recordDenied = () => Promise.resolve();
  recordRead = () => undefined;
}

describe('the audit trail', () => {
  const directory = mkdtempSync(join(tmpdir(), 'driftledger-audit-'));
  const store = new InMemoryEventStore(new SystemClock());
  let clickHouse: ClickHouse;
  let runner: SubscriptionRunner;
  let app: NestFastifyApplication;
  let auditor: GraphqlClient;
  let url: string;

  const metaOf = (actor: Uuid, more: Partial<CommandMeta> = {}): CommandMeta => ({
    commandId: randomId(),
    correlationId: randomId(),
    causationId: randomId(),
    actor: { principalId: actor, kind: 'person', via: 'session 1' },
    source: { surface: 'graphql', route: 'Mutation.x', client: 'spec', addressClass: 'loopback' },
    ...more,
  });

  const record = async (stream: string, event: DomainEvent, meta = metaOf(ALICE), trusted = false): Promise<Position> => {
    const { position } = await store.append(stream, [writer.encode(event, meta, randomId(), { trusted })], { expected: 'any' });
    if (!position) throw new Error('the store told no position');
    return position;
  };
  const projected = async (position: Position) => expect(await runner.caughtUpTo(position, 20_000)).toBe(true);

  const registered = (deploymentId: Uuid, name: string, model: string) =>
    record(`deployment-${deploymentId}`, DeploymentRegistered.make({ deploymentId, name, model, strict: false, onFirstPost: false }));
  const silence = {
    alertId: randomId(),
    monitorId: MONITOR,
    monitor: 'fraud-drift',
    deploymentId: FRAUD,
    deployment: 'fraud',
    subject: 'feature:amount',
    episode: 1,
    until: Date.UTC(2030, 0, 1),
    reason: 'known release',
  };

  beforeAll(async () => {
    clickHouse = openChdb({ path: directory });
    await migrate(clickHouse);

    @Module({
      providers: [
        { provide: ClickHouse, useFactory: () => clickHouse },
        { provide: GraphqlAccess, useClass: Access },
      ],
      exports: [ClickHouse, GraphqlAccess],
    })
    class Ports {}
    const files = ['graphql-kit', 'audit'].map((lib) => new URL(`../../${lib}/src/*.graphql`, import.meta.url).pathname);
    const testing = await Test.createTestingModule({
      imports: [{ module: Ports, global: true }, AuditGraphqlModule, GraphqlServerModule.forRoot({ access: [Ports], typePaths: files })],
    }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    auditor = new GraphqlClient(url, { authorization: 'Bearer auditor' });
    const changed = app.get(AuditChanges, { strict: false }).signal;
    runner = new SubscriptionRunner({
      store,
      codec: reader,
      checkpoints: new InMemoryCheckpointStore(),
      subscription: auditSubscription({ codec: reader, clickHouse, intents: new InMemoryIntentStore(), changed }),
    });
    await runner.start();

    await registered(FRAUD, 'fraud', 'fraud-model');
    await registered(CHURN, 'churn', 'churn-model');
    await record(`alert-${silence.alertId}`, AlertSilenced.make(silence), metaOf(BOB, { reason: 'known release', onBehalfOf: 'on call' }));
    await record('future-1', NewerFact.make({}));
    const batch = { deploymentId: FRAUD, schemaVersion: 1, salt: 'c2FsdA==', base: 0, rows: 3, requests: [], columns: {}, features: {} };
    await record(`predictions-${FRAUD}`, { type: 'PredictionBatchRecorded', data: batch }, metaOf(BOB), true);
    await projected(
      await record(
        `deployment-${FRAUD}`,
        FeatureTypeChanged.make({ deploymentId: FRAUD, schemaVersion: 2, feature: 'amount', from: 'integer', to: 'number' }),
      ),
    );
  });

  afterAll(async () => {
    await runner.stop();
    await app.close();
    await clickHouse.close();
    rmSync(directory, { recursive: true, force: true });
  });

  type Trail = { auditTrail: { nodes: { summary: string; position: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } } };
  const TRAIL = `query($filter: AuditFilter, $first: Int, $after: String) {
    auditTrail(filter: $filter, first: $first, after: $after) { nodes { summary position } pageInfo { endCursor hasNextPage } } }`;
  const trail = async (filter: Record<string, unknown> = {}, page: Record<string, unknown> = {}) => {
    const answer = await auditor.ask<Trail>(TRAIL, { filter, ...page });
    expect(answer.errors).toEqual([]);
    return answer.data.auditTrail;
  };
  const summaries = async (filter: Record<string, unknown>) => (await trail(filter)).nodes.map(({ summary }) => summary);

  it('has an entry for every event, newest first, the intake only when asked for', async () => {
    const governance = [
      'Feature amount changed from integer to number',
      'Something new happened',
      'Alert on feature:amount of fraud-drift silenced until 2030-01-01 00:00 UTC',
      'Deployment churn registered, serving churn-model',
      'Deployment fraud registered, serving fraud-model',
    ];
    expect(await summaries({})).toEqual(governance);
    expect(await summaries({ includeIntake: true })).toEqual([governance[0], '3 predictions recorded', ...governance.slice(1)]);
    expect(await summaries({ class: 'INTAKE' })).toEqual(['3 predictions recorded']);
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['model', { model: 'fraud-model' }, 3],
    ['model nobody serves', { model: 'unknown' }, 0],
    ['deployment', { deployment: globalId('Deployment', CHURN) }, 1],
    ['model and another deployment', { model: 'fraud-model', deployment: globalId('Deployment', CHURN) }, 0],
    ['monitor', { monitor: globalId('Monitor', MONITOR) }, 1],
    ['subject', { subject: 'feature:amount' }, 2],
    ['actor', { actor: globalId('Principal', BOB) }, 1],
    ['class', { class: 'DEPLOYMENT' }, 3],
    ['type', { type: 'AlertSilenced' }, 1],
    ['time', { from: '2020-01-01T00:00:00Z', until: '2021-01-01T00:00:00Z' }, 0],
    ['correlation', { correlation: randomId() }, 0],
    ['times of all ages', { from: '0001-01-01T00:00:00Z', until: '9999-12-31T00:00:00Z' }, 5],
    ['a time that has not come', { from: '9999-12-31T00:00:00Z' }, 0],
  ])('is restricted by %s', async (_name, filter, count) => {
    expect(await summaries(filter)).toHaveLength(count);
  });

  it.each(['model', 'subject', 'type', 'actor', 'deployment', 'monitor', 'correlation'])('refuses an empty %s', async (name) => {
    const answer = await auditor.ask(TRAIL, { filter: { [name]: '' } });
    expect(answer.errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });

  it('tells who, from where, on whose behalf, why, and what changed', async () => {
    const answer = await auditor.ask<{ auditTrail: { nodes: { id: string }[] } }>(
      `{ auditTrail(filter: { type: "AlertSilenced" }) { nodes { id class reason onBehalfOf subject deploymentId monitorId sha256
         actor { id kind via } source { surface route client addressClass } changes { path before after } } } }`,
    );
    expect(answer.data.auditTrail.nodes[0]).toMatchObject({
      class: 'ALERT',
      reason: 'known release',
      onBehalfOf: 'on call',
      subject: 'feature:amount',
      deploymentId: globalId('Deployment', FRAUD),
      monitorId: globalId('Monitor', MONITOR),
      actor: { id: globalId('Principal', BOB), kind: 'PERSON', via: 'session 1' },
      source: { surface: 'graphql', route: 'Mutation.x', client: 'spec', addressClass: 'loopback' },
      changes: [{ path: 'silencedUntil', before: null, after: silence.until }],
    });
    const id = answer.data.auditTrail.nodes[0]?.id;
    const again = await auditor.ask('query($id: ID!) { auditEntry(id: $id) { type } node(id: $id) { __typename } }', { id });
    expect(again.data).toEqual({ auditEntry: { type: 'AlertSilenced' }, node: { __typename: 'AuditEntry' } });
  });

  it('keeps its pages while it grows', async () => {
    const first = await trail({}, { first: 2 });
    await projected(await registered(uuid('00000000-0000-4000-8000-0000000000f3'), 'late', 'late-model'));
    const second = await trail({}, { first: 10, after: first.pageInfo.endCursor });
    const positions = [...first.nodes, ...second.nodes].map(({ position }) => Number(position));
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => b - a));
    expect(positions).toHaveLength(5);
  });

  it('feeds what is appended, resumes after a position, and holds to its filter', async () => {
    type Entry = { auditEntryAppended: { summary: string; position: string } };
    const query = `subscription($filter: AuditFilter, $after: EventPosition) {
      auditEntryAppended(filter: $filter, after: $after) { summary position } }`;
    const all = auditor.follow<Entry>(query, { after: '0' });
    const ofModel = auditor.follow<Entry>(query, { after: '0', filter: { model: 'new-model' } });
    const before = (await all.count(6)).length;
    const deploymentId = uuid('00000000-0000-4000-8000-0000000000f4');
    await registered(deploymentId, 'new', 'new-model');
    const last = await record(
      `deployment-${deploymentId}`,
      FeatureTypeChanged.make({ deploymentId, schemaVersion: 2, feature: 'age', from: 'integer', to: 'number' }),
    );
    const entries = await all.count(before + 2);
    const positions = entries.map(({ auditEntryAppended }) => Number(auditEntryAppended.position));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect((await ofModel.count(2)).map(({ auditEntryAppended }) => auditEntryAppended.summary)).toEqual([
      'Deployment new registered, serving new-model',
      'Feature age changed from integer to number',
    ]);
    const resumed = auditor.follow<Entry>(query, { after: String(last.commit - 1n) });
    expect((await resumed.count(1))[0]?.auditEntryAppended.position).toBe(String(last.commit));
    await Promise.all([all.stop(), ofModel.stop(), resumed.stop()]);
  });

  it('shows no entry without those before it, even when more is written between its two queries', async () => {
    /** The read model, with a governance entry and then a batch written just before the intake is looked at. */
    const interrupted = (): ClickHouse => {
      let isFirst = true;
      const query: ClickHouse['query'] = async (asked, parameters) => {
        const isIntake = typeof parameters === 'object' && parameters !== null && 'intake' in parameters && parameters.intake === 1;
        if (isIntake && isFirst) {
          isFirst = false;
          await registered(randomId(), 'meanwhile', 'another-model');
          const data = { deploymentId: CHURN, schemaVersion: 1, salt: '', base: 0, rows: 1, requests: [], columns: {}, features: {} };
          await projected(await record(`predictions-${CHURN}`, { type: 'PredictionBatchRecorded', data }, metaOf(BOB), true));
        }
        return clickHouse.query(asked, parameters);
      };
      return new Proxy(clickHouse, { get: (target, key): unknown => (key === 'query' ? query : Reflect.get(target, key)) });
    };
    const read = async (rows: Promise<readonly { readonly position: bigint }[]>) => (await rows).map(({ position }) => position);
    const trails = new AuditTrails(clickHouse);
    const head = await trails.head();

    const fed = await read(new AuditTrails(interrupted()).after(undefined, 100, true));
    expect(fed.at(-1)).toBe(head.commit);
    const next = await read(trails.after(head, 100, true));
    expect([...fed, ...next]).toEqual(await read(trails.after(undefined, 100, true)));
    expect(next).toHaveLength(2);

    const paged = await read(new AuditTrails(interrupted()).page({ includeIntake: true }, undefined, 100));
    expect(paged).toEqual([...fed, ...next].reverse());
  });

  it('is closed to who may not read it', async () => {
    const producer = new GraphqlClient(url, { authorization: 'Bearer producer' });
    expect((await producer.ask(TRAIL)).errors[0]?.extensions?.code).toBe('FORBIDDEN');
    const feed = producer.follow('subscription { auditEntryAppended { summary } }');
    await expect(feed.count(1)).rejects.toThrow('audit.read');
    await feed.stop();
  });

  it('explains every column of its table', async () => {
    const Columns = defineQuery({
      name: 'ColumnsWithoutComment',
      purpose: 'this spec',
      sql: `SELECT name FROM system.columns WHERE database = 'driftledger' AND table = 'audit_entries_v2' AND comment = ''`,
      params: z.object({}),
      row: z.object({ name: z.string() }),
    });
    expect(await clickHouse.query(Columns, {})).toEqual([]);
  });
});
