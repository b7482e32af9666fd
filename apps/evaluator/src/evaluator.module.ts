import { Inject, Module, type BeforeApplicationShutdown, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { AlertsWriteModule } from '#libs/alerts';
import { type Configuration, type Servers } from '#libs/configuration';
import { EvaluatorModule } from '#libs/monitoring/read';
import { ReadinessChecks } from '#libs/operations/http';
import { LeasedRoles, ProgramModule } from '#libs/platform';
import { EngineModule } from './engine.module.js';
import { EvaluatorLoop } from './evaluator-loop.js';
import { Reactors } from './reactors.js';

/** Due windows, measurements, alerts: by one evaluator at a time, with the others standing by. */
@Module({})
export class EvaluatorProgramModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(LeasedRoles) private readonly roles: LeasedRoles,
    @Inject(EvaluatorLoop) private readonly loop: EvaluatorLoop,
    @Inject(Reactors) private readonly reactors: Reactors,
  ) {}

  static forRoot(configuration: Configuration, servers: Servers, version: string): DynamicModule {
    return {
      module: EvaluatorProgramModule,
      imports: [
        ProgramModule.forRoot({ program: 'evaluator', version, configuration, servers }),
        AlertsWriteModule,
        EvaluatorModule,
        EngineModule.forRoot(version),
      ],
      providers: [EvaluatorLoop, Reactors, ReadinessChecks],
    };
  }

  onApplicationBootstrap(): void {
    this.roles.start('evaluator', (signal) => this.measure(signal));
    this.reactors.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.roles.stop();
  }

  private async measure(signal: AbortSignal): Promise<void> {
    this.loop.start();
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await this.loop.stop();
  }
}
