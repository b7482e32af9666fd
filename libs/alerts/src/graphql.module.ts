import { Module } from '@nestjs/common';
import { GraphqlKitModule } from '#libs/graphql-kit';
import { AlertsReadModule } from './read.module.js';
import { AlertReader } from './reader.js';
import { AlertChangeResolver, AlertCommandResolver, AlertResolver } from './resolver.js';

/** Alerts in GraphQL. The process provides `ClickHouse`, `Clock` and the command bus. */
@Module({
  imports: [GraphqlKitModule, AlertsReadModule],
  providers: [AlertReader, AlertResolver, AlertChangeResolver, AlertCommandResolver],
})
export class AlertsGraphqlModule {}
