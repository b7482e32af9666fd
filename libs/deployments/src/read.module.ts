import { Module } from '@nestjs/common';
import { DeploymentReader } from './reader.js';

/** The read side of deployments. The process runs `deploymentsProjection` and fires `DeploymentReader.changed` as it moves. */
@Module({ providers: [DeploymentReader], exports: [DeploymentReader] })
export class DeploymentsReadModule {}
