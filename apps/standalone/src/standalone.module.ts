import { Global, Inject, Module, type BeforeApplicationShutdown, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { AlertsWriteModule } from '#libs/alerts';
import { AlertsReadModule } from '#libs/alerts/read';
import { AuditReadModule } from '#libs/audit/read';
import { ALL_EVENTS } from '#libs/catalogue';
import { ClickHouse, migrate } from '#libs/clickhouse';
import { type Configuration } from '#libs/configuration';
import { DeploymentsWriteModule } from '#libs/deployments';
import { DeploymentsReadModule } from '#libs/deployments/read';
import { IdentityWriteModule, processMeta } from '#libs/identity';
import { IdentityHttpModule } from '#libs/identity/http';
import { Clock } from '#libs/kernel';
import { OperationsLog } from '#libs/operations';
import { OperationsHttpModule, ReadinessChecks } from '#libs/operations/http';
import { MonitoringWriteModule } from '#libs/monitoring';
import { MonitoringHttpModule } from '#libs/monitoring/http';
import { EvaluatorModule, MonitoringReadModule } from '#libs/monitoring/read';
import { DataDirectory, EmbeddedPlatform } from '#libs/platform';
import { Intake } from '#libs/predictions';
import { GRAPHQL_ROUTES, GraphqlModule } from '../../api/src/graphql.module.js';
import { EngineModule } from '../../evaluator/src/engine.module.js';
import { EvaluatorLoop } from '../../evaluator/src/evaluator-loop.js';
import { IntakeModule } from '../../ingest/src/intake.module.js';
import { NatsIntakeModule } from '../../ingest/src/nats-intake.module.js';
import { ReadProgressModule } from './read-progress.module.js';
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
    @Inject(EvaluatorLoop) private readonly evaluator: EvaluatorLoop,
    @Inject(OperationsLog) private readonly operations: OperationsLog,
  ) {}

  static forRoot(configuration: Configuration, version: string): DynamicModule {
    const directory = new DataDirectory(configuration.dataDirectory);
    const nats = configuration.nats && { ...configuration.nats, name: 'driftledger' };
    return {
      module: StandaloneModule,
      imports: [
        EmbeddedPlatform.forRoot({ directory, events: ALL_EVENTS, level: configuration.logLevel, nats, traces: configuration.traces }),
        AccessModule,
        { ...IdentityHttpModule.forRoot({ name: 'driftledger', version, foreignRoutes: GRAPHQL_ROUTES }), global: true },
        DeploymentsWriteModule,
        AlertsWriteModule,
        AlertsReadModule,
        AuditReadModule,
        DeploymentsReadModule,
        MonitoringWriteModule,
        MonitoringReadModule,
        MonitoringHttpModule,
        EvaluatorModule,
        EngineModule.forRoot(version),
        IntakeModule.forRoot(configuration),
        ...(configuration.nats ? [NatsIntakeModule.forRoot(configuration.nats)] : []),
        OperationsHttpModule.forRoot({ version, unknownVariables: configuration.unknown }),
        GraphqlModule.forRoot(ReadProgressModule),
      ],
      providers: [Readers, ReadinessChecks, EvaluatorLoop],
    };
  }

  /** The read model is brought up to date before anything is answered from it. */
  async onApplicationBootstrap(): Promise<void> {
    const report = await migrate(this.clickHouse, { clock: this.clock });
    // The first creation of the read model changes nothing that anybody has seen.
    if (report.applied.length < report.known) await this.operations.migrated(report, processMeta('start'));
    await this.readers.start();
    this.evaluator.start();
  }

  /** What was received is stored before anything closes. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.intake.close();
    await this.evaluator.stop();
  }
}
