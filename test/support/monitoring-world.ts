import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Global, Injectable, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ClickHouse, InMemoryIntentStore, migrate, type Projection, ProjectionRunner } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { DEPLOYMENT_EVENTS, DeploymentsWriteModule } from '#libs/deployments';
import { DeploymentsGraphqlModule } from '#libs/deployments/graphql';
import { DeploymentReader, deploymentsProjection } from '#libs/deployments/read';
import { EventCodec, EventStore, SubscriptionRunner } from '#libs/event-store';
import { InMemoryCheckpointStore, InMemoryEventStore } from '#libs/event-store/memory';
import { type Admission, GraphqlAccess, GraphqlServerModule } from '#libs/graphql-kit';
import { Clock, type CommandMeta, idOfName, type Position, randomId, SystemClock } from '#libs/kernel';
import { openKeyDirectory } from '#libs/keys/directory';
import { MONITORING_EVENTS, MonitoringWriteModule } from '#libs/monitoring';
import { MonitoringGraphqlModule } from '#libs/monitoring/graphql';
import { Evaluator, EvaluatorModule, MeasuringEngine, MonitoringFeed, monitoringProjection } from '#libs/monitoring/read';
import { DEFAULT_LIMITS, Intake, type IntakeAnswer, PREDICTION_EVENTS, predictionsProjection, Snapshots } from '#libs/predictions';
import { GraphqlClient } from './graphql-client.js';

const metaOf = (reason?: string): CommandMeta => {
  const commandId = randomId();
  return {
    ...{ commandId, correlationId: commandId, causationId: commandId },
    actor: { principalId: idOfName('principal', 'ann'), kind: 'person', via: 'key' },
    source: { surface: 'graphql', addressClass: 'loopback' },
    ...(reason === undefined ? {} : { reason }),
  };
};

@Injectable()
class EverybodyIsAnn extends GraphqlAccess {
  private readonly admission: Admission = {
    kind: 'admitted',
    viewer: { principalId: idOfName('principal', 'ann'), commandMeta: (about) => metaOf(about?.reason) },
  };
  async admit(): Promise<Admission> {
    return this.admission;
  }
  async admitConnection(): Promise<Admission> {
    return this.admission;
  }
  isCurrent(): boolean {
    return true;
  }
  knows(): boolean {
    return true;
  }
  permits(): boolean {
    return true;
  }
  async recordDenied(): Promise<void> {
    throw new Error('nothing is denied here');
  }
}

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
    readonly client: GraphqlClient,
  ) {}

  static async open(): Promise<MonitoringWorld> {
    const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-monitoring-'));
    const testing = await Test.createTestingModule({ imports: [appIn(directory)] }).compile();
    const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const intake = new Intake({
      ...{ store: app.get(EventStore), codec: app.get(EventCodec), commands: app.get(CommandBus), clock: app.get(Clock) },
      limits: DEFAULT_LIMITS,
      personal: openKeyDirectory(path.join(directory, 'keys')),
      snapshots: new Snapshots(path.join(directory, 'snapshots')),
      onFirstPost: () => undefined,
    });
    const world = new MonitoringWorld(directory, app, intake, new GraphqlClient(await app.getUrl()));
    await migrate(app.get(ClickHouse));
    await world.follow(predictionsProjection);
    await world.follow(deploymentsProjection, app.get(DeploymentReader, { strict: false }).changed);
    await world.follow(monitoringProjection, app.get(MonitoringFeed, { strict: false }).changed);
    return world;
  }

  get clickHouse(): ClickHouse {
    return this.app.get(ClickHouse);
  }

  get commands(): CommandBus {
    return this.app.get(CommandBus);
  }

  /** Sends predictions and waits until they are counted. */
  async predict(deployment: string, records: readonly unknown[]): Promise<IntakeAnswer> {
    const body = Buffer.from(records.map((record) => JSON.stringify(record)).join('\n'));
    const about = { contentType: 'application/x-ndjson', contentEncoding: undefined, key: undefined, meta: metaOf() };
    const answer = await this.intake.predictions({ deployment, body, ...about });
    await this.caughtUp();
    return answer;
  }

  /** Measures whatever is due and waits until it can be read. */
  async measure(): Promise<void> {
    const evaluator = this.app.get(Evaluator, { strict: false });
    const head = await this.caughtUp();
    while ((await evaluator.advance(head?.commit ?? 0n)).more);
    await this.caughtUp();
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

const appIn = (directory: string) => {
  const clock = new SystemClock();
  @Global()
  @Module({
    providers: [
      { provide: ClickHouse, useFactory: () => openChdb({ path: path.join(directory, 'clickhouse') }) },
      { provide: EventStore, useValue: new InMemoryEventStore(clock) },
      { provide: EventCodec, useFactory: () => new EventCodec([...DEPLOYMENT_EVENTS, ...PREDICTION_EVENTS, ...MONITORING_EVENTS]) },
      { provide: Clock, useValue: clock },
      { provide: GraphqlAccess, useClass: EverybodyIsAnn },
      { provide: MeasuringEngine, useClass: SpecEngine },
    ],
    exports: [ClickHouse, EventStore, EventCodec, Clock, GraphqlAccess, MeasuringEngine],
  })
  class Platform {}

  const typePaths = [sdl('graphql-kit', 'kit.graphql'), sdl('deployments', 'deployments.graphql'), sdl('monitoring', 'monitoring.graphql')];
  @Module({
    imports: [
      Platform,
      CqrsModule.forRoot(),
      DeploymentsWriteModule,
      MonitoringWriteModule,
      EvaluatorModule,
      DeploymentsGraphqlModule,
      MonitoringGraphqlModule,
      GraphqlServerModule.forRoot({ access: [Platform], typePaths }),
    ],
  })
  class App {}
  return App;
};
