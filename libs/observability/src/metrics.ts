import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { type Clock, type Instant, SystemClock } from '#libs/kernel';

/** Reads a value that nobody tells, such as how far behind a reader is, when somebody asks for the metrics. */
type Reading = (now: Instant) => Promise<void> | void;

const PREFIX = 'driftledger_';
const READING_MS_MAX = 2_000;
/** From a batch that a fast disk takes to a log that hardly answers. */
const ACCEPT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * The metrics of this process, all of them, whichever parts of Driftledger it runs; a registry of its own, so that two applications in
 * one process (as in tests) do not meet. Values of labels come from closed sets of the code, never from requests: names of subscriptions
 * and commands, codes of refusals, patterns of routes. What each says to an operator stands in `docs/operations.md`.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly lagEvents = this.gauge('subscription_lag_events', 'Events of the log a subscription has not handled yet', ['subscription']);
  readonly lagSeconds = this.gauge('subscription_lag_seconds', 'Age of the oldest event a subscription has not handled yet', [
    'subscription',
  ]);
  readonly silentSeconds = this.gauge(
    'subscription_silent_seconds',
    'Since the log last told a subscription anything, also that nothing is new',
    ['subscription'],
  );
  readonly stopped = this.gauge('subscription_stopped', '1 when a subscription has stopped with an error and waits for somebody', [
    'subscription',
  ]);
  readonly waitingRequests = this.gauge('intake_waiting_requests', 'Requests of the intake that wait for their append', []);
  readonly acceptSeconds = this.histogram(
    'intake_accept_seconds',
    'From a whole request of the intake to its durable append, of requests that got an answer',
    { labelNames: ['kind'], buckets: ACCEPT_SECONDS },
  );
  readonly records = this.counter('intake_records_total', 'Records of the intake by what became of them', ['kind', 'outcome']);
  readonly refusals = this.counter('refusals_total', 'Refused requests of the intake, and refused commands, by reason', ['of', 'code']);
  readonly requestSeconds = this.histogram('http_request_seconds', 'Answered HTTP requests', {
    labelNames: ['method', 'route', 'status'],
    buckets: ACCEPT_SECONDS,
  });
  readonly windows = this.counter('windows_total', 'Windows the evaluator has measured, skipped or settled', ['outcome']);
  readonly windowDelay = this.gauge(
    'window_delay_seconds',
    'How long the oldest window of the last pass had been waiting to be measured',
    [],
  );
  readonly evaluated = this.gauge('evaluator_completed_timestamp_seconds', 'When the evaluator last completed a pass without an error', []);
  readonly spans = this.counter('spans_total', 'Spans by whether they reached the collector', ['outcome']);
  readonly diskFree = this.gauge('disk_free_bytes', 'Free bytes on the disk of the data directory', []);
  readonly diskSize = this.gauge('disk_size_bytes', 'Size of the disk of the data directory', []);
  private readonly failed = this.counter('reading_failures_total', 'Metrics that could not be read when they were asked for', []);
  private readonly readings: Reading[] = [];
  private collecting = false;

  constructor(private readonly clock: Clock = new SystemClock()) {}

  /** Adds memory, event loop, garbage collection and process metrics under `driftledger_`. */
  collectProcess(): void {
    if (this.collecting) return;
    this.collecting = true;
    collectDefaultMetrics({ register: this.registry, prefix: PREFIX });
  }

  /** Calls `reading` before each answer. One that fails or takes too long is counted, and keeps nobody from the other metrics. */
  onRead(reading: Reading): void {
    this.readings.push(reading);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** In the text format that Prometheus reads. */
  async text(): Promise<string> {
    await Promise.all(this.readings.map((reading) => this.read(reading)));
    return this.registry.metrics();
  }

  private async read(reading: Reading): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('a metric took too long')), READING_MS_MAX);
    });
    try {
      await Promise.race([late, (async () => reading(this.clock.now()))()]);
    } catch {
      this.failed.inc();
    } finally {
      clearTimeout(timer);
    }
  }

  private gauge<L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> {
    const gauge = new Gauge({ name: `${PREFIX}${name}`, help, labelNames, registers: [this.registry] });
    // Without labels it would say 0 in processes that do not measure it: a value nobody has set is no value.
    if (labelNames.length === 0) gauge.remove();
    return gauge;
  }

  private counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name: `${PREFIX}${name}`, help, labelNames, registers: [this.registry] });
  }

  private histogram<L extends string>(
    name: string,
    help: string,
    of: { labelNames: readonly L[]; buckets: readonly number[] },
  ): Histogram<L> {
    return new Histogram({
      name: `${PREFIX}${name}`,
      help,
      labelNames: of.labelNames,
      buckets: [...of.buckets],
      registers: [this.registry],
    });
  }
}
