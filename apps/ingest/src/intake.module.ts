import { Global, Logger, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { isLoopback, type Configuration } from '#libs/configuration';
import { EventCodec, EventStore } from '#libs/event-store';
import { Clock } from '#libs/kernel';
import { PersonalData } from '#libs/keys';
import { Metrics } from '#libs/observability';
import { DataDirectory } from '#libs/platform';
import { Intake, type IntakeObserver, Snapshots } from '#libs/predictions';
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
    const intake: Provider = {
      provide: Intake,
      useFactory: (
        store: EventStore,
        codec: EventCodec,
        commands: CommandBus,
        clock: Clock,
        personal: PersonalData,
        data: DataDirectory,
        metrics: Metrics,
      ) => {
        const [snapshots, observer] = [new Snapshots(data.snapshots), measuredBy(metrics)];
        const intake = new Intake({ store, codec, commands, clock, personal, limits, onFirstPost, snapshots, observer });
        metrics.onRead(() => metrics.waitingRequests.set(intake.depth));
        return intake;
      },
      inject: [EventStore, EventCodec, CommandBus, Clock, PersonalData, DataDirectory, Metrics],
    };
    return { module: IntakeModule, imports: [PredictionsHttpModule], providers: [intake], exports: [Intake] };
  }
}

const measuredBy = (metrics: Metrics): IntakeObserver => ({
  answered(kind, { accepted, duplicates, conflicts, refusedCount }, tookMs) {
    metrics.acceptSeconds.observe({ kind }, tookMs / 1_000);
    const outcomes = { accepted, duplicate: duplicates, conflict: conflicts, refused: refusedCount };
    for (const [outcome, count] of Object.entries(outcomes)) metrics.records.inc({ kind, outcome }, count);
  },
  refused: (code) => metrics.refusals.inc({ of: 'request', code }),
});
