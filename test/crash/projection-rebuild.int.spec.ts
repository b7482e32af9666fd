import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type ClickHouse,
  InMemoryIntentStore,
  ProjectionRunner,
  type RebuildProgress,
  compareTables,
  migrate,
  rebuild,
} from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { type Recorded } from '#libs/kernel';
import { SHOP_TABLES, logOf, shop } from './projection-shop.mjs';

const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-rebuild-'));
const LOG = logOf(40, 8);
const NAMES = ['shop_sales_v1', 'shop_counts_v1', 'shop_dear_v1'];
const live = (table: string) => ({ database: 'driftledger', table });

/** The log in batches of so many events. */
async function* read(events: number, log: readonly Recorded[] = LOG): AsyncIterable<readonly Recorded[]> {
  for (let at = 0; at < log.length; at += events) yield log.slice(at, at + events);
}

let clickHouse: ClickHouse;
beforeAll(() => {
  mkdirSync(path.join(directory, 'migrations'));
  writeFileSync(path.join(directory, 'migrations/20260101000000_shop.sql'), SHOP_TABLES);
  clickHouse = openChdb({ path: path.join(directory, 'data') });
});
beforeEach(async () => {
  await clickHouse.command('DROP DATABASE IF EXISTS driftledger SYNC');
  await migrate(clickHouse, { directory: path.join(directory, 'migrations') });
  const runner = new ProjectionRunner({ projection: shop, clickHouse, intents: new InMemoryIntentStore() });
  await runner.resumeFrom(undefined);
  for (let at = 0; at < LOG.length; at += 7) await runner.handle(LOG.slice(at, at + 7));
});
afterAll(async () => {
  await clickHouse.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('a rebuild', () => {
  it('equals the live tables row for row, however the batches were cut', async () => {
    const progress: RebuildProgress[] = [];
    const rebuilt = await rebuild({
      clickHouse,
      projection: shop,
      batches: read(11),
      onProgress: (step) => progress.push(step),
    });
    expect(rebuilt.events).toBe(40);
    expect(progress.map(({ events }) => events)).toEqual([11, 22, 33, 40]);
    const compared = await rebuilt.compare();
    expect([...compared.keys()]).toEqual(NAMES);
    for (const [, comparison] of compared) expect(comparison).toMatchObject({ equal: true, differences: [] });
    expect(compared.get('shop_sales_v1')?.rows).toEqual([32, 32]);
    await rebuilt.discard();
  });

  it('names the rows in which a damaged live table differs, and repairs it', async () => {
    await clickHouse.command('ALTER TABLE driftledger.shop_sales_v1 DELETE WHERE amount = 3 SETTINGS mutations_sync = 2');
    await clickHouse.command("INSERT INTO driftledger.shop_counts_v1 SETTINGS insert_deduplicate = 0 VALUES (202601, 'item-1', 1, 0, 10)");
    const rebuilt = await rebuild({ clickHouse, projection: shop, batches: read(200) });
    const before = await rebuilt.compare();
    expect(before.get('shop_sales_v1')).toMatchObject({ equal: false, rows: [31, 32] });
    expect(before.get('shop_sales_v1')?.differences).toEqual([{ row: expect.stringContaining('"item-0"'), surplus: -1 }]);
    expect(
      before
        .get('shop_counts_v1')
        ?.differences.map(({ surplus }) => surplus)
        .sort(),
    ).toEqual([-1, 1]);
    await rebuilt.adopt();
    expect((await rebuilt.compare()).get('shop_sales_v1')?.rows).toEqual([32, 31]);
    await rebuilt.discard();
  });

  it('starts over when the last one was interrupted, and leaves the live tables alone until it is adopted', async () => {
    const stop = new AbortController();
    const interrupted = rebuild({
      clickHouse,
      projection: shop,
      batches: read(5),
      onProgress: () => stop.abort(new Error('stop')),
      signal: stop.signal,
    });
    await expect(interrupted).rejects.toThrow('stop');
    const rebuilt = await rebuild({ clickHouse, projection: shop, batches: read(200, LOG.slice(0, 20)) });
    expect((await rebuilt.compare()).get('shop_counts_v1')?.equal).toBe(false);
    expect((await rebuilt.compare()).get('shop_sales_v1')?.rows).toEqual([32, 16]);
    await rebuilt.discard();
    expect(await compareTables(clickHouse, live('shop_sales_v1'), live('shop_sales_v1'))).toMatchObject({ equal: true, rows: [32, 32] });
  });
});
