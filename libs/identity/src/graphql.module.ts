import { Module } from '@nestjs/common';
import { GraphqlAccess } from '#libs/graphql-kit';
import { IdentityEdgeModule } from './edge.module.js';
import { IdentityGraphqlAccess } from './graphql-access.js';

/**
 * Gives the GraphQL server its `GraphqlAccess`. The routes of that server recognise their callers themselves, so the HTTP edge lets
 * them be open.
 */
@Module({
  imports: [IdentityEdgeModule],
  providers: [{ provide: GraphqlAccess, useClass: IdentityGraphqlAccess }],
  exports: [GraphqlAccess],
})
export class IdentityGraphqlModule {}
