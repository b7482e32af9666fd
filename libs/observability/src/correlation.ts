import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of one request carries. `traceId`: 32 hex digits of the caller's trace (W3C Trace Context), when it sent one. */
export type Correlation = { readonly requestId: string; readonly correlationId: string; readonly traceId?: string };

/** Carries the ids of a request along its asynchronous work, so that nobody has to hand a logger around. */
export class CorrelationContext {
  private readonly storage = new AsyncLocalStorage<Correlation>();

  run<T>(correlation: Correlation, work: () => T): T {
    return this.storage.run(correlation, work);
  }

  current(): Correlation | undefined {
    return this.storage.getStore();
  }
}
