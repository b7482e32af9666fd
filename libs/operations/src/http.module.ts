import { type BeforeApplicationShutdown, type DynamicModule, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ClickHouse, IntentStore } from '#libs/clickhouse';
import { CheckpointStore, EventCodec, EventStore } from '#libs/event-store';
import { Clock } from '#libs/kernel';
import { Leases } from '#libs/leases';
import { DataDirectory, ProjectionHost, SubscriptionHost } from '#libs/platform';
import { ClockWatch } from './clock-watch.js';
import { liveReadersOf, readerStatesOf } from './host-readers.js';
import { Doctor, OperationsController } from './operations.controller.js';
import { OperationsLog } from './operations-log.js';
import { Rebuilds } from './rebuilds.js';

/** `unknownVariables`: what the environment said that nobody understood. */
export type OperationsOptions = { readonly version: string; readonly unknownVariables: readonly string[] };

/** Doctor, rebuilds and migrations of a running process over HTTP. The process provides the ports and the hosts of its platform. */
@Module({})
export class OperationsHttpModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(Rebuilds) private readonly rebuilds: Rebuilds) {}

  static forRoot({ version, unknownVariables }: OperationsOptions): DynamicModule {
    const doctor = {
      provide: Doctor,
      useFactory: (...[store, clickHouse, clock, directory, host]: [EventStore, ClickHouse, Clock, DataDirectory, SubscriptionHost]) => {
        const watch = new ClockWatch(clock);
        return new Doctor({ version, store, clickHouse, clock, watch, directory, unknownVariables, readers: () => readerStatesOf(host) });
      },
      inject: [EventStore, ClickHouse, Clock, DataDirectory, SubscriptionHost],
    };
    const rebuilds = {
      provide: Rebuilds,
      useFactory: (
        ...[store, codec, clickHouse, intents, checkpoints, host, projections, leases]: [
          EventStore,
          EventCodec,
          ClickHouse,
          IntentStore,
          CheckpointStore,
          SubscriptionHost,
          ProjectionHost,
          Leases,
        ]
      ) => new Rebuilds({ store, codec, clickHouse, intents, checkpoints, live: liveReadersOf(host, projections) }, leases),
      inject: [EventStore, EventCodec, ClickHouse, IntentStore, CheckpointStore, SubscriptionHost, ProjectionHost, Leases],
    };
    const log = {
      provide: OperationsLog,
      useFactory: (store: EventStore, codec: EventCodec) => new OperationsLog({ store, codec }),
      inject: [EventStore, EventCodec],
    };
    return {
      module: OperationsHttpModule,
      controllers: [OperationsController],
      providers: [doctor, rebuilds, log],
      exports: [OperationsLog],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.rebuilds.clean();
  }

  /** Before the engines close. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.rebuilds.stop();
  }
}
