import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ledgerOfLog, ledgerOfReadModel } from '../support/ledger.js';
import { StandaloneProcess } from '../support/standalone-process.js';
import { ndjson, preparedRecords } from './prediction-bodies.js';
import { slopeOf } from './slope.js';

/** Half the target rate of intake, and what has to hold at it for ten minutes. */
const RATE = 15_000;
const MINUTES = 10;
const SLOPE_MIB_PER_MINUTE_MAX = 1;
const LAG_SECONDS_MAX = 5;
/** Share of the rate that was asked for below which the machine, and not the program, was measured. */
const RATE_HELD_MIN = 0.98;

const BATCH = 500;
const AT_ONCE = 6;
const WARM_BATCHES = 5;
const LOOK_EVERY_MS = 500;
const SAMPLE_EVERY_MS = 10_000;
const MIB = 2 ** 20;

type Memory = { readonly residentMiB: number; readonly heapMiB: number; readonly externalMiB: number; readonly engineMiB: number };
/** What is resident is the mean of all looks since the sample before: merges and collections rise and fall within seconds. */
type Sample = Memory & { readonly minute: number; readonly fileMiB: number; readonly load: number };
type Acknowledged = { readonly at: number; readonly position: bigint };

const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
const percentile = (values: readonly number[], share: number): number =>
  rounded(values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0, 2);

/** One process under a steady rate, from another process, on an empty directory. */
class Soak {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly latencies: number[] = [];
  private readonly lags: number[] = [];
  private readonly samples: Sample[] = [];
  /** Answered and not seen counted yet, in the order of the answers. */
  private open: Acknowledged[] = [];
  private newest = 0n;
  private next = 0;
  private isSending = true;

  constructor(
    private readonly standalone: StandaloneProcess,
    private readonly rate: number,
    private readonly minutes: number,
    private readonly records = preparedRecords(),
  ) {}

  /** Predictions sent. */
  get sent(): number {
    return (WARM_BATCHES + this.next) * BATCH;
  }

