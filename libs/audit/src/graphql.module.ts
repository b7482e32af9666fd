import { Module } from '@nestjs/common';
import { GraphqlKitModule } from '#libs/graphql-kit';
import { AuditReadModule } from './read.module.js';
import { AuditResolver } from './resolver.js';

/** The audit trail in GraphQL. */
@Module({ imports: [GraphqlKitModule, AuditReadModule], providers: [AuditResolver] })
export class AuditGraphqlModule {}
