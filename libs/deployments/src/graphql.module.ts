import { Module } from '@nestjs/common';
import { GraphqlKitModule } from '#libs/graphql-kit';
import { DeploymentsReadModule } from './read.module.js';
import { DeploymentResolver } from './resolver.js';

/** Deployments in GraphQL. The process provides `ClickHouse` and the command bus. */
@Module({ imports: [GraphqlKitModule, DeploymentsReadModule], providers: [DeploymentResolver] })
export class DeploymentsGraphqlModule {}
