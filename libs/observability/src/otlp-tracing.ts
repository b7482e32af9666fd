import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, type Span, type SpanContext, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { CountedExporter } from './counted-exporter.js';
import { type Metrics } from './metrics.js';
import { type OpenSpan, type SpanAbout, type SpanValues, Tracing, type TracingOptions } from './tracing.js';

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;
/** Beyond it spans are dropped, not kept: a collector that is slow or away must not fill the memory. */
const WAITING_MAX = 4_096;
const BATCH_MAX = 512;
const BATCH_MS = 2_000;
const EXPORT_MS_MAX = 5_000;
const CLOSE_MS_MAX = 3_000;
/** Batches of which the answer is awaited. */
const EXPORTS_MAX = 4;
const LINKS_MAX = 32;
const TEXT_MAX = 200;
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Spans over OTLP/HTTP as JSON. Nothing is registered globally, and nothing is instrumented by itself. */
export class OtlpTracing extends Tracing {
  override readonly isOn = true;
  private readonly provider: TracerProvider;
  private readonly tracer;
  private readonly current = new AsyncLocalStorage<SpanContext>();

  constructor({ endpoint, share, service, version }: TracingOptions, metrics: Metrics) {
    super();
    const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: EXPORT_MS_MAX, concurrencyLimit: EXPORTS_MAX });
    this.provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
      spanLimits: { attributeValueLengthLimit: TEXT_MAX, linkCountLimit: LINKS_MAX },
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new CountedExporter(exporter, metrics),
          maxQueueSize: WAITING_MAX,
          maxExportBatchSize: BATCH_MAX,
          scheduledDelayMillis: BATCH_MS,
          exportTimeoutMillis: EXPORT_MS_MAX * 2,
        }),
      ],
    });
    this.tracer = this.provider.getTracer('driftledger', version);
  }

  override begin(name: string, about: SpanAbout): OpenSpan {
    return this.start(name, about.causes.flatMap(readTraceparent), about);
  }

  override async during<T>(name: string, about: SpanAbout, work: (traceparent: string | undefined) => Promise<T>): Promise<T> {
    const causes = about.causes.flatMap(readTraceparent);
    const within = this.current.getStore();
    if (within) causes.unshift(within);
    if (!causes.some(isKept)) return work(undefined);
    const span = this.start(name, causes, about);
    try {
      const result = await this.current.run(span.context, () => work(span.traceparent));
      span.end();
      return result;
    } catch (error) {
      span.end({}, error instanceof Error ? error.name : typeof error);
      throw error;
    }
  }

  override async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS_MAX)));
    await Promise.race([this.provider.shutdown().catch(() => undefined), late]);
    clearTimeout(timer);
  }

  /** A trace that is not kept anywhere else is not kept here. */
  private start(name: string, causes: readonly SpanContext[], { kind, values }: SpanAbout): StartedSpan {
    const kept = causes.filter(isKept);
    const parent = kept[0] ?? causes[0];
    const links = othersThan(parent, kept).map((context) => ({ context }));
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    return new StartedSpan(this.tracer.startSpan(name, { kind: KINDS[kind], attributes: values, links }, context));
  }
}

class StartedSpan implements OpenSpan {
  constructor(private readonly span: Span) {}

  get context(): SpanContext {
    return this.span.spanContext();
  }

  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.context;
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  end(values: SpanValues = {}, errorType?: string): void {
    this.span.setAttributes(values);
    if (errorType !== undefined) this.span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', errorType);
    this.span.end();
  }
}

const isKept = ({ traceFlags }: SpanContext): boolean => (traceFlags & TraceFlags.SAMPLED) !== 0;

/** One context, or none when it cannot be read. */
const readTraceparent = (text: string | undefined): readonly SpanContext[] => {
  const [, traceId, spanId, flags = ''] = TRACEPARENT.exec(text ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return [];
  return [{ traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }];
};

/** Each once, as many as a span may have. */
const othersThan = (parent: SpanContext | undefined, contexts: readonly SpanContext[]): readonly SpanContext[] => {
  const others = new Map(contexts.map((context) => [context.spanId, context]));
  if (parent) others.delete(parent.spanId);
  return [...others.values()].slice(0, LINKS_MAX);
};
