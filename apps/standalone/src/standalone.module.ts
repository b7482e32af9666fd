import { Global, Inject, Module, type BeforeApplicationShutdown, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { ClickHouse, migrate } from '#libs/clickhouse';
import { type Configuration } from '#libs/configuration';
import { DeploymentsWriteModule } from '#libs/deployments';
import { IdentityWriteModule } from '#libs/identity';
import { IdentityHttpModule } from '#libs/identity/http';
import { Clock } from '#libs/kernel';
import { DataDirectory, EmbeddedPlatform, ProjectionHost } from '#libs/platform';
import { Intake, predictionsProjection } from '#libs/predictions';
import { ALL_EVENTS } from './events.js';
import { IntakeModule } from './intake.module.js';

/** Makes the record of refused commands available to the write side of every context. */
@Global()
@Module({ imports: [IdentityWriteModule], exports: [IdentityWriteModule] })
class AccessModule {}

/** Everything in one process: the platform on embedded engines and every context. */
@Module({})
export class StandaloneModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(ClickHouse) private readonly clickHouse: ClickHouse,
    @Inject(ProjectionHost) private readonly projections: ProjectionHost,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Intake) private readonly intake: Intake,
  ) {}

  static forRoot(configuration: Configuration, version: string): DynamicModule {
    const directory = new DataDirectory(configuration.dataDirectory);
    return {
      module: StandaloneModule,
      imports: [
        EmbeddedPlatform.forRoot({ directory, events: ALL_EVENTS, level: configuration.logLevel }),
        AccessModule,
        IdentityHttpModule.forRoot({ name: 'driftledger', version }),
        DeploymentsWriteModule,
        IntakeModule.forRoot(configuration),
      ],
    };
  }

  /** The read model is brought up to date before anything is answered from it. */
  async onApplicationBootstrap(): Promise<void> {
    await migrate(this.clickHouse, { clock: this.clock });
    await this.projections.start(predictionsProjection);
  }

  /** What was received is stored before anything closes. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.intake.close();
  }
}
