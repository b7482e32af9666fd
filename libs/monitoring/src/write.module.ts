import { Module } from '@nestjs/common';
import { handlersFor } from '#libs/event-store';
import { MEASUREMENT_COMMANDS, MONITOR_COMMANDS, type MeasurementCommand, type MonitorCommand } from './commands.js';
import { monitorDecider } from './decider.js';
import { measurementsStream, monitorStream } from './ids.js';
import { measurementsDecider } from './measurements-decider.js';

/** Command handlers of monitors and of their measurements. The process provides `EventStore` and `EventCodec`. */
@Module({
  providers: [
    ...handlersFor({
      decider: monitorDecider,
      streamOf: (command: MonitorCommand) => monitorStream(command.data.monitorId),
      commands: MONITOR_COMMANDS,
    }),
    ...handlersFor({
      decider: measurementsDecider,
      streamOf: (command: MeasurementCommand) => measurementsStream(command.data.monitorId),
      commands: MEASUREMENT_COMMANDS,
    }),
  ],
})
export class MonitoringWriteModule {}
