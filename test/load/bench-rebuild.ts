import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, rebuild } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { EventCodec, type EventStore } from '#libs/event-store';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { SystemClock, timeOrderedId, type CommandMeta, type Recorded } from '#libs/kernel';
import { PREDICTION_EVENTS, predictionsProjection, type PredictionEvent } from '#libs/predictions';
import { StandaloneProcess } from '../support/standalone-process.js';
import { ndjson, preparedRecords } from './prediction-bodies.js';

const SCALE = Number(process.env['BENCH_SCALE'] ?? 1);
/** Real batches, made by a real process, are repeated until the log holds so many predictions. */
const PREDICTIONS = Math.round(1_000_000 * SCALE);
const BATCH = 500;
const DISTINCT = 40;
/** About what a rebuild of the command line takes of such events at a time: 8 MiB as they are stored. */
const EVENTS_IN_A_BATCH = 80;

const codec = new EventCodec(PREDICTION_EVENTS);

/** Batches of a real process: its schema is settled and its grids are set. */
async function template(data: string): Promise<readonly Recorded<PredictionEvent>[]> {
  const standalone = await StandaloneProcess.start(data);
  const records = preparedRecords();
  for (let n = 0; n < DISTINCT + 4; n += 1) {
    const response = await standalone.post('/v1/deployments/bench/predictions', ndjson(records, 'p', n * BATCH, BATCH));
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  }
  await standalone.stop();
  const store = new SqliteEventStore({ file: join(data, 'log.sqlite'), clock: new SystemClock() });
  const recorded: Recorded<PredictionEvent>[] = [];
  for await (const stored of store.readAll()) {
    if (stored.type === 'PredictionBatchRecorded') recorded.push(codec.decode<PredictionEvent>(stored));
  }
  await store.close();
  return recorded.slice(-DISTINCT);
}

/** Fills a log of its own with the batches, each with ids nobody has yet. */
async function fill(store: EventStore, batches: readonly Recorded<PredictionEvent>[]): Promise<void> {
  const id = timeOrderedId();
  const meta: CommandMeta = {
    ...{ commandId: id, correlationId: id, causationId: id },
    actor: { principalId: id, kind: 'job', via: 'bench' },
    source: { surface: 'internal', addressClass: 'process' },
  };
  let expected: bigint | 'no_stream' = 'no_stream';
  for (let n = 0; n < PREDICTIONS / BATCH; n += 1) {
    const batch = batches[n % batches.length];
    if (!batch) throw new Error('no batch to repeat');
    const data = { ...batch.data, columns: { ...batch.data.columns, id: batch.data.columns.id.map((_, row) => `${n}-${row}`) } };
    const event = codec.encode({ type: batch.type, data }, meta, timeOrderedId(), { trusted: true });
    const { revision } = await store.append('predictions-bench', [event], { expected });
    expected = revision;
  }
}

async function* decoded(store: EventStore): AsyncIterable<readonly Recorded[]> {
  let batch: Recorded[] = [];
  for await (const stored of store.readStream('predictions-bench')) {
    batch.push(codec.decode(stored));
    if (batch.length < EVENTS_IN_A_BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const data = mkdtempSync(join(process.env['BENCH_DIRECTORY'] ?? tmpdir(), 'bench-rebuild-'));
try {
  const batches = await template(join(data, 'template'));
  const store = new SqliteEventStore({ file: join(data, 'log.sqlite'), clock: new SystemClock() });
  await fill(store, batches);
  const clickHouse = openChdb({ path: join(data, 'clickhouse') });
  await migrate(clickHouse, { clock: new SystemClock() });
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const rebuilt = await rebuild({ clickHouse, projection: predictionsProjection, batches: decoded(store) });
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const result = {
    bench: 'rebuild',
    node: process.version,
    predictions: PREDICTIONS,
    events: rebuilt.events,
    seconds: Math.round(seconds * 10) / 10,
    predictionsPerSecond: Math.round(PREDICTIONS / seconds),
    cpuMicrosecondsPerPrediction: Math.round((10 * (user + system)) / PREDICTIONS) / 10,
    residentMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
  await rebuilt.discard();
  await clickHouse.close();
  await store.close();
  console.log(JSON.stringify(result, undefined, 2));
} finally {
  rmSync(data, { recursive: true, force: true });
}
