import { Module } from '@nestjs/common';
import { AlertsFeed } from './feed.js';

/** The read side of alerts. The process provides `ClickHouse`, runs `alertsProjection` and fires `AlertsFeed.changed` as it moves. */
@Module({ providers: [AlertsFeed], exports: [AlertsFeed] })
export class AlertsReadModule {}
