import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { ledgerOfLog, ledgerOfReadModel } from '../support/ledger.js';
import { StandaloneProcess } from '../support/standalone-process.js';
import { cpuShares } from './cpu-shares.js';
import { ndjson, preparedRecords } from './prediction-bodies.js';

/** One kind of load: this process prepares bodies, sends them over so many connections, and waits for each answer. */
type Case = { readonly name: string; readonly size: number; readonly requests: number; readonly atOnce: number; readonly pauseMs?: number };

const SCALE = Number(process.env['BENCH_SCALE'] ?? 1);
const CASES: readonly Case[] = [
  { name: 'batches of 500', size: 500, requests: Math.round(400 * SCALE), atOnce: 6 },
  { name: 'single predictions', size: 1, requests: Math.round(20_000 * SCALE), atOnce: 128 },
  { name: 'batches of 500 at 5,000 a second', size: 500, requests: Math.round(100 * SCALE), atOnce: 1, pauseMs: 100 },
  { name: 'one at a time, as at 10,000 a day', size: 1, requests: Math.round(2_000 * SCALE), atOnce: 1 },
];

/** How often freshness is looked at. Asking costs the process a few milliseconds, which it would rather spend on predictions. */
const LOOK_EVERY_MS = 100;

type Acknowledged = { readonly at: number; readonly position: bigint };

const percentile = (values: readonly number[], share: number): number =>
  Math.round((values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0) * 10) / 10;

const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

/** One case against a process of its own, on an empty directory. */
class Bench {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 256 });
  private readonly latencies: number[] = [];
  private readonly acknowledged: Acknowledged[] = [];
  private readonly freshness: number[] = [];
  private sending = true;

  constructor(
    private readonly about: Case,
    private readonly data: string,
    private readonly standalone: StandaloneProcess,
    private readonly records: readonly string[],
  ) {}

  async run(): Promise<{ readonly seconds: number } & Readonly<Record<string, unknown>>> {
    const { size, requests, atOnce } = this.about;
    // The schema, the words and the grids are learnt first; what is measured is a deployment that is known.
    for (let n = 0; n < 5; n += 1) await this.post(ndjson(this.records, 'warm', n * 500, 500));
    await this.standalone.caughtUp();
    const bodies = Array.from({ length: requests }, (_, n) => ndjson(this.records, 'p', n * size, size));
    const before = await this.metrics();
    const bytesBefore = this.bytes();
    const watching = this.watch();
    const start = performance.now();
    const next = bodies.values();
    await Promise.all(Array.from({ length: atOnce }, () => this.worker(next)));
    const answered = (performance.now() - start) / 1_000;
    await this.standalone.caughtUp(120_000);
    const counted = (performance.now() - start) / 1_000;
    this.sending = false;
    await watching;
    const after = await this.metrics();
    this.agent.destroy();
    await this.standalone.stop();
    const sent = requests * size;
    return {
      case: this.about.name,
      predictions: sent,
      seconds: Math.round(counted * 10) / 10,
      predictionsPerSecondAnswered: Math.round(sent / answered),
      predictionsPerSecondCounted: Math.round(sent / counted),
      latencyMsP50: percentile(this.latencies, 0.5),
      latencyMsP99: percentile(this.latencies, 0.99),
      freshnessMsP50: percentile(this.freshness, 0.5),
      freshnessMsP99: percentile(this.freshness, 0.99),
      cpuMicrosecondsPerPrediction: Math.round(((after.cpuSeconds - before.cpuSeconds) * 1e6) / sent),
      residentMiB: Math.round(after.residentBytes / 2 ** 20),
      bytesPerPrediction: Math.round((this.bytes() - bytesBefore) / sent),
      exactlyOnce: await this.exactlyOnce(sent + 2_500),
    };
  }

  private async worker(bodies: Iterator<string>): Promise<void> {
    for (let body = bodies.next(); !body.done; body = bodies.next()) {
      const sent = performance.now();
      const position = await this.post(body.value);
      const at = performance.now();
      this.latencies.push(at - sent);
      this.acknowledged.push({ at, position });
      if (this.about.pauseMs !== undefined) await delay(Math.max(0, this.about.pauseMs - (at - sent)));
    }
  }

  private async post(body: string): Promise<bigint> {
    const answer = await this.ask('POST', '/v1/deployments/bench/predictions', body);
    const { accepted, position } = JSON.parse(answer) as { accepted: number; position: string };
    if (accepted !== body.split('\n').length) throw new Error(`not everything was accepted: ${answer.slice(0, 300)}`);
    return BigInt(position);
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

  /** How long after its answer a prediction is counted: lag is asked for all the time, and compared with the newest answer. */
  private async watch(): Promise<void> {
    for (let counted = 0; this.sending || counted < this.acknowledged.length; await delay(LOOK_EVERY_MS)) {
      const newest = this.acknowledged.reduce((highest, { position }) => (position > highest ? position : highest), 0n);
      const { lag } = await this.metrics();
      const now = performance.now();
      for (let next = this.acknowledged[counted]; next && next.position <= newest - lag; next = this.acknowledged[counted]) {
        this.freshness.push(Math.max(0, now - next.at));
        counted += 1;
      }
    }
  }

  private async metrics(): Promise<{ cpuSeconds: number; residentBytes: number; lag: bigint }> {
    const found = await this.ask('GET', '/metrics');
    const value = (name: string): string => new RegExp(`^${name}(?:\\{[^}]*\\})? ([0-9.e+]+)$`, 'm').exec(found)?.[1] ?? '0';
    const lag = /^driftledger_subscription_lag_events\{subscription="predictions\.v1"\} (\d+)$/m.exec(found)?.[1] ?? '0';
    return {
      cpuSeconds: Number(value('driftledger_process_cpu_seconds_total')),
      residentBytes: Number(value('driftledger_process_resident_memory_bytes')),
      lag: BigInt(lag),
    };
  }

  private bytes(): number {
    return bytesBelow(this.data);
  }

  private async exactlyOnce(expected: number): Promise<boolean> {
    const log = await ledgerOfLog(join(this.data, 'log.sqlite'), 'bench');
    const { raw, counted } = await ledgerOfReadModel(join(this.data, 'clickhouse'), 'bench');
    const counts = [
      raw.ids,
      log.ids,
      ...Object.values(raw.features).map(({ count }) => count),
      counted['volume']?.[0],
      counted['volume']?.[1],
    ];
    return counts.every((count) => count === expected);
  }
}

const records = preparedRecords();
const only = process.env['BENCH_CASE'];
const isProfiled = process.env['BENCH_PROFILE'] !== undefined;
const results: object[] = [];
// Each case has a process of its own; the profile that is kept is that of the last one.
for (const about of CASES.filter(({ name }) => only === undefined || name === only)) {
  const data = mkdtempSync(join(process.env['BENCH_DIRECTORY'] ?? tmpdir(), 'bench-ingest-'));
  const profile = process.env['BENCH_PROFILE'] ?? '';
  try {
    const preload = import.meta.resolve('./profiled.js');
    const environment = isProfiled ? { NODE_OPTIONS: `--import ${preload}`, BENCH_PROFILE_FILE: profile } : {};
    const standalone = await StandaloneProcess.start(data, environment);
    const result = await new Bench(about, data, standalone, records).run();
    results.push(isProfiled ? { ...result, cpuSharesPercent: cpuShares(profile, result.seconds) } : result);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
console.log(JSON.stringify({ bench: 'ingest', node: process.version, results }, undefined, 2));
