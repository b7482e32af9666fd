export { type Correlation, CorrelationContext } from './correlation.js';
export { type JsonLoggerOptions, type LogLevel, LOG_LEVELS, JsonLogger } from './json-logger.js';
export { Metrics } from './metrics.js';
export { type ReadinessCheck, type ReadinessReport, Readiness } from './readiness.js';
export { REDACTED, redact, redactText } from './redaction.js';
export { type ObservabilityOptions, ObservabilityModule } from './observability.module.js';
export { type OpenSpan, type SpanAbout, type SpanValues, NoTracing, Tracing, type TracingOptions } from './tracing.js';
