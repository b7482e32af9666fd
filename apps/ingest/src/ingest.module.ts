import { Inject, Module, type BeforeApplicationShutdown, type DynamicModule } from '@nestjs/common';
import { type Configuration, type Servers } from '#libs/configuration';
import { DeploymentsWriteModule } from '#libs/deployments';
import { ReadinessChecks } from '#libs/operations/http';
import { ProgramModule } from '#libs/platform';
import { Intake } from '#libs/predictions';
import { IntakeModule } from './intake.module.js';
import { NatsIntakeModule } from './nats-intake.module.js';
import { Writers } from './writers.js';
import { WritersModule } from './writers.module.js';

/** Predictions and labels, over HTTP and NATS. Each deployment is written by one copy; the others send its requests on. */
@Module({})
export class IngestModule implements BeforeApplicationShutdown {
  constructor(
    @Inject(Intake) private readonly intake: Intake,
    @Inject(Writers) private readonly writers: Writers,
  ) {}

  /** @param url at which other copies reach this one */
  static forRoot(configuration: Configuration, servers: Servers, about: { readonly version: string; readonly url: string }): DynamicModule {
    const { version, url } = about;
    return {
      module: IngestModule,
      imports: [
        ProgramModule.forRoot({ program: 'ingest', version, configuration, servers }),
        DeploymentsWriteModule,
        WritersModule.forRoot(url),
        IntakeModule.forRoot(configuration),
        NatsIntakeModule.forRoot(servers.nats),
      ],
      providers: [ReadinessChecks],
    };
  }

  /** What was received is stored before anybody else may write. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.intake.close();
    await this.writers.stop();
  }
}
