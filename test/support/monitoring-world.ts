import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ClickHouse, InMemoryIntentStore, migrate, type Projection, ProjectionRunner } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { DEPLOYMENT_EVENTS, DeploymentsWriteModule } from '#libs/deployments';
import { DeploymentsGraphqlModule } from '#libs/deployments/graphql';
import { DeploymentReader, deploymentsProjection } from '#libs/deployments/read';
import { EventCodec, EventStore, SubscriptionRunner } from '#libs/event-store';
import { InMemoryCheckpointStore } from '#libs/event-store/memory';
import { GraphqlServerModule } from '#libs/graphql-kit';
import { IdentityGraphqlModule } from '#libs/identity/graphql';
import { RouteAccess } from '#libs/identity/http';
import { Clock, type Position } from '#libs/kernel';
import { openKeyDirectory } from '#libs/keys/directory';
import { MONITORING_EVENTS, MonitoringWriteModule } from '#libs/monitoring';
import { MonitoringGraphqlModule } from '#libs/monitoring/graphql';
import { MonitoringHttpModule } from '#libs/monitoring/http';
import { Evaluator, EvaluatorModule, MeasuringEngine, MonitoringFeed, monitoringProjection } from '#libs/monitoring/read';
import {
  DEFAULT_LIMITS,
  Intake,
  type IntakeAnswer,
  type IntakeRequest,
  PREDICTION_EVENTS,
  predictionsProjection,
  Snapshots,
} from '#libs/predictions';
import { GraphqlClient } from './graphql-client.js';
import { enrol, guardedApp } from './guarded-app.js';
import { producerMeta } from './intake-world.js';

class SpecEngine extends MeasuringEngine {
  readonly engine = { driftledger: '9.9.9', v8: 'spec', tz: 'spec' };
}

const sdl = (lib: string, file: string): string => path.join(import.meta.dirname, '../../libs', lib, 'src', file);

/** Intake, counts, evaluator and GraphQL of a process, on the real engine and an in-memory log. Measuring happens when it is asked for. */
export class MonitoringWorld {
  private readonly projectors: SubscriptionRunner[] = [];

  private constructor(
    private readonly directory: string,
    private readonly app: NestFastifyApplication,
    private readonly intake: Intake,
    private readonly access: { readonly client: GraphqlClient; readonly key: string },
  ) {}

  /** Asks as an engineer. */
  get client(): GraphqlClient {
    return this.access.client;
  }

  /** What a command of the command line finds in its environment. */
  get environment(): Readonly<Record<string, string>> {
    return { DRIFTLEDGER_URL: this.client.url, DRIFTLEDGER_KEY: this.access.key };
  }

  static async open(): Promise<MonitoringWorld> {
    const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-monitoring-'));
    const foreignRoutes = { '/graphql': RouteAccess.open(), '/graphiql': RouteAccess.open() };
    const events = [...DEPLOYMENT_EVENTS, ...PREDICTION_EVENTS, ...MONITORING_EVENTS];
    const app = await guardedApp({ imports: partsIn(directory), events, foreignRoutes });
    await app.listen(0, '127.0.0.1');
    const key = await enrol(app, 'ann', 'engineer');
    const client = new GraphqlClient(await app.getUrl(), { authorization: `Bearer ${key}` });
    const intake = new Intake({
      ...{ store: app.get(EventStore), codec: app.get(EventCodec), commands: app.get(CommandBus), clock: app.get(Clock) },
      limits: DEFAULT_LIMITS,
      personal: openKeyDirectory(path.join(directory, 'keys')),
      snapshots: new Snapshots(path.join(directory, 'snapshots')),
      onFirstPost: () => undefined,
    });
    const world = new MonitoringWorld(directory, app, intake, { client, key });
    await migrate(app.get(ClickHouse));
    await world.follow(predictionsProjection);
    await world.follow(deploymentsProjection, app.get(DeploymentReader, { strict: false }).changed);
    await world.follow(monitoringProjection, app.get(MonitoringFeed, { strict: false }).changed);
    return world;
  }

  get clickHouse(): ClickHouse {
    return this.app.get(ClickHouse);
  }

  get store(): EventStore {
    return this.app.get(EventStore);
  }

  /** Sends predictions and waits until they are counted. */
  async predict(deployment: string, records: readonly unknown[]): Promise<IntakeAnswer> {
    const answer = await this.intake.predictions(requestOf(deployment, records));
    await this.caughtUp();
    return answer;
  }

  /** The same for labels. */
  async label(deployment: string, records: readonly unknown[]): Promise<IntakeAnswer> {
    const answer = await this.intake.labels(requestOf(deployment, records));
    await this.caughtUp();
    return answer;
  }

  /** Measures whatever is due and waits until it can be read. Returns how long the oldest of it had been due, in milliseconds. */
  async measure(): Promise<number> {
    const evaluator = this.app.get(Evaluator, { strict: false });
    const head = await this.caughtUp();
    let longest = 0;
    for (let more = true; more;) {
      const pass = await evaluator.advance(head?.commit ?? 0n);
      longest = Math.max(longest, pass.delayMs);
      more = pass.more;
    }
    await this.caughtUp();
    return longest;
  }

  /** Waits until everything in the log can be read. */
  async caughtUp(): Promise<Position | undefined> {
    const head = await this.app.get(EventStore).head();
    if (head) await Promise.all(this.projectors.map((projector) => projector.caughtUpTo(head, 20_000)));
    return head;
  }

  async close(): Promise<void> {
    await this.intake.close();
    for (const projector of this.projectors) await projector.stop();
    const { clickHouse } = this;
    await this.app.close();
    await clickHouse.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async follow(projection: Projection, changed?: { fire(): void }): Promise<void> {
    const runner = new ProjectionRunner({ projection, clickHouse: this.clickHouse, intents: new InMemoryIntentStore() });
    const projector = new SubscriptionRunner({
      store: this.app.get(EventStore),
      codec: this.app.get(EventCodec),
      checkpoints: new InMemoryCheckpointStore(),
      subscription: {
        name: runner.name,
        handles: runner.handles,
        onPoison: runner.onPoison,
        resumeFrom: (checkpoint) => runner.resumeFrom(checkpoint),
        handle: async (batch, signal) => {
          await runner.handle(batch, signal);
          changed?.fire();
        },
      },
    });
    await projector.start();
    this.projectors.push(projector);
  }
}

const requestOf = (deployment: string, records: readonly unknown[]): IntakeRequest => ({
  ...{ deployment, body: Buffer.from(records.map((record) => JSON.stringify(record)).join('\n')) },
  ...{ contentType: 'application/x-ndjson', contentEncoding: undefined, key: undefined, meta: producerMeta() },
});

/** Everything but identity, which guards it. */
const partsIn = (directory: string): (Type<unknown> | DynamicModule)[] => {
  @Global()
  @Module({
    providers: [
      { provide: ClickHouse, useFactory: () => openChdb({ path: path.join(directory, 'clickhouse') }) },
      { provide: MeasuringEngine, useClass: SpecEngine },
    ],
    exports: [ClickHouse, MeasuringEngine],
  })
  class Engines {}

  const typePaths = [sdl('graphql-kit', 'kit.graphql'), sdl('deployments', 'deployments.graphql'), sdl('monitoring', 'monitoring.graphql')];
  return [
    Engines,
    DeploymentsWriteModule,
    MonitoringWriteModule,
    EvaluatorModule,
    DeploymentsGraphqlModule,
    MonitoringGraphqlModule,
    MonitoringHttpModule,
    GraphqlServerModule.forRoot({ access: [IdentityGraphqlModule], typePaths }),
  ];
};
