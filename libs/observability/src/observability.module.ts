import { type DynamicModule, Module } from '@nestjs/common';
import { Clock, SystemClock } from '#libs/kernel';
import { CorrelationContext } from './correlation.js';
import { watchDisk } from './disk.js';
import { type LogLevel, JsonLogger } from './json-logger.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

/** `clock` defaults to the system's. `directory`: whose disk is watched; it has to exist when the metrics are read. */
export type ObservabilityOptions = { readonly level: LogLevel; readonly clock?: Clock; readonly directory?: string };

/** Logger, metrics, readiness, correlation ids and the clock of a process. Part of a platform module, which makes it global. */
@Module({})
export class ObservabilityModule {
  static forRoot({ level, clock, directory }: ObservabilityOptions): DynamicModule {
    const correlation = new CorrelationContext();
    const time = clock ?? new SystemClock();
    const metrics = new Metrics(time);
    metrics.collectProcess();
    if (directory !== undefined) watchDisk(metrics, directory);
    return {
      module: ObservabilityModule,
      providers: [
        { provide: Clock, useValue: time },
        { provide: CorrelationContext, useValue: correlation },
        { provide: JsonLogger, useValue: new JsonLogger({ level, correlation }) },
        { provide: Metrics, useValue: metrics },
        { provide: Readiness, useValue: new Readiness() },
      ],
      exports: [Clock, CorrelationContext, JsonLogger, Metrics, Readiness],
    };
  }
}
