import { type DynamicModule, Module } from '@nestjs/common';
import { Clock, SystemClock } from '#libs/kernel';
import { CorrelationContext } from './correlation.js';
import { type LogLevel, JsonLogger } from './json-logger.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

/** `clock` defaults to the system's. */
export type ObservabilityOptions = { readonly level: LogLevel; readonly clock?: Clock };

/** Logger, metrics, readiness, correlation ids and the clock of a process. Part of a platform module, which makes it global. */
@Module({})
export class ObservabilityModule {
  static forRoot({ level, clock }: ObservabilityOptions): DynamicModule {
    const correlation = new CorrelationContext();
    const metrics = new Metrics();
    metrics.collectProcess();
    return {
      module: ObservabilityModule,
      providers: [
        { provide: Clock, useValue: clock ?? new SystemClock() },
        { provide: CorrelationContext, useValue: correlation },
        { provide: JsonLogger, useValue: new JsonLogger({ level, correlation }) },
        { provide: Metrics, useValue: metrics },
        { provide: Readiness, useValue: new Readiness() },
      ],
      exports: [Clock, CorrelationContext, JsonLogger, Metrics, Readiness],
    };
  }
}
