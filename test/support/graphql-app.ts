import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamicModule, type Type, Global, Injectable, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ClickHouse, InMemoryIntentStore, type Projection, ProjectionRunner, migrate } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import {
  type CommandLike,
  type CommandRun,
  type EventDefinition,
  type RefusedCommand,
  CommandRunner,
  EventCodec,
  EventStore,
  RefusalLog,
  SubscriptionRunner,
} from '#libs/event-store';
import { InMemoryCheckpointStore, InMemoryEventStore } from '#libs/event-store/memory';
import { type Admission, GraphqlAccess, GraphqlServerModule } from '#libs/graphql-kit';
import {
  type CommandMeta,
  type DomainEvent,
  type Instant,
  type Position,
  type Recorded,
  type Refusal,
  Clock,
  SystemClock,
  idOfName,
  randomId,
} from '#libs/kernel';
import { GraphqlClient } from './graphql-client.js';

/** Who asks and commands in these applications. */
export const ANN = idOfName('principal', 'ann');

/** The metadata of a command that Ann gives. */
export const annsMeta = (reason?: string): CommandMeta => {
  const commandId = randomId();
  return {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor: { principalId: ANN, kind: 'person', via: 'key' },
    source: { surface: 'graphql', addressClass: 'loopback' },
    ...(reason === undefined ? {} : { reason }),
  };
};

@Injectable()
class EverybodyIsAnn extends GraphqlAccess {
  private readonly admission: Admission = {
    kind: 'admitted',
    viewer: { principalId: ANN, commandMeta: (about) => annsMeta(about?.reason) },
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
  recordRead(): void {}
}

/** Keeps what was refused as `<command> <code>`. */
@Injectable()
class KeptRefusals extends RefusalLog {
  readonly kept: string[] = [];
  override async record({ type }: RefusedCommand, { code }: Refusal): Promise<void> {
    this.kept.push(`${type} ${code}`);
  }
}

/** What an application is made of. `schemas` are libs beside the kit; `now` makes time stand still. */
export type GraphqlAppParts = {
  readonly schemas: readonly string[];
  readonly events: readonly EventDefinition[];
  readonly imports: readonly (Type<unknown> | DynamicModule)[];
  readonly now?: Instant;
};

const clockAt = (now: Instant | undefined): Clock => {
  if (now === undefined) return new SystemClock();
  const at: Instant = now;
  class StandingClock extends Clock {
    now(): Instant {
      return at;
    }
  }
  return new StandingClock();
};

const sdlOf = (lib: string): string => join(process.cwd(), 'libs', lib, 'src', lib === 'graphql-kit' ? 'kit.graphql' : `${lib}.graphql`);

const moduleOf = ({ schemas, events, imports, now }: GraphqlAppParts, directory: string): Type<unknown> => {
  @Global()
  @Module({
    providers: [
      { provide: ClickHouse, useFactory: () => openChdb({ path: directory }) },
      { provide: Clock, useValue: clockAt(now) },
      { provide: EventStore, useFactory: (clock: Clock) => new InMemoryEventStore(clock), inject: [Clock] },
      { provide: EventCodec, useFactory: () => new EventCodec(events) },
      { provide: GraphqlAccess, useClass: EverybodyIsAnn },
      KeptRefusals,
      { provide: RefusalLog, useExisting: KeptRefusals },
    ],
    exports: [ClickHouse, Clock, EventStore, EventCodec, GraphqlAccess, RefusalLog],
  })
  class Platform {}
  const server = GraphqlServerModule.forRoot({ access: [Platform], typePaths: ['graphql-kit', ...schemas].map(sdlOf) });
  @Module({ imports: [Platform, CqrsModule.forRoot(), ...imports, server] })
  class App {}
  return App;
};

/** Contexts behind a listening GraphQL server: an in-memory log, the real read model in a folder of its own, one viewer who may all. */
export class GraphqlApp {
  private projector: SubscriptionRunner | undefined;

  private constructor(
    readonly nest: NestFastifyApplication,
    readonly client: GraphqlClient,
    private readonly directory: string,
  ) {}

  static async start(parts: GraphqlAppParts): Promise<GraphqlApp> {
    const directory = mkdtempSync(join(tmpdir(), 'driftledger-graphql-'));
    const testing = await Test.createTestingModule({ imports: [moduleOf(parts, directory)] }).compile();
    const nest = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await nest.listen(0, '127.0.0.1');
    await migrate(nest.get(ClickHouse));
    return new GraphqlApp(nest, new GraphqlClient(await nest.getUrl()), directory);
  }

  /** Keeps a projection up with the log and fires `changed` after each step, as a process does. */
  async follow(projection: Projection, changed: { fire(): void }): Promise<void> {
    const runner = this.runnerOf(projection);
    this.projector = new SubscriptionRunner({
      store: this.nest.get(EventStore),
      codec: this.nest.get(EventCodec),
      checkpoints: new InMemoryCheckpointStore(),
      subscription: {
        name: runner.name,
        handles: runner.handles,
        onPoison: 'stop',
        resumeFrom: (checkpoint) => runner.resumeFrom(checkpoint),
        handle: async (batch, signal) => {
          await runner.handle(batch, signal);
          changed.fire();
        },
      },
    });
    await this.projector.start();
  }

  /** Projects events that are in no log. */
  async project(projection: Projection, events: readonly Recorded[]): Promise<void> {
    const runner = this.runnerOf(projection);
    await runner.resumeFrom(undefined);
    await runner.handle(events);
  }

  /** Runs a command beside the bus and resolves when what it did can be read. @throws Error when it was refused */
  async run<S, C extends CommandLike, E extends DomainEvent, Code extends string>(run: CommandRun<S, C, E, Code>): Promise<void> {
    const outcome = await new CommandRunner(this.nest.get(EventStore), this.nest.get(EventCodec)).run(run);
    if (outcome.kind === 'refused') throw new Error(`${run.command.type} was refused: ${outcome.refusal.code}`);
    await this.caughtUpTo(outcome.receipt.position);
  }

  async caughtUpTo(position: Position | undefined): Promise<void> {
    if (position) await this.projector?.caughtUpTo(position, 10_000);
  }

  /** `<command> <code>` of every command refused so far. */
  get refusals(): readonly string[] {
    return this.nest.get(KeptRefusals).kept;
  }

  async stop(): Promise<void> {
    await this.projector?.stop();
    await this.nest.close();
    await this.nest.get(ClickHouse).close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private runnerOf(projection: Projection): ProjectionRunner {
    return new ProjectionRunner({ projection, clickHouse: this.nest.get(ClickHouse), intents: new InMemoryIntentStore() });
  }
}
