import { Global, Inject, Module, type BeforeApplicationShutdown, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { AlertsWriteModule } from '#libs/alerts';
import { AlertsReadModule } from '#libs/alerts/read';
import { AuditReadModule } from '#libs/audit/read';
import { ClickHouse, migrate } from '#libs/clickhouse';
import { type Configuration } from '#libs/configuration';
import { DeploymentsWriteModule } from '#libs/deployments';
import { DeploymentsReadModule } from '#libs/deployments/read';
import { IdentityWriteModule } from '#libs/identity';
import { IdentityHttpModule } from '#libs/identity/http';
import { Clock } from '#libs/kernel';
import { DataDirectory, EmbeddedPlatform } from '#libs/platform';
import { Intake } from '#libs/predictions';
import { ALL_EVENTS } from './events.js';
import { GRAPHQL_ROUTES, GraphqlModule } from './graphql.module.js';
import { IntakeModule } from './intake.module.js';
import { Readers } from './readers.js';

/** Makes the record of refused commands available to the write side of every context. */
@Global()
@Module({ imports: [IdentityWriteModule], exports: [IdentityWriteModule] })
class AccessModule {}

/** Everything in one process: the platform on embedded engines and every context. */
@Module({})
export class StandaloneModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(ClickHouse) private readonly clickHouse: ClickHouse,
    @Inject(Readers) private readonly readers: Readers,
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
        { ...IdentityHttpModule.forRoot({ name: 'driftledger', version, foreignRoutes: GRAPHQL_ROUTES }), global: true },
        DeploymentsWriteModule,
        AlertsWriteModule,
        AlertsReadModule,
        AuditReadModule,
        DeploymentsReadModule,
        IntakeModule.forRoot(configuration),
        GraphqlModule,
      ],
      providers: [Readers],
    };
  }

  /** The read model is brought up to date before anything is answered from it. */
  async onApplicationBootstrap(): Promise<void> {
    await migrate(this.clickHouse, { clock: this.clock });
    await this.readers.start();
  }

  /** What was received is stored before anything closes. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.intake.close();
  }
}
