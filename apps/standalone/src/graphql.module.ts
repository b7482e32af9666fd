import { Module } from '@nestjs/common';
import { AlertsGraphqlModule } from '#libs/alerts/graphql';
import { AuditGraphqlModule } from '#libs/audit/graphql';
import { DeploymentsGraphqlModule } from '#libs/deployments/graphql';
import { GraphqlServerModule } from '#libs/graphql-kit';
import { RouteAccess } from '#libs/identity/http';
import { IdentityGraphqlModule } from '#libs/identity/graphql';
import { MonitoringGraphqlModule } from '#libs/monitoring/graphql';
import { PredictionsGraphqlModule } from '#libs/predictions/graphql';
import { ReadProgressModule } from './read-progress.module.js';

/** Routes that are no controllers: GraphQL admits its callers itself, the page of GraphiQL holds no data. */
export const GRAPHQL_ROUTES: Readonly<Record<string, RouteAccess>> = { '/graphql': RouteAccess.open(), '/graphiql': RouteAccess.open() };

/** GraphQL of every context in one server. */
@Module({
  imports: [
    GraphqlServerModule.forRoot({ access: [IdentityGraphqlModule, ReadProgressModule] }),
    AlertsGraphqlModule,
    AuditGraphqlModule,
    DeploymentsGraphqlModule,
    MonitoringGraphqlModule,
    PredictionsGraphqlModule,
  ],
})
export class GraphqlModule {}
