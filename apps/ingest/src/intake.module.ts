import { Global, Logger, Module, type DynamicModule } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { isLoopback, type Configuration } from '#libs/configuration';
import { EventCodec, EventStore } from '#libs/event-store';
import { Clock } from '#libs/kernel';
import { PersonalData } from '#libs/keys';
import { DataDirectory } from '#libs/platform';
import { Intake, Snapshots } from '#libs/predictions';
import { PredictionsHttpModule } from '#libs/predictions/http';

const logger = new Logger('Intake');

/** Intake of this process. On loopback a deployment is registered by its first post; elsewhere somebody has to register it. */
@Global()
@Module({})
export class IntakeModule {
  static forRoot({ limits, host }: Configuration): DynamicModule {
    const onFirstPost = isLoopback(host)
      ? (name: string): void => logger.log(`deployment ${name} registered by its first post`)
      : undefined;
    const intake = {
      provide: Intake,
      useFactory: (store: EventStore, codec: EventCodec, commands: CommandBus, clock: Clock, personal: PersonalData, data: DataDirectory) =>
        new Intake({ store, codec, commands, clock, personal, limits, onFirstPost, snapshots: new Snapshots(data.snapshots) }),
      inject: [EventStore, EventCodec, CommandBus, Clock, PersonalData, DataDirectory],
    };
    return { module: IntakeModule, imports: [PredictionsHttpModule], providers: [intake], exports: [Intake] };
  }
}
