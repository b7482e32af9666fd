import { Module } from '@nestjs/common';
import { DeploymentTrafficResolver, PredictionResolver } from './resolver.js';

/** Predictions in GraphQL, and the traffic of deployments. The process provides `ClickHouse`. */
@Module({ providers: [PredictionResolver, DeploymentTrafficResolver] })
export class PredictionsGraphqlModule {}
