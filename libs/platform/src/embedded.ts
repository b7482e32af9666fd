import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ClickHouse, FileIntentStore, IntentStore, ProjectionProgress } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { type Traces } from '#libs/configuration';
import { CheckpointStore, CommandWatch, EventCodec, EventStore, type EventDefinition } from '#libs/event-store';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { Clock } from '#libs/kernel';
import { PersonalData } from '#libs/keys';
import { openKeyDirectory } from '#libs/keys/directory';
import { Leases } from '#libs/leases';
import { InProcessLeases } from '#libs/leases/in-process';
import { MessageBus } from '#libs/messaging';
import { InProcessMessageBus } from '#libs/messaging/in-process';
import { LazyNatsMessageBus, type NatsOptions } from '#libs/messaging/nats';
import { ObservabilityModule, Tracing, type LogLevel } from '#libs/observability';
import { DataDirectory } from './data-directory.js';
import { ProjectionHost } from './projection-host.js';
import { SubscriptionHost } from './subscription-host.js';
import { observability, traced } from './traced.js';
import { TracedClickHouse } from './traced-clickhouse.js';
import { CommandSpans } from './command-spans.js';
import { TracedEventStore } from './traced-event-store.js';
import { TracedMessageBus } from './traced-message-bus.js';

export type EmbeddedOptions = {
  readonly directory: DataDirectory;
  readonly events: readonly EventDefinition[];
  readonly level: LogLevel;
  /** Where others are told what happens; undefined when nobody outside listens. */
  readonly nats?: NatsOptions | undefined;
  /** Where spans go; undefined when none are made. */
  readonly traces?: Traces | undefined;
};

const EXPORTED = [
  ...[EventStore, EventCodec, CheckpointStore, ClickHouse, IntentStore, MessageBus, Leases, PersonalData],
  ...[DataDirectory, SubscriptionHost, ProjectionHost, ProjectionProgress, ObservabilityModule, CqrsModule],
];

/** All ports on engines inside this process: SQLite for the log, chDB for the read model, a directory for keys; no network but NATS. */
@Global()
@Module({})
export class EmbeddedPlatform implements OnApplicationShutdown {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(ClickHouse) private readonly clickHouse: ClickHouse,
    @Inject(MessageBus) private readonly bus: MessageBus,
    @Inject(SubscriptionHost) private readonly subscriptions: SubscriptionHost,
    @Inject(ProjectionHost) private readonly projections: ProjectionHost,
  ) {}

  static forRoot({ directory, events, level, nats, traces }: EmbeddedOptions): DynamicModule {
    const watch = traces ? [{ provide: CommandWatch, useFactory: (tracing: Tracing) => new CommandSpans(tracing), inject: [Tracing] }] : [];
    const bus = (): MessageBus => (nats ? new LazyNatsMessageBus(nats) : new InProcessMessageBus());
    return {
      module: EmbeddedPlatform,
      imports: [observability({ level, directory: directory.path, traces, service: 'driftledger' }), CqrsModule.forRoot()],
      providers: [
        { provide: DataDirectory, useValue: directory },
        { provide: SqliteEventStore, useFactory: (clock: Clock) => new SqliteEventStore({ file: directory.log, clock }), inject: [Clock] },
        { provide: EventStore, useFactory: traced<EventStore>(TracedEventStore), inject: [SqliteEventStore, Tracing] },
        { provide: CheckpointStore, useFactory: (store: SqliteEventStore) => store.checkpoints, inject: [SqliteEventStore] },
        { provide: EventCodec, useValue: new EventCodec(events) },
        {
          provide: ClickHouse,
          useFactory: (tracing: Tracing) => traced<ClickHouse>(TracedClickHouse)(openChdb({ path: directory.clickHouse }), tracing),
          inject: [Tracing],
        },
        { provide: IntentStore, useFactory: () => new FileIntentStore(directory.intents) },
        { provide: MessageBus, useFactory: (tracing: Tracing) => traced<MessageBus>(TracedMessageBus)(bus(), tracing), inject: [Tracing] },
        { provide: Leases, useFactory: (clock: Clock) => new InProcessLeases(clock), inject: [Clock] },
        { provide: PersonalData, useFactory: () => openKeyDirectory(directory.keys) },
        SubscriptionHost,
        ProjectionHost,
        { provide: ProjectionProgress, useExisting: ProjectionHost },
        ...watch,
      ],
      exports: [...EXPORTED, ...watch],
    };
  }

  /** Readers first, engines last: nothing may write into an engine that is closed. */
  async onApplicationShutdown(): Promise<void> {
    const failures: unknown[] = [];
    for (const part of [{ close: () => this.subscriptions.stop() }, this.projections, this.bus, this.clickHouse, this.store]) {
      // One that cannot close in order must not keep the others open.
      await part.close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, `closing failed: ${failures.map(String).join('; ')}`);
  }
}
