import { Module } from '@nestjs/common';
import { GraphqlKitModule } from '#libs/graphql-kit';
import { MonitorCommandResolver } from './command-resolver.js';
import { LiveWindowResolver } from './live-resolver.js';
import { LiveWindows } from './live-windows.js';
import { MonitoringReadModule } from './read.module.js';
import { MonitoringReader } from './reader.js';
import { MeasurementResolver, MonitorResolver } from './resolver.js';

/**
 * Monitors and measurements in GraphQL. The process provides `ClickHouse`, `EventStore`, `EventCodec` and the command bus.
 */
@Module({
  imports: [GraphqlKitModule, MonitoringReadModule],
  providers: [MonitoringReader, MonitorResolver, MeasurementResolver, MonitorCommandResolver, LiveWindows, LiveWindowResolver],
})
export class MonitoringGraphqlModule {}
