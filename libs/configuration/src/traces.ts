import { z } from 'zod';
import { ConfigurationError } from './configuration-error.js';

/** Where spans are sent, over OTLP. */
export type Traces = {
  /** Base address of a collector, such as `http://collector:4318`; `/v1/traces` is added. */
  readonly endpoint: string;
  /** Of traces that begin here, the share that is kept, from 0 to 1. Whoever calls with a trace has decided already. */
  readonly share: number;
  /** What the spans of this process say they are from; undefined: its own name. */
  readonly service: string | undefined;
};

const Environment = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().regex(/^https?:\/\/[^\s@]+$/, 'takes http://host:4318 or https://host:4318, without a user'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0|1|0?\.\d+|1\.0+)$/, 'takes a share from 0 to 1')
    .transform(Number)
    .default(1),
  OTEL_SERVICE_NAME: z.string().max(200).optional(),
});

/**
 * Where spans go, by the variables OpenTelemetry knows them by; an empty variable counts as absent. Undefined when no endpoint is given:
 * the process makes no spans. The exporter reads further variables itself, such as `OTEL_EXPORTER_OTLP_HEADERS`.
 * @throws ConfigurationError that names every variable that cannot be used
 */
export const readTraces = (environment: Readonly<Record<string, string | undefined>>): Traces | undefined => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  if (given['OTEL_EXPORTER_OTLP_ENDPOINT'] === undefined) return undefined;
  const result = Environment.safeParse(given);
  if (!result.success) throw new ConfigurationError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: share, OTEL_SERVICE_NAME: service } = result.data;
  return { endpoint: endpoint.replace(/\/+$/, ''), share, service };
};
