import { Module, type DynamicModule } from '@nestjs/common';
import { AlertsWriteModule } from '#libs/alerts';
import { AlertsReadModule } from '#libs/alerts/read';
import { AuditReadModule } from '#libs/audit/read';
import { type Configuration, type Servers } from '#libs/configuration';
import { DeploymentsWriteModule } from '#libs/deployments';
import { DeploymentsReadModule } from '#libs/deployments/read';
import { MonitoringWriteModule } from '#libs/monitoring';
import { MonitoringHttpModule } from '#libs/monitoring/http';
import { MonitoringReadModule } from '#libs/monitoring/read';
import { ReadinessChecks } from '#libs/operations/http';
import { ProgramModule } from '#libs/platform';
import { FeedSignals } from './feed-signals.js';
import { GRAPHQL_ROUTES, GraphqlModule } from './graphql.module.js';
import { RemoteReadProgressModule } from './remote-read-progress.module.js';

/** GraphQL with its feeds, and references over HTTP. */
@Module({})
export class ApiModule {
  static forRoot(configuration: Configuration, servers: Servers, version: string): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        ProgramModule.forRoot({ program: 'api', version, configuration, servers, foreignRoutes: GRAPHQL_ROUTES }),
        DeploymentsWriteModule,
        AlertsWriteModule,
        MonitoringWriteModule,
        AlertsReadModule,
        AuditReadModule,
        DeploymentsReadModule,
        MonitoringReadModule,
        MonitoringHttpModule,
        GraphqlModule.forRoot(RemoteReadProgressModule),
      ],
      providers: [FeedSignals, ReadinessChecks],
    };
  }
}
