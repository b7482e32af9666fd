import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AlertsGraphqlModule } from '#libs/alerts/graphql';
import { AuditGraphqlModule } from '#libs/audit/graphql';
import { DeploymentsGraphqlModule } from '#libs/deployments/graphql';
import { GraphqlServerModule } from '#libs/graphql-kit';
import { RouteAccess } from '#libs/identity/http';
import { IdentityGraphqlModule } from '#libs/identity/graphql';
import { MonitoringGraphqlModule } from '#libs/monitoring/graphql';
import { PredictionsGraphqlModule } from '#libs/predictions/graphql';

/** Routes that are no controllers: GraphQL admits its callers itself, the page of GraphiQL holds no data. */
export const GRAPHQL_ROUTES: Readonly<Record<string, RouteAccess>> = { '/graphql': RouteAccess.open(), '/graphiql': RouteAccess.open() };

/** GraphQL of every context in one server. `progress` provides `ReadProgress`: how far the read model has come, as this process knows it. */
@Module({})
export class GraphqlModule {
  static forRoot(progress: Type): DynamicModule {
    return {
      module: GraphqlModule,
      imports: [
        GraphqlServerModule.forRoot({ access: [IdentityGraphqlModule, progress] }),
        AlertsGraphqlModule,
        AuditGraphqlModule,
        DeploymentsGraphqlModule,
        MonitoringGraphqlModule,
        PredictionsGraphqlModule,
      ],
    };
  }
}
