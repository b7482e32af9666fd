import { Inject, Module, type BeforeApplicationShutdown, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { AlertsWriteModule } from '#libs/alerts';
import { type Configuration, type Servers } from '#libs/configuration';
import { Clock } from '#libs/kernel';
import { Leases } from '#libs/leases';
import { MessageBus } from '#libs/messaging';
import { Evaluator, EvaluatorModule } from '#libs/monitoring/read';
import { ReadinessChecks } from '#libs/operations/http';
import { LeasedRoles, ProgramModule } from '#libs/platform';
import { EngineModule } from './engine.module.js';
import { EvaluatorLoop } from './evaluator-loop.js';
import { EvaluatorShards } from './evaluator-shards.js';
import { Reactors } from './reactors.js';
import { ShareOfMonitors } from './share-of-monitors.js';

/** Due windows, measurements, alerts: the monitors are shared among all evaluators, and each reactor is run by one of them. */
@Module({})
export class EvaluatorProgramModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(LeasedRoles) private readonly roles: LeasedRoles,
    @Inject(EvaluatorShards) private readonly shards: EvaluatorShards,
    @Inject(Reactors) private readonly reactors: Reactors,
  ) {}

  static forRoot(configuration: Configuration, servers: Servers, version: string): DynamicModule {
    const shards = {
      provide: EvaluatorShards,
      useFactory: (...[roles, leases, bus, clock, evaluator, loop]: [LeasedRoles, Leases, MessageBus, Clock, Evaluator, EvaluatorLoop]) =>
        new EvaluatorShards(
          { roles, leases, bus, clock, shards: servers.evaluatorShards },
          new ShareOfMonitors(evaluator, loop, servers.evaluatorShards),
        ),
      inject: [LeasedRoles, Leases, MessageBus, Clock, Evaluator, EvaluatorLoop],
    };
    return {
      module: EvaluatorProgramModule,
      imports: [
        ProgramModule.forRoot({ program: 'evaluator', version, configuration, servers }),
        AlertsWriteModule,
        EvaluatorModule,
        EngineModule.forRoot(version),
      ],
      providers: [EvaluatorLoop, shards, Reactors, ReadinessChecks],
    };
  }

  onApplicationBootstrap(): void {
    this.shards.start();
    this.reactors.start();
  }

  /** The others hear of it before the leases are free. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.shards.stop();
    await this.roles.stop();
  }
}
