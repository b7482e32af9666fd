import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StandaloneProcess } from '../support/standalone-process.js';
import { ndjson, preparedRecords } from './prediction-bodies.js';

const SCALE = Number(process.env['BENCH_SCALE'] ?? 1);
const BATCH = 500;
const BATCHES = Math.round(20_000 * SCALE);
const AT_ONCE = 4;
const LOOKS = 20;
/** Memory of standalone after 10 million predictions. */
const TARGET_MIB = 1_536;

const residentMiB = async (standalone: StandaloneProcess): Promise<number> => {
  const text = await (await fetch(`${standalone.url}/metrics`, { headers: { authorization: `Bearer ${standalone.key}` } })).text();
  const bytes = /^driftledger_process_resident_memory_bytes(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1];
  if (bytes === undefined) throw new Error('the metrics lack driftledger_process_resident_memory_bytes');
  return Math.round(Number(bytes) / 2 ** 20);
};

/** Bodies are made as they are sent, so that this process does not hold millions of predictions itself. */
const send = async (standalone: StandaloneProcess, records: readonly string[], from: number, until: number): Promise<void> => {
  let next = from;
  const worker = async (): Promise<void> => {
    while (next < until) {
      const body = ndjson(records, 'p', BATCH * next++, BATCH);
      const response = await standalone.post('/v1/deployments/bench/predictions', body);
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      await response.text();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
};

const data = mkdtempSync(join(process.env['BENCH_DIRECTORY'] ?? tmpdir(), 'bench-memory-'));
try {
  const standalone = await StandaloneProcess.start(data);
  const records = preparedRecords();
  const seen: { predictions: number; residentMiB: number }[] = [];
  const start = performance.now();
  for (let look = 0; look < LOOKS; look += 1) {
    const [from, until] = [look, look + 1].map((part) => Math.round((BATCHES * part) / LOOKS));
    await send(standalone, records, from ?? 0, until ?? 0);
    seen.push({ predictions: (until ?? 0) * BATCH, residentMiB: await residentMiB(standalone) });
    process.stderr.write(`${JSON.stringify(seen.at(-1))}\n`);
  }
  await standalone.caughtUp(120_000);
  const seconds = Math.round((performance.now() - start) / 1_000);
  const result = { bench: 'memory', node: process.version, seconds, seen, afterMiB: await residentMiB(standalone), targetMiB: TARGET_MIB };
  await standalone.stop();
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
} finally {
  rmSync(data, { recursive: true, force: true });
}
