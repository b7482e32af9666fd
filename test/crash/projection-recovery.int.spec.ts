import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { type Position, type Recorded, positionOf } from '#libs/kernel';
import {
  ClickHouse,
  ClickHouseError,
  type Column,
  type CommandParams,
  Count,
  type DefinedQuery,
  FileIntentStore,
  InMemoryIntentStore,
  type InsertBlock,
  type Intent,
  IntentStore,
  ProjectionRunner,
  type QueryContext,
  defineQuery,
  migrate,
  projectionId,
} from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { type Sold, SHOP_TABLES, logOf, shop } from './projection-shop.mjs';

const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-projection-'));
const data = path.join(directory, 'data');
const migrations = path.join(directory, 'migrations');
const LOG = logOf(12, 4);
const EVERYTHING = {
  sales: LOG.filter((event) => event.data.amount % 5 !== 0).map((event) => event.data.amount),
  dear: LOG.filter((event) => event.data.amount % 5 !== 0 && event.data.amount % 2 === 0).map((event) => event.data.amount),
  sold: 12,
  amount: 78,
};

const Sales = defineQuery({
  name: 'Sales',
  purpose: 'spec',
  sql: 'SELECT groupArray(amount) AS sales FROM (SELECT amount FROM driftledger.shop_sales_v1 ORDER BY position, amount)',
  params: z.object({}),
  row: z.object({ sales: z.array(Count) }),
});
const Dear = defineQuery({
  name: 'Dear',
  purpose: 'spec',
  sql: 'SELECT groupArray(amount) AS dear FROM (SELECT amount FROM driftledger.shop_dear_v1 FINAL ORDER BY position)',
  params: z.object({}),
  row: z.object({ dear: z.array(Count) }),
});
const Counts = defineQuery({
  name: 'Counts',
  purpose: 'spec',
  sql: 'SELECT sum(sold) AS sold, sum(amount) AS amount FROM driftledger.shop_counts_v1',
  params: z.object({}),
  row: z.object({ sold: Count, amount: Count }),
});
const NewestPart = defineQuery({
  name: 'NewestPart',
  purpose: 'spec',
  sql: "SELECT path FROM system.parts WHERE active AND database = 'driftledger' AND table = {table:String} ORDER BY modification_time DESC, min_block_number DESC LIMIT 1",
  params: z.object({ table: z.string() }),
  row: z.object({ path: z.string() }),
});

let real: ClickHouse;
let intents: IntentStore;
let checkpoint: Position | undefined;

beforeAll(() => {
  mkdirSync(migrations);
  writeFileSync(path.join(migrations, '20260101000000_shop.sql'), SHOP_TABLES);
  real = openChdb({ path: data });
});
beforeEach(async () => {
  await real.command('DROP DATABASE IF EXISTS driftledger SYNC');
  await migrate(real, { directory: migrations });
  intents = new InMemoryIntentStore();
  checkpoint = undefined;
});
afterAll(async () => {
  await real.close();
  rmSync(directory, { recursive: true, force: true });
});

/** What a subscription does in one life of a process: asks where to start, delivers batches, saves the checkpoint after each. */
const live = async (
  batch: number,
  clickHouse: ClickHouse = real,
  store: IntentStore = intents,
  log: readonly Recorded<Sold>[] = LOG,
): Promise<void> => {
  const runner = new ProjectionRunner({ projection: shop, clickHouse, intents: store, retryDelayMs: 1 });
  const after = await runner.resumeFrom(checkpoint);
  const rest = log.filter((event) => !after || event.position.commit > after.commit);
  for (let at = 0; at < rest.length; at += batch) {
    const events = rest.slice(at, at + batch);
    await runner.handle(events);
    checkpoint = events.at(-1)?.position;
  }
};

const tables = async () => {
  const [[sales], [dear], [counts]] = await Promise.all([real.query(Sales, {}), real.query(Dear, {}), real.query(Counts, {})]);
  return { ...sales, ...dear, ...counts };
};

class Crash extends Error {}

/** The real engine, in a process that dies before or after its n-th write. */
class Mortal extends ClickHouse {
  writes = 0;
  constructor(
    private readonly dies: number,
    private readonly when: 'before' | 'after',
    private readonly failure: () => Error = () => new Crash(),
  ) {
    super();
  }
  query<P, R>(query: DefinedQuery<P, R>, params: P, context?: QueryContext): Promise<readonly R[]> {
    return real.query(query, params, context);
  }
  command(sql: string, params?: CommandParams): Promise<void> {
    return this.mortally(() => real.command(sql, params));
  }
  columns(table: string): Promise<readonly Column[]> {
    return real.columns(table);
  }
  insert(block: InsertBlock): Promise<void> {
    return this.mortally(() => real.insert(block));
  }
  close(): Promise<void> {
    return real.close();
  }
  private async mortally(write: () => Promise<void>): Promise<void> {
    this.writes += 1;
    const dying = this.writes === this.dies;
    if (dying && this.when === 'before') throw this.failure();
    await write();
    if (dying) throw this.failure();
  }
}