  async run(): Promise<{ readonly isHeld: boolean } & Readonly<Record<string, unknown>>> {
    // The schema, the words and the grids are learnt first; what is watched is a deployment that is known.
    for (let n = 0; n < WARM_BATCHES; n += 1) await this.post(ndjson(this.records, 'warm', n * BATCH, BATCH));
    await this.standalone.caughtUp();
    this.open = [];
    const start = performance.now();
    const watching = this.watch(start);
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.worker(start)));
    const seconds = (performance.now() - start) / 1_000;
    this.isSending = false;
    await watching;
    this.agent.destroy();
    const rateHeld = (this.next * BATCH) / seconds;
    const half = this.samples.filter(({ minute }) => minute >= this.minutes / 2);
    const slope = slopeOf(half.map(({ minute, residentMiB }) => [minute, residentMiB]));
    const lag = Math.max(...this.lags);
    return {
      predictions: this.next * BATCH,
      seconds: rounded(seconds),
      predictionsPerSecond: Math.round(rateHeld),
      memoryMiBPerMinute: { slope: rounded(slope.slope, 2), standardError: rounded(slope.standardError, 2), samples: half.length },
      lagSeconds: { p50: percentile(this.lags, 0.5), p99: percentile(this.lags, 0.99), highest: rounded(lag, 2) },
      latencyMs: { p50: percentile(this.latencies, 0.5), p99: percentile(this.latencies, 0.99), highest: percentile(this.latencies, 1) },
      samples: this.samples,
      isHeld: slope.slope < SLOPE_MIB_PER_MINUTE_MAX && lag < LAG_SECONDS_MAX && rateHeld >= this.rate * RATE_HELD_MIN,
    };
  }

  /** Sends what is due; one that is late sends at once, so that a pause of the process is made up for. */
  private async worker(start: number): Promise<void> {
    const until = start + this.minutes * 60_000;
    for (;;) {
      const due = start + (this.next * BATCH * 1_000) / this.rate;
      if (due >= until || performance.now() >= until) return;
      const first = BATCH * this.next++;
      await delay(Math.max(0, due - performance.now()));
      const sent = performance.now();
      await this.post(ndjson(this.records, 'p', first, BATCH));
      this.latencies.push(performance.now() - sent);
    }
  }

  private async post(body: string): Promise<void> {
    const answer = await this.ask('POST', '/v1/deployments/soak/predictions', body);
    const { accepted, position } = JSON.parse(answer) as { accepted: number; position: string };
    if (accepted !== BATCH) throw new Error(`not everything was accepted: ${answer.slice(0, 300)}`);
    this.open.push({ at: performance.now(), position: BigInt(position) });
    if (BigInt(position) > this.newest) this.newest = BigInt(position);
  }

  private ask(method: string, path: string, body?: string): Promise<string> {
    const headers = { authorization: `Bearer ${this.standalone.key}`, 'content-type': 'application/x-ndjson' };
    return new Promise((resolve, reject) => {
      const asked = request(`${this.standalone.url}${path}`, { method, headers, agent: this.agent }, (response) => {
        text(response).then(resolve, reject);
      });
      asked.on('error', reject).end(body);
    });
  }

  /** Lag is how long the oldest prediction has waited that was accepted and is not counted; memory is what the process says. */
  private async watch(start: number): Promise<void> {
    let sampled = start;
    let looks: Memory[] = [];
    while (this.isSending || this.open.length > 0) {
      const newest = this.newest;
      const found = await this.ask('GET', '/metrics');
      const now = performance.now();
      const lag = BigInt(/^driftledger_subscription_lag_events\{subscription="predictions\.v1"\} (\d+)$/m.exec(found)?.[1] ?? '0');
      this.open = this.open.filter(({ position }) => position > newest - lag);
      this.lags.push(Math.max(0, now - (this.open[0]?.at ?? now)) / 1_000);
      looks.push(memoryOf(found));
      if (this.isSending && now - sampled >= SAMPLE_EVERY_MS) {
        // A sample stands for the middle of its looks.
        this.sample((now + sampled - 2 * start) / 120_000, meanOf(looks));
        [sampled, looks] = [now, []];
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  private sample(minute: number, memory: Memory): void {
    const sample = { minute: rounded(minute, 2), ...memory, fileMiB: fileMiBOf(this.standalone.pid), load: rounded(loadavg()[0] ?? 0) };
    this.samples.push(sample);
    process.stderr.write(`${JSON.stringify({ ...sample, lag: rounded(this.lags.at(-1) ?? 0, 2) })}\n`);
  }
}

/** What is not JavaScript's heap nor outside memory it holds belongs to the engines, to SQLite and to the program's own text. */
function memoryOf(metrics: string): Memory {
  const mib = (name: string): number => {
    const value = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(metrics)?.[1];
    if (value === undefined) throw new Error(`the metrics lack ${name}`);
    return Number(value) / MIB;
  };
  const residentMiB = mib('driftledger_process_resident_memory_bytes');
  const heapMiB = mib('driftledger_nodejs_heap_size_total_bytes');
  const externalMiB = mib('driftledger_nodejs_external_memory_bytes');
  const engineMiB = residentMiB - heapMiB - externalMiB;
  return { residentMiB, heapMiB, externalMiB, engineMiB };
}

function meanOf(looks: readonly Memory[]): Memory {
  const mean = (name: keyof Memory): number => rounded(looks.reduce((sum, look) => sum + look[name], 0) / looks.length);
  return { residentMiB: mean('residentMiB'), heapMiB: mean('heapMiB'), externalMiB: mean('externalMiB'), engineMiB: mean('engineMiB') };
}

/** The part of resident memory that is files mapped, such as programs: it can be had again at no cost. Linux only; 0 elsewhere. */
function fileMiBOf(pid: number): number {
  try {
    return Math.round(Number(/^RssFile:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}

const { values } = parseArgs({ options: { rate: { type: 'string' }, minutes: { type: 'string' } } });
const [rate, minutes] = [Number(values.rate ?? RATE), Number(values.minutes ?? MINUTES)];
if (!(rate > 0) || !(minutes > 0)) throw new RangeError(`--rate and --minutes are numbers above 0, got ${rate} and ${minutes}`);
const data = mkdtempSync(join(process.env['BENCH_DIRECTORY'] ?? tmpdir(), 'soak-'));
try {
  const standalone = await StandaloneProcess.start(data);
  const soak = new Soak(standalone, rate, minutes);
  const { isHeld, ...result } = await soak.run().finally(() => standalone.stop());
  const log = await ledgerOfLog(join(data, 'log.sqlite'), 'soak');
  const { counted } = await ledgerOfReadModel(join(data, 'clickhouse'), 'soak');
  const exactlyOnce = log.ids === soak.sent && counted['volume']?.[0] === soak.sent;
  const bounds = { memoryMiBPerMinute: SLOPE_MIB_PER_MINUTE_MAX, lagSeconds: LAG_SECONDS_MAX, predictionsPerSecond: rate * RATE_HELD_MIN };
  const summary = { soak: { rate, minutes }, node: process.version, ...result, exactlyOnce, bounds, isHeld: isHeld && exactlyOnce };
  process.stdout.write(`${JSON.stringify(summary, undefined, 2)}\n`);
  if (!summary.isHeld) process.exitCode = 1;
} finally {
  rmSync(data, { recursive: true, force: true });
}
