import { Module } from '@nestjs/common';
import { ReferenceIntake } from './reference-intake.js';
import { ReferencesController } from './references.controller.js';

/** Counts of reference files over HTTP. The process provides `ClickHouse`, `EventStore`, `EventCodec` and the command bus. */
@Module({ controllers: [ReferencesController], providers: [ReferenceIntake] })
export class MonitoringHttpModule {}
