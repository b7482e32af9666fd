import { Global, Inject, Logger, Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ClickHouse, IntentStore, type Projection, ProjectionProgress } from '#libs/clickhouse';
import { openHttp } from '#libs/clickhouse/http';
import { type Servers, type Traces } from '#libs/configuration';
import { CheckpointStore, CommandWatch, EventCodec, EventStore, type EventDefinition } from '#libs/event-store';
import { EventStoreDbEventStore, openEventStoreDb } from '#libs/event-store/eventstoredb';
import { Clock } from '#libs/kernel';
import { PersonalData } from '#libs/keys';
import { openKeyDirectory } from '#libs/keys/directory';
import { Leases } from '#libs/leases';
import { LazyNatsLeases } from '#libs/leases/nats';
import { MessageBus } from '#libs/messaging';
import { connectToNats, LazyNatsMessageBus, type NatsOptions } from '#libs/messaging/nats';
import { ObservabilityModule, Tracing, type LogLevel, Readiness } from '#libs/observability';
import { DataDirectory } from './data-directory.js';
import { EventStoreIntentStore } from './event-store-intents.js';
import { LeasedRoles } from './leased-roles.js';
import { ProjectionHost } from './projection-host.js';
import { RemoteProgress } from './remote-progress.js';
import { SubscriptionHost } from './subscription-host.js';
import { observability, traced } from './traced.js';
import { TracedClickHouse } from './traced-clickhouse.js';
import { CommandSpans } from './command-spans.js';
import { TracedEventStore } from './traced-event-store.js';
import { TracedMessageBus } from './traced-message-bus.js';

export type ServersOptions = {
  readonly servers: Servers;
  /** Caches only; but for `keys`, which every process that takes predictions shares, such as on a volume. */
  readonly directory: DataDirectory;
  readonly events: readonly EventDefinition[];
  readonly projections: readonly Pick<Projection, 'name' | 'version'>[];
  readonly level: LogLevel;
  /** Where spans go; undefined when none are made. */
  readonly traces: Traces | undefined;
  /** What operators see in NATS' list of connections. */
  readonly program: string;
};

/** One try to reach NATS; a process that ends waits for the one that is under way. */
const CONNECT_MS = 5_000;

/** What is closed at the end, in this order. */
class Parts {
  constructor(readonly inOrder: readonly { close(): Promise<void> }[]) {}
}

const EXPORTED = [
  ...[EventStore, EventCodec, CheckpointStore, ClickHouse, IntentStore, MessageBus, Leases, PersonalData, DataDirectory],
  ...[SubscriptionHost, ProjectionHost, ProjectionProgress, RemoteProgress, LeasedRoles, ObservabilityModule, CqrsModule],
];

/** All ports on servers: EventStoreDB for the log, ClickHouse over HTTP, NATS as bus and for leases. */
@Global()
@Module({})
export class ServersPlatform implements OnApplicationShutdown {
  constructor(@Inject(Parts) private readonly parts: Parts) {}

  static forRoot(options: ServersOptions): DynamicModule {
    const { directory, events, level, traces, program } = options;
    const watch = traces ? [{ provide: CommandWatch, useFactory: (tracing: Tracing) => new CommandSpans(tracing), inject: [Tracing] }] : [];
    return {
      module: ServersPlatform,
      imports: [observability({ level, directory: directory.path, traces, service: `driftledger-${program}` }), CqrsModule.forRoot()],
      providers: [
        { provide: DataDirectory, useValue: directory },
        { provide: EventCodec, useValue: new EventCodec(events) },
        { provide: IntentStore, useFactory: (store: EventStore) => new EventStoreIntentStore(store), inject: [EventStore] },
        { provide: PersonalData, useFactory: () => openKeyDirectory(directory.keys) },
        ...engines(options),
        ...watch,
        SubscriptionHost,
        ProjectionHost,
        LeasedRoles,
        {
          provide: Parts,
          useFactory: (subscriptions: SubscriptionHost, ...others: { close(): Promise<void> }[]) =>
            new Parts([{ close: () => subscriptions.stop() }, ...others]),
          inject: [SubscriptionHost, ProjectionHost, RemoteProgress, Leases, MessageBus, ClickHouse, EventStore],
        },
        { provide: ProjectionProgress, useExisting: RemoteProgress },
      ],
      exports: [...EXPORTED, ...watch],
    };
  }

  /** Readers first, connections last. */
  async onApplicationShutdown(): Promise<void> {
    const failures: unknown[] = [];
    // One that cannot close in order must not keep the others open.
    for (const part of this.parts.inOrder) await part.close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, `closing failed: ${failures.map(String).join('; ')}`);
  }
}

const engines = ({ servers, projections, program }: ServersOptions): Provider[] => [
  { provide: EventStoreDbEventStore, useFactory: () => openEventStoreDb({ url: servers.eventStore }) },
  { provide: EventStore, useFactory: traced<EventStore>(TracedEventStore), inject: [EventStoreDbEventStore, Tracing] },
  { provide: CheckpointStore, useFactory: (store: EventStoreDbEventStore) => store.checkpoints, inject: [EventStoreDbEventStore] },
  {
    provide: ClickHouse,
    useFactory: (tracing: Tracing) => traced<ClickHouse>(TracedClickHouse)(openHttp(servers.clickHouse), tracing),
    inject: [Tracing],
  },
  {
    provide: MessageBus,
    useFactory: (tracing: Tracing) =>
      traced<MessageBus>(TracedMessageBus)(
        new LazyNatsMessageBus({ ...servers.nats, name: `driftledger ${program}`, timeoutMs: CONNECT_MS }),
        tracing,
      ),
    inject: [Tracing],
  },
  {
    provide: Leases,
    // A connection of its own: what is told must not delay the renewal of a lease.
    useFactory: (clock: Clock, readiness: Readiness) =>
      leasesOf({ ...servers.nats, name: `driftledger ${program} leases` }, clock, readiness),
    inject: [Clock, Readiness],
  },
  {
    provide: RemoteProgress,
    useFactory: (bus: MessageBus, checkpoints: CheckpointStore) => {
      const progress = new RemoteProgress(projections, bus, checkpoints);
      progress.start();
      return progress;
    },
    inject: [MessageBus, CheckpointStore],
  },
];

/** A program starts without NATS: it takes no role until there is one, and readiness says so. */
const leasesOf = (nats: NatsOptions, clock: Clock, readiness: Readiness): Leases => {
  const logger = new Logger('Leases');
  const onTrouble = (error: unknown): void => logger.warn(`wait for NATS: ${error instanceof Error ? error.message : String(error)}`);
  const leases = new LazyNatsLeases({ connect: () => connectToNats({ ...nats, timeoutMs: CONNECT_MS }), clock, onTrouble });
  readiness.add('leases', async () => void (await leases.holder('readiness')));
  return leases;
};
