import { Module } from '@nestjs/common';
import { MonitoringFeed } from './feed.js';

/** The read side of monitoring. The process provides `ClickHouse`, runs `monitoringProjection` and fires `MonitoringFeed.changed`. */
@Module({ providers: [MonitoringFeed], exports: [MonitoringFeed] })
export class MonitoringReadModule {}