/** Intents in a process that dies after the n-th of them is durable. */
class MortalIntents extends IntentStore {
  saves = 0;
  constructor(private readonly dies: number) {
    super();
  }
  async save(projection: string, intent: Intent): Promise<void> {
    await intents.save(projection, intent);
    this.saves += 1;
    if (this.saves === this.dies) throw new Crash();
  }
  load(projection: string): Promise<Intent | undefined> {
    return intents.load(projection);
  }
}

describe('a projection', () => {
  it('writes each event once, in batches of any size', async () => {
    await live(5);
    expect(await tables()).toEqual(EVERYTHING);
    await live(5);
    expect(await tables()).toEqual(EVERYTHING);
  });

  it('stays within one month per insert', async () => {
    const counting = new Mortal(Infinity, 'before');
    await live(12, counting);
    // Events 1-3, 4-7, 8-11 and 12 fall into four months: two tables and one derived step each.
    expect(counting.writes).toBe(12);
    expect(await tables()).toEqual(EVERYTHING);
  });

  // Batches of 5 are cut by month into 1-3, 4-5, 6-7 and so on: two inserts and one derived step each.
  const steps = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  it.each(steps.flatMap((step) => [[step, 'before'] as const, [step, 'after'] as const]))(
    'neither loses nor doubles a row when the process dies at write %i, %s it',
    async (step, when) => {
      await expect(live(5, new Mortal(step, when))).rejects.toThrow(Crash);
      await live(4);
      expect(await tables()).toEqual(EVERYTHING);
    },
  );

  it.each([1, 2, 3, 4])('neither loses nor doubles a row when the process dies after intent %i', async (save) => {
    await expect(live(5, real, new MortalIntents(save))).rejects.toThrow(Crash);
    await live(3);
    expect(await tables()).toEqual(EVERYTHING);
  });

  it('neither loses nor doubles a row when the process dies before every checkpoint', async () => {
    await live(5);
    for (const lost of [undefined, positionOf(10n), positionOf(70n)]) {
      checkpoint = lost;
      await live(7);
      expect(await tables()).toEqual(EVERYTHING);
    }
  });

  it('neither loses nor doubles a row when the process dies again and again while it repairs', async () => {
    for (let step = 1; step <= 6; step += 1) {
      for (const when of ['before', 'after'] as const) {
        await live(1 + (step % 4), new Mortal(step, when)).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
        if (step % 2 === 0) checkpoint = undefined;
      }
    }
    await live(5);
    expect(await tables()).toEqual(EVERYTHING);
  });

  it('handles a batch once that is delivered twice', async () => {
    const runner = new ProjectionRunner({ projection: shop, clickHouse: real, intents });
    await runner.resumeFrom(undefined);
    for (const events of [LOG.slice(0, 6), LOG.slice(0, 6), LOG.slice(3, 12)]) await runner.handle(events);
    expect(await tables()).toEqual(EVERYTHING);
  });

  it('runs a derived step for batches with events it is for, and for no others', async () => {
    const [step] = shop.derive ?? [];
    const sql = step?.sql ?? '';
    const derived = [
      { name: 'not for this', table: 'shop_dear_v1', sql, types: ['Returned'] },
      { name: 'for this', table: 'shop_dear_v1', sql, types: ['Returned', 'Sold'] },
    ];
    for (const derive of derived) {
      const clickHouse = new Mortal(Infinity, 'before');
      const runner = new ProjectionRunner({
        projection: { ...shop, name: derive.name.replaceAll(' ', ''), derive: [derive] },
        clickHouse,
        intents,
      });
      await runner.resumeFrom(undefined);
      await runner.handle(LOG.slice(0, 3));
      expect((await tables()).dear).toEqual(derive.name === 'for this' ? [2] : []);
    }
  });

  it('runs a derived step that needs a table as soon as that has rows, also rows of the same batch', async () => {
    const sql = "INSERT INTO driftledger.shop_dear_v1 SELECT {to:UInt64}, 'any', {to:UInt64}";
    const projection = { ...shop, derive: [{ name: 'needy', table: 'shop_dear_v1', sql, needs: 'shop_sales_v1' }] };
    const runner = new ProjectionRunner({ projection, clickHouse: real, intents });
    await runner.resumeFrom(undefined);
    // Every fifth sale makes no row.
    for (const event of LOG.slice(4, 6)) await runner.handle([event]);
    expect((await tables()).dear).toEqual([60]);
    const again = new ProjectionRunner({ projection, clickHouse: real, intents });
    await again.resumeFrom(LOG[5]?.position);
    await again.handle(LOG.slice(9, 10));
    expect((await tables()).dear).toEqual([60, 100]);
  });

  it('does not double a block whose token the table has forgotten', async () => {
    await real.command('ALTER TABLE driftledger.shop_sales_v1 MODIFY SETTING non_replicated_deduplication_window = 1');
    await real.command('ALTER TABLE driftledger.shop_counts_v1 MODIFY SETTING non_replicated_deduplication_window = 1');
    await live(2);
    checkpoint = undefined;
    await live(2);
    expect(await tables()).toEqual(EVERYTHING);
  });

  it('repeats a block after a transient error without doubling it, whether it had been written or not', async () => {
    const away = () => new ClickHouseError('connection lost', 'ECONNRESET', '', true);
    await live(5, new Mortal(2, 'after', away));
    expect(await tables()).toEqual(EVERYTHING);
    await real.command('TRUNCATE TABLE driftledger.shop_sales_v1');
    await live(5, new Mortal(1, 'before', away));
    expect((await tables()).sales).toEqual(EVERYTHING.sales);
  });

  it('stops at an error that a repetition does not cure, and goes on only after looking at the tables again', async () => {
    const runner = new ProjectionRunner({
      projection: shop,
      clickHouse: new Mortal(2, 'before', () => new ClickHouseError('full', '243', '', false)),
      intents,
    });
    await runner.resumeFrom(undefined);
    await expect(runner.handle(LOG)).rejects.toThrow('full');
    await expect(runner.handle(LOG)).rejects.toThrow('resumeFrom has to be asked');
    await runner.resumeFrom(undefined);
    await runner.handle(LOG);
    expect(await tables()).toEqual(EVERYTHING);
  });
});

