import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type ClickHouse, ClickHouseError, Count, FileIntentStore, ProjectionRunner, defineQuery, migrate } from '#libs/clickhouse';
import { openHttp } from '#libs/clickhouse/http';
import { type Position } from '#libs/kernel';
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-http/start-front.js';
import { SHOP_TABLES, logOf, shop } from './projection-shop.mjs';

const EPOCHS = '20261124013000_projections_epochs.sql';
const ROUNDS = 6;
const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-server-kill-'));

const Found = defineQuery({
  name: 'Found',
  purpose: 'spec',
  sql: `SELECT (SELECT count() FROM driftledger.shop_sales_v1) AS sales, (SELECT uniqExact(position) FROM driftledger.shop_sales_v1) AS different,
    (SELECT sum(amount) FROM driftledger.shop_sales_v1) AS earned, (SELECT count() FROM driftledger.shop_dear_v1 FINAL) AS dear,
    (SELECT sum(sold) FROM driftledger.shop_counts_v1) AS sold, (SELECT sum(amount) FROM driftledger.shop_counts_v1) AS amount`,
  params: z.object({}),
  row: z.object({ sales: Count, different: Count, earned: Count, dear: Count, sold: Count, amount: Count }),
});

/** What the tables must hold after the first so many sales, summed up without any database. */
const expected = (until: number) => {
  const every = Array.from({ length: until }, (_, index) => index + 1);
  const kept = every.filter((amount) => amount % 5 !== 0);
  const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0);
  const dear = kept.filter((amount) => amount % 2 === 0).length;
  return { sales: kept.length, different: kept.length, earned: sum(kept), dear, sold: until, amount: sum(every) };
};

describe('a projection whose ClickHouse server is killed', () => {
  let front: ClickHouseFront;
  let clickHouse: ClickHouse;
  let life = 0;
  let checkpoint: Position | undefined;

  beforeAll(async () => {
    mkdirSync(path.join(directory, 'files'));
    writeFileSync(path.join(directory, 'files/20260101000000_shop.sql'), SHOP_TABLES);
    copyFileSync(path.join(import.meta.dirname, '../../migrations/clickhouse', EPOCHS), path.join(directory, 'files', EPOCHS));
    front = await startClickHouseFront();
    clickHouse = openHttp({ url: front.url, requestTimeoutMs: 20_000 });
  });
  beforeEach(async () => {
    await clickHouse.command('DROP DATABASE IF EXISTS driftledger SYNC');
    await migrate(clickHouse, { directory: path.join(directory, 'files') });
    life += 1;
    checkpoint = undefined;
  });
  afterAll(async () => {
    await front.control.release();
    await clickHouse.close();
    await front.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** One process that goes on for as long as it takes, as a subscription does: after an error it asks again where to begin. */
  const project = async (until: number, batch: number): Promise<void> => {
    const log = logOf(until, 500);
    const intents = new FileIntentStore(path.join(directory, `intents-${life}`));
    const runner = new ProjectionRunner({ projection: shop, clickHouse, intents, epoch: BigInt(life), retryDelayMs: 20 });
    for (let done = false; !done;) {
      try {
        const after = await runner.resumeFrom(checkpoint);
        const rest = log.filter(({ position }) => !after || position.commit > after.commit);
        for (let at = 0; at < rest.length; at += batch) {
          await runner.handle(rest.slice(at, at + batch));
          checkpoint = rest[Math.min(at + batch, rest.length) - 1]?.position;
        }
        done = true;
      } catch (error) {
        expect(error).toBeInstanceOf(ClickHouseError);
        expect(error).toMatchObject({ transient: true });
        await pause(50);
      }
    }
  };

  it.each(
    (['before', 'inside', 'after'] as const).flatMap((when) => [['shop_sales_v1 (', when] as const, ['shop_counts_v1 (', when] as const]),
  )('writes each row once when it is killed with an insert into %s %s its execution', async (matches, when) => {
    await front.control.inject({ kind: 'hold', when, matches });
    const going = project(12, 5);
    await front.control.untilHeld();
    await front.restart();
    await going;
    expect((await clickHouse.query(Found, {}))[0]).toEqual(expected(12));
  });

  it(`writes each row once when it is killed ${ROUNDS} times at any moment`, async () => {
    const until = 3_000;
    let done = false;
    const going = project(until, 40).finally(() => (done = true));
    for (let round = 1; round <= ROUNDS && !done; round += 1) {
      await pause(60 + ((round * 137) % 250));
      await front.restart();
    }
    await going;
    expect((await clickHouse.query(Found, {}))[0]).toEqual(expected(until));
  }, 120_000);

  it('writes each row once when the connection breaks while the server goes on with the insert', async () => {
    await front.control.inject({ kind: 'hold', when: 'inside', matches: 'shop_sales_v1 (' });
    const going = project(12, 5);
    await front.control.untilHeld();
    await front.control.dropConnections();
    const sent = async (): Promise<number> =>
      (await front.control.stats()).seen.filter(({ statement }) => statement.startsWith('INSERT INTO driftledger.shop_sales_v1')).length;
    const before = await sent();
    // Two of the same block are under way then: the one nobody waits for any more, and its repetition.
    while ((await sent()) === before) await pause(10);
    await front.control.release();
    await going;
    expect((await clickHouse.query(Found, {}))[0]).toEqual(expected(12));
  });
});
