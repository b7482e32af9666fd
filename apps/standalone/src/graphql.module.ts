import { Module } from '@nestjs/common';
import { AlertsGraphqlModule } from '#libs/alerts/graphql';
import { AuditGraphqlModule } from '#libs/audit/graphql';
import { DeploymentsGraphqlModule } from '#libs/deployments/graphql';
import { GraphqlAccess, GraphqlServerModule } from '#libs/graphql-kit';
import { AccessGuard, RouteAccess } from '#libs/identity/http';
import { Authenticator } from '#libs/identity';
import { IdentityGraphqlAccess } from '#libs/identity/graphql';

/** Routes that are no controllers: GraphQL admits its callers itself, the page of GraphiQL holds no data. */
export const GRAPHQL_ROUTES: Readonly<Record<string, RouteAccess>> = { '/graphql': RouteAccess.open(), '/graphiql': RouteAccess.open() };

/** Who may ask what: the same keys, sessions and roles as everywhere. */
@Module({
  providers: [
    {
      provide: GraphqlAccess,
      useFactory: (guard: AccessGuard, authenticator: Authenticator) => new IdentityGraphqlAccess(guard, authenticator),
      inject: [AccessGuard, Authenticator],
    },
  ],
  exports: [GraphqlAccess],
})
class AccessForGraphqlModule {}

/** GraphQL of every context in one server. */
@Module({
  imports: [
    GraphqlServerModule.forRoot({ access: [AccessForGraphqlModule] }),
    AlertsGraphqlModule,
    AuditGraphqlModule,
    DeploymentsGraphqlModule,
  ],
})
export class GraphqlModule {}
