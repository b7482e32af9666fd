import { Registry, collectDefaultMetrics } from 'prom-client';

/** The metrics of this process; a registry of its own, so that two applications in one process (as in tests) do not meet. */
export class Metrics {
  readonly registry = new Registry();
  private collecting = false;

  /** Adds memory, event loop, garbage collection and process metrics under `driftledger_`. */
  collectProcess(): void {
    if (this.collecting) return;
    this.collecting = true;
    collectDefaultMetrics({ register: this.registry, prefix: 'driftledger_' });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** In the text format that Prometheus reads. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
