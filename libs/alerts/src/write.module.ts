import { Module } from '@nestjs/common';
import { handlersFor } from '#libs/event-store';
import { ALERT_COMMANDS, type AlertCommand } from './commands.js';
import { alertDecider } from './decider.js';
import { alertStream } from './events.js';

/** Command handlers of alerts. The process provides `EventStore` and `EventCodec`. */
@Module({
  providers: handlersFor({
    decider: alertDecider,
    streamOf: (command: AlertCommand) => alertStream(command.data.alertId),
    commands: ALERT_COMMANDS,
  }),
})
export class AlertsWriteModule {}
