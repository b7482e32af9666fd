import { mkdirSync, mkdtempSync, rmSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { type ClickHouse, Count, InMemoryIntentStore, ProjectionRunner, defineQuery, migrate, rebuild } from '#libs/clickhouse';
import { openHttp } from '#libs/clickhouse/http';
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-http/start-front.js';
import { SHOP_TABLES, logOf, shop } from './projection-shop.mjs';

const LOG = logOf(12, 100);
const EPOCHS = '20261124013000_projections_epochs.sql';
const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-fence-'));
const EVERYTHING = { sales: 10, different: 10, sold: 12, amount: 78 };

const Found = defineQuery({
  name: 'Found',
  purpose: 'spec',
  sql: `SELECT (SELECT count() FROM driftledger.shop_sales_v1) AS sales, (SELECT uniqExact(position) FROM driftledger.shop_sales_v1) AS different,
    (SELECT sum(sold) FROM driftledger.shop_counts_v1) AS sold, (SELECT sum(amount) FROM driftledger.shop_counts_v1) AS amount`,
  params: z.object({}),
  row: z.object({ sales: Count, different: Count, sold: Count, amount: Count }),
});

let front: ClickHouseFront;
let clickHouse: ClickHouse;
beforeAll(async () => {
  mkdirSync(path.join(directory, 'files'));
  writeFileSync(path.join(directory, 'files/20260101000000_shop.sql'), SHOP_TABLES);
  copyFileSync(path.join(import.meta.dirname, '../../migrations/clickhouse', EPOCHS), path.join(directory, 'files', EPOCHS));
  front = await startClickHouseFront();
  clickHouse = openHttp({ url: front.url });
});
beforeEach(async () => {
  await clickHouse.command('DROP DATABASE IF EXISTS driftledger SYNC');
  await migrate(clickHouse, { directory: path.join(directory, 'files') });
});
afterAll(async () => {
  await front.control.release();
  await clickHouse.close();
  await front.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A holder's intents are its own here: what is proven is that the tables alone refuse a replaced writer. */
const holder = (epoch: bigint) =>
  new ProjectionRunner({ projection: shop, clickHouse, intents: new InMemoryIntentStore(), epoch, retryDelayMs: 1 });

describe('two processes that both believe to hold a projection', () => {
  it.each(['before', 'inside', 'after'] as const)(
    'write each row once when the first is held %s its insert and goes on afterwards',
    async (when) => {
      const [first, second] = [holder(1n), holder(2n)];
      await first.resumeFrom(undefined);
      await first.handle(LOG.slice(0, 3));
      await front.control.inject({ kind: 'hold', when, matches: 'shop_sales_v1 (' }, { kind: 'hold', when, matches: 'shop_counts_v1 (' });
      const late = first.handle(LOG.slice(3, 8)).catch((error: unknown) => error);
      await front.control.untilHeld(2);
      const after = await second.resumeFrom(undefined);
      await second.handle(LOG.filter(({ position }) => !after || position.commit > after.commit));
      await front.control.release();
      // What had been written before the take-over was answered late, anything else was refused.
      expect(await late).toEqual(when === 'after' ? undefined : expect.objectContaining({ name: 'ClickHouseError' }));
      expect((await clickHouse.query(Found, {}))[0]).toEqual(EVERYTHING);
    },
  );

  it('refuse the replaced one when it asks again, and each of its inserts', async () => {
    const [first, second] = [holder(1n), holder(2n)];
    await first.resumeFrom(undefined);
    await second.resumeFrom(undefined);
    await expect(first.handle(LOG)).rejects.toThrow('another process writes this projection');
    await expect(first.resumeFrom(undefined)).rejects.toMatchObject({ code: 'REPLACED', transient: false });
    await second.handle(LOG);
    expect((await clickHouse.query(Found, {}))[0]).toEqual(EVERYTHING);
  });

  it('take over again under the same epoch, after an error of their own', async () => {
    const only = holder(3n);
    await only.resumeFrom(undefined);
    await only.handle(LOG.slice(0, 5));
    await only.resumeFrom(LOG[4]?.position);
    await only.handle(LOG);
    expect((await clickHouse.query(Found, {}))[0]).toEqual(EVERYTHING);
  });

  it('refuse rows for a column that another process gave another type of the same width', async () => {
    const only = holder(4n);
    await only.resumeFrom(undefined);
    await only.handle(LOG.slice(0, 3));
    await clickHouse.command('ALTER TABLE driftledger.shop_sales_v1 MODIFY COLUMN amount Int64 SETTINGS mutations_sync = 2');
    await expect(only.handle(LOG.slice(3, 8))).rejects.toThrow('the types of columns have changed');
  });

  it('wait on a cluster for what was written through another replica, and do not rebuild there', async () => {
    const onCluster = openHttp({ url: front.url, cluster: 'main' });
    const intents = new InMemoryIntentStore();
    const holding = new ProjectionRunner({ projection: shop, clickHouse: onCluster, intents, epoch: 9n });
    // The front's tables have no replicas: all that can be seen is that it asks, before it looks.
    await expect(holding.resumeFrom(undefined)).rejects.toThrow(/SYSTEM SYNC REPLICA driftledger\.shop_sales_v1: .*not replicated/);
    const batches = (async function* none(): AsyncGenerator<never> {})();
    await expect(rebuild({ clickHouse: onCluster, projection: shop, batches })).rejects.toMatchObject({ type: 'NOT_IMPLEMENTED' });
    await onCluster.close();
  });
});
