import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { SHOP_TABLES } from './projection-shop.mjs';

const ROUNDS = 12;
const ROOT = path.join(import.meta.dirname, '../..');
const CHILD = path.join(import.meta.dirname, 'projection-child.mjs');
const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-kill-'));

beforeAll(() => {
  if (!existsSync(path.join(ROOT, 'dist/libs/clickhouse/src/index.js')))
    throw new Error('run npm run build first: the child runs the compiled files');
  mkdirSync(path.join(directory, 'migrations'));
  writeFileSync(path.join(directory, 'migrations/20260101000000_shop.sql'), SHOP_TABLES);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const start = (until: number, batch: number): { child: ChildProcess; lines: AsyncIterator<string> } => {
  const child = spawn(process.execPath, [CHILD, directory, String(until), String(batch)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
};

/** Lets a process project for a while, kills it, and answers the last place it acknowledged. */
const killAfter = async (ms: number, batch: number): Promise<number> => {
  const { child, lines } = start(Number.MAX_SAFE_INTEGER, batch);
  await lines.next();
  const gone = once(child, 'exit');
  await pause(ms);
  child.kill('SIGKILL');
  await gone;
  let last = 0;
  for (let line = await lines.next(); !line.done; line = await lines.next()) last = Number(/^at (\d+)$/.exec(line.value)?.[1] ?? last);
  return last;
};

/** What the tables must hold after the first so many sales, summed up without any database. */
const expected = (until: number) => {
  const every = Array.from({ length: until }, (_, index) => index + 1);
  const kept = every.filter((amount) => amount % 5 !== 0);
  const dear = kept.filter((amount) => amount % 2 === 0);
  const sum = (amounts: readonly number[]) => String(amounts.reduce((a, b) => a + b, 0));
  return {
    until,
    sales: { rows: String(kept.length), positions: String(kept.length), amount: sum(kept) },
    dear: { rows: String(dear.length), amount: sum(dear) },
    counts: { rows: String(until), amount: sum(every), reached: String(until * 10) },
  };
};

describe('a process that projects and is killed', () => {
  it(`neither loses nor doubles a row, killed ${ROUNDS} times without warning`, async () => {
    let acknowledged = 0;
    // Moments spread over what a batch takes, the same in every run.
    for (let round = 1; round <= ROUNDS; round += 1)
      acknowledged = Math.max(acknowledged, await killAfter(40 + ((round * 137) % 350), round % 3 === 0 ? 20 : 900));
    expect(acknowledged).toBeGreaterThan(0);

    const until = acknowledged + 3_000;
    const { child, lines } = start(until, 900);
    const gone = once(child, 'exit');
    let last = '';
    for (let line = await lines.next(); !line.done; line = await lines.next()) last = line.value;
    expect(await gone).toEqual([0, null]);
    expect(JSON.parse(last)).toEqual(expected(until));
  }, 180_000);
});
