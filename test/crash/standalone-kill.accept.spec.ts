import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ledgerOfLog, ledgerOfReadModel, type Ledger } from '../support/ledger.js';
import { StandaloneProcess } from '../support/standalone-process.js';

const KILLS = 20;
const FEATURES = ['a', 'b', 'c'];
const PATH = '/v1/deployments/crash/predictions';

/** Repeatable pseudo-random numbers in [0, 1). */
const seeded = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x80000000;
};

/** One request: a key, and records whose values are whole numbers, so that sums are exact. */
type Sent = { readonly key: string; readonly body: string; readonly rows: readonly (readonly number[])[] };

class Producer {
  readonly acknowledged: Sent[] = [];
  private readonly random = seeded(7);
  private made = 0;
  /** Sent, but never answered: sent again with the same key, as a careful producer does. */
  private open: Sent[] = [];

  /** Sends until the process is gone. */
  async run(standalone: StandaloneProcess): Promise<void> {
    for (;;) {
      const request = this.open.shift() ?? this.make();
      this.open.push(request);
      const response = await standalone.post(PATH, request.body, { 'idempotency-key': request.key }).catch(() => undefined);
      const answer = response?.ok ? ((await response.json().catch(() => undefined)) as { accepted: number } | undefined) : undefined;
      if (!answer) return;
      expect(answer.accepted).toBe(request.rows.length);
      this.open = this.open.filter((other) => other !== request);
      this.acknowledged.push(request);
    }
  }

  /** Everything still open is sent until it is answered. */
  async finish(standalone: StandaloneProcess): Promise<void> {
    for (const request of this.open) {
      const response = await standalone.post(PATH, request.body, { 'idempotency-key': request.key });
      expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ accepted: request.rows.length })]);
      this.acknowledged.push(request);
    }
  }

  private make(): Sent {
    this.made += 1;
    const size = this.random() < 0.5 ? 1 + Math.floor(this.random() * 5) : 100 + Math.floor(this.random() * 400);
    const rows = Array.from({ length: size }, () => FEATURES.map(() => Math.floor(this.random() * 1_000)));
    const body = rows
      .map((row, at) =>
        JSON.stringify({ id: `${this.made}-${at}`, features: Object.fromEntries(FEATURES.map((name, i) => [name, row[i]])) }),
      )
      .join('\n');
    return { key: `request-${this.made}`, body, rows };
  }
}

const ledgerOf = (sent: readonly Sent[]): Ledger => {
  const rows = sent.flatMap((request) => request.rows);
  const tally = (at: number): { count: number; sum: number } => ({
    count: rows.length,
    sum: rows.reduce((sum, row) => sum + (row[at] ?? 0), 0),
  });
  return { ids: rows.length, features: Object.fromEntries(FEATURES.map((name, at) => [name, tally(at)])) };
};

describe('standalone, killed again and again under load', () => {
  const data = mkdtempSync(join(tmpdir(), 'crash-'));
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it(`keeps every acknowledged prediction exactly once, by id and by value, over ${KILLS} kills`, async () => {
    const producers = [new Producer()];
    const random = seeded(42);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const standalone = await StandaloneProcess.start(data);
      const running = producers.map((producer) => producer.run(standalone));
      await delay(100 + random() * 900);
      await standalone.kill();
      await Promise.all(running);
    }
    const standalone = await StandaloneProcess.start(data);
    for (const producer of producers) await producer.finish(standalone);
    await standalone.caughtUp();
    await standalone.stop();

    const sent = ledgerOf(producers.flatMap((producer) => producer.acknowledged));
    expect(sent.ids).toBeGreaterThan(1_000);
    expect(await ledgerOfLog(join(data, 'log.sqlite'), 'crash')).toEqual(sent);
    const { raw, counted } = await ledgerOfReadModel(join(data, 'clickhouse'), 'crash');
    expect(raw).toEqual(sent);
    for (const name of FEATURES) expect([name, counted[`feature:${name}`]]).toEqual([name, [sent.ids, sent.ids, sent.ids, sent.ids]]);
  });
});
