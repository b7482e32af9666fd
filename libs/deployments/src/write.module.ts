import { Module } from '@nestjs/common';
import { handlersFor } from '#libs/event-store';
import { DEPLOYMENT_COMMANDS, type DeploymentCommand } from './commands.js';
import { deploymentDecider } from './decider.js';
import { deploymentStream } from './deployments.js';

@Module({
  providers: handlersFor({
    decider: deploymentDecider,
    streamOf: (command: DeploymentCommand) => deploymentStream(command.data.deploymentId),
    commands: DEPLOYMENT_COMMANDS,
  }),
})
export class DeploymentsWriteModule {}
