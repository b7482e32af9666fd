import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { SqliteEventStore } from '#libs/event-store/sqlite';
import { SystemClock } from '#libs/kernel';

const ROUNDS = 12;
const BUILT = path.join(process.cwd(), 'dist/libs/event-store/src/sqlite/index.js');

/** What one life of the writer acknowledged before it was killed. */
type Acknowledged = {
  readonly settings: string;
  readonly appends: readonly { stream: string; revision: bigint; ids: readonly string[] }[];
};

/** Runs the writer, lets it acknowledge something, kills it after `ms` more. */
const oneLife = async (file: string, round: number, ms: number): Promise<Acknowledged> => {
  const child = spawn(process.execPath, [path.join(process.cwd(), 'test/crash/append-forever.mjs'), file, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  let first = (): void => undefined;
  const began = new Promise<void>((resolve, reject) => {
    first = resolve;
    child.once('exit', () => reject(new Error('the writer ended by itself')));
  });
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    if (lines.length > 1) first();
  });
  const ended = new Promise<void>((resolve) => reader.once('close', resolve));
  await began;
  await delay(ms);
  child.kill('SIGKILL');
  await ended;
  const appends = lines.slice(1).flatMap((line) => {
    const [, stream, revision, ids] = /^(\S+) (\d+) (\S+)$/.exec(line) ?? [];
    return stream === undefined || revision === undefined || ids === undefined
      ? []
      : [{ stream, revision: BigInt(revision), ids: ids.split(',') }];
  });
  return { settings: lines[0] ?? '', appends };
};

/** Where every event stands, and every event that does not stand right behind the one before it in its stream. */
const inspect = async (store: SqliteEventStore): Promise<{ recovered: ReadonlyMap<string, string>; gaps: readonly string[] }> => {
  const recovered = new Map<string, string>();
  const next = new Map<string, bigint>();
  const gaps: string[] = [];
  for await (const { id, stream, revision } of store.readAll()) {
    const place = `${stream} ${revision}`;
    if (revision !== (next.get(stream) ?? 0n) || recovered.has(id)) gaps.push(place);
    recovered.set(id, place);
    next.set(stream, revision + 1n);
  }
  return { recovered, gaps };
};

describe('the SQLite event log, killed while many write', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'event-store-kill-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it(`has every acknowledged event at its place, no gap and no damage, ${ROUNDS} times in a row`, async () => {
    if (!existsSync(BUILT)) throw new Error('this test runs the built library: npm run build comes first, npm test does it');
    const file = path.join(directory, 'log.db');
    const places = new Map<string, string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const { settings, appends } = await oneLife(file, round, (round * 67) % 150);
      expect(settings).toBe('synchronous 2');
      for (const { stream, revision, ids } of appends) {
        ids.forEach((id, index) => places.set(id, `${stream} ${revision - BigInt(ids.length - 1 - index)}`));
      }
      const store = new SqliteEventStore({ file, clock: new SystemClock() });
      const { recovered, gaps } = await inspect(store);
      expect(gaps).toEqual([]);
      expect([...places].filter(([id, place]) => recovered.get(id) !== place)).toEqual([]);
      if (round === ROUNDS - 1) expect(await store.integrityCheck()).toEqual([]);
      await store.close();
    }
    expect(places.size).toBeGreaterThan(ROUNDS);
  }, 120_000);
});
