import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Clock, SystemClock } from '#libs/kernel';
import { CorrelationContext } from './correlation.js';
import { watchDisk } from './disk.js';
import { type LogLevel, JsonLogger } from './json-logger.js';
import { Metrics } from './metrics.js';
import { openTracing } from './open-tracing.js';
import { Readiness } from './readiness.js';
import { Tracing, type TracingOptions } from './tracing.js';

/**
 * `clock` defaults to the system's. `directory`: whose disk is watched; it has to exist when the metrics are read. `tracing`: undefined
 * when no spans are made.
 */
export type ObservabilityOptions = {
  readonly level: LogLevel;
  readonly clock?: Clock;
  readonly directory?: string;
  readonly tracing?: TracingOptions | undefined;
};

/** Logger, metrics, tracing, readiness, correlation ids and the clock of a process. Part of a platform module, which makes it global. */
@Module({})
export class ObservabilityModule implements OnApplicationShutdown {
  constructor(@Inject(Tracing) private readonly tracing: Tracing) {}

  static forRoot({ level, clock, directory, tracing }: ObservabilityOptions): DynamicModule {
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
        { provide: Tracing, useFactory: () => openTracing(tracing, metrics) },
      ],
      exports: [Clock, CorrelationContext, JsonLogger, Metrics, Readiness, Tracing],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.tracing.close();
  }
}
