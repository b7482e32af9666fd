import { type Metrics } from './metrics.js';
import { NoTracing, type Tracing, type TracingOptions } from './tracing.js';

/** Tracing as an operator wants it. Without options nothing of OpenTelemetry is loaded. */
export const openTracing = async (options: TracingOptions | undefined, metrics: Metrics): Promise<Tracing> => {
  if (!options) return new NoTracing();
  const { OtlpTracing } = await import('./otlp-tracing.js');
  return new OtlpTracing(options, metrics);
};