describe('a projection whose newest part is lost while its token is remembered', () => {
  const intentFiles = path.join(directory, 'intents');
  beforeEach(() => {
    rmSync(intentFiles, { recursive: true, force: true });
    intents = new FileIntentStore(intentFiles);
  });

  /** Removes the folder of the newest part while the engine is down, as a crash of the machine before a flush does. */
  const losePart = async (table: string): Promise<void> => {
    const [part] = await real.query(NewestPart, { table });
    await real.close();
    rmSync(part?.path ?? '', { recursive: true });
    real = openChdb({ path: data });
  };

  it.each(['shop_sales_v1', 'shop_counts_v1'])('finds the loss in %s at the next start and writes the rows again', async (table) => {
    for (const part of ['sales', 'counts']) await real.command(`SYSTEM STOP MERGES driftledger.shop_${part}_v1`);
    await live(3);
    await losePart(table);
    expect(await tables()).not.toEqual(EVERYTHING);

    const remembered = (await intents.load(projectionId(shop))) as Intent;
    const before = await tables();
    const rows = shop.rows(LOG.slice(11)).get(table) ?? [];
    const columns = shop.tables.find(({ name }) => name === table)?.columns ?? [];
    const token = `${projectionId(shop)}:${remembered.from}-${remembered.to}#${remembered.attempt}`;
    await real.insert({ table: `driftledger.${table}`, columns, rows, token });
    expect(await tables()).toEqual(before);

    const runner = new ProjectionRunner({ projection: shop, clickHouse: real, intents });
    expect(await runner.resumeFrom(checkpoint)).not.toEqual(checkpoint);
    await live(3);
    expect(await tables()).toEqual(EVERYTHING);
  });

  it('also repairs the loss when the repair is interrupted and the old checkpoint is still there', async () => {
    await real.command('SYSTEM STOP MERGES driftledger.shop_sales_v1');
    await live(12);
    const ahead = checkpoint;
    await losePart('shop_sales_v1');
    await losePart('shop_sales_v1');
    for (const step of [1, 2, 3, 4, 5]) {
      checkpoint = ahead;
      await live(1, new Mortal(step, 'after')).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
      checkpoint = ahead;
    }
    await live(1);
    expect(await tables()).toEqual(EVERYTHING);
  });

  it('repairs the loss without any intent, from the checkpoint alone', async () => {
    await real.command('SYSTEM STOP MERGES driftledger.shop_sales_v1');
    await live(3);
    await losePart('shop_sales_v1');
    rmSync(intentFiles, { recursive: true });
    await live(3);
    expect(await tables()).toEqual(EVERYTHING);
  });

  it('fills a derived table again when its range is read again, though the tokens of its blocks are remembered', async () => {
    await real.command('SYSTEM STOP MERGES driftledger.shop_dear_v1');
    await live(3);
    await losePart('shop_dear_v1');
    expect(await tables()).not.toEqual(EVERYTHING);
    checkpoint = undefined;
    await live(3);
    expect(await tables()).toEqual(EVERYTHING);
  });

  it('writes everything again when the whole read model was deleted', async () => {
    await live(3);
    for (const table of ['sales', 'counts', 'dear']) await real.command(`TRUNCATE TABLE driftledger.shop_${table}_v1`);
    await live(3);
    expect(await tables()).toEqual(EVERYTHING);
  });

  it('keeps one small file per projection, and refuses one that is no intent', async () => {
    await live(3);
    expect(readdirSync(intentFiles)).toEqual(['shop.v1.json']);
    expect(await intents.load('another')).toBeUndefined();
    await expect(intents.load('../outside')).rejects.toThrow('cannot be a file name');
    for (const broken of ['', '{"from":"1"}']) {
      writeFileSync(path.join(intentFiles, 'shop.v1.json'), broken);
      await expect(live(3)).rejects.toThrow();
    }
  });
});
