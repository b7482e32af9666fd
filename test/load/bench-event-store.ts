import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';
import { EventCodec, defineEvent } from '#libs/event-store';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { type CommandMeta, SystemClock, timeOrderedId } from '#libs/kernel';

/** What is measured: so many writers, each waiting for its append to be durable before the next, with bodies of so many bytes. */
type Case = { readonly name: string; readonly writers: number; readonly bytes: number; readonly seconds: number };

const CASES: readonly Case[] = [
  { name: 'one writer, 1 KB', writers: 1, bytes: 1_000, seconds: 2 },
  { name: '64 writers, 1 KB', writers: 64, bytes: 1_000, seconds: 4 },
  { name: 'one writer, 100 KB', writers: 1, bytes: 100_000, seconds: 2 },
  { name: '8 writers, 100 KB', writers: 8, bytes: 100_000, seconds: 4 },
];
const Noise = defineEvent('NoiseRecorded', { version: 1, schema: z.object({ text: z.string() }) });
const id = timeOrderedId();
const META: CommandMeta = {
  commandId: id,
  correlationId: id,
  causationId: id,
  actor: { principalId: id, kind: 'job', via: 'bench' },
  source: { surface: 'internal', addressClass: 'process' },
};

const percentile = (sorted: readonly number[], share: number): number =>
  Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) * 1_000) / 1_000;

const measure = async ({ name, writers, bytes, seconds }: Case, directory: string): Promise<object> => {
  const file = path.join(directory, `${writers}-${bytes}.db`);
  const store = new SqliteEventStore({ file, clock: new SystemClock() });
  const template = new EventCodec([Noise]).encode(Noise.make({ text: 'n' }), META, id);
  const body = Buffer.alloc(bytes, 'x');
  const latencies: number[] = [];
  const stalls = monitorEventLoopDelay({ resolution: 1 });
  stalls.enable();
  const start = performance.now();
  const write = async (writer: number): Promise<void> => {
    for (let now = performance.now(); now - start < seconds * 1_000; now = performance.now()) {
      await store.append(`noise-${writer}`, [{ ...template, id: timeOrderedId(), body }], { expected: 'any' });
      latencies.push(performance.now() - now);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const elapsed = (performance.now() - start) / 1_000;
  stalls.disable();
  const reading = performance.now();
  let read = 0;
  for await (const event of store.readAll()) read += event.body.length > 0 ? 1 : 0;
  const readSeconds = (performance.now() - reading) / 1_000;
  await store.close();
  latencies.sort((a, b) => a - b);
  return {
    name,
    appendsPerSecond: Math.round(latencies.length / elapsed),
    megabytesPerSecond: Math.round((latencies.length * bytes) / elapsed / 1e6),
    latencyMsP50: percentile(latencies, 0.5),
    latencyMsP99: percentile(latencies, 0.99),
    eventLoopStallMsP99: Math.round(stalls.percentile(99) / 1e4) / 100,
    eventLoopStallMsMax: Math.round(stalls.max / 1e4) / 100,
    bytesBesideBody: Math.round(statSync(file).size / latencies.length - bytes),
    readEventsPerSecond: Math.round(read / readSeconds),
  };
};

const directory = mkdtempSync(path.join(process.env['BENCH_DIRECTORY'] ?? tmpdir(), 'bench-event-store-'));
try {
  const results: object[] = [];
  for (const given of CASES) results.push(await measure(given, directory));
  console.log(JSON.stringify({ bench: 'event-store', node: process.version, results }, undefined, 2));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
