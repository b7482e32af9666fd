import { type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import { type Metrics } from './metrics.js';

/** Of `ExportResultCode` in a package that is not otherwise needed. */
const SUCCESS = 0;

/** Counts what reached the collector and what did not: nothing else would tell an operator that traces are missing. */
export class CountedExporter implements SpanExporter {
  constructor(
    private readonly exporter: SpanExporter,
    private readonly metrics: Metrics,
  ) {}

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.exporter.export(spans, (result) => {
      this.metrics.spans.inc({ outcome: result.code === SUCCESS ? 'sent' : 'lost' }, spans.length);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }
}
