import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type ClickHouse, Count, defineQuery, migrate } from '#libs/clickhouse';
import { openHttp } from '#libs/clickhouse/http';
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-http/start-front.js';
import { type Facade, startFacade } from '../support/eventstore-facade/start-facade.js';
import { SHOP_TABLES } from './projection-shop.mjs';

const ROOT = path.join(import.meta.dirname, '../..');
const CHILD = path.join(import.meta.dirname, 'projection-on-servers.mjs');
const EPOCHS = '20261124013000_projections_epochs.sql';
const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-on-servers-'));
/** Twelve sales: ten have a row of their own, all are counted. */
const EVERYTHING = { sales: 10, different: 10, sold: 12, amount: 78 };

const Found = defineQuery({
  name: 'Found',
  purpose: 'spec',
  sql: `SELECT (SELECT count() FROM driftledger.shop_sales_v1) AS sales, (SELECT uniqExact(position) FROM driftledger.shop_sales_v1) AS different,
    (SELECT sum(sold) FROM driftledger.shop_counts_v1) AS sold, (SELECT sum(amount) FROM driftledger.shop_counts_v1) AS amount`,
  params: z.object({}),
  row: z.object({ sales: Count, different: Count, sold: Count, amount: Count }),
});

/** A process that projects, step by step. */
class Projector {
  private readonly lines: AsyncIterator<string>;

  constructor(private readonly child: ChildProcess) {
    if (!child.stdout) throw new Error('nothing can be heard');
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** The next thing it says. */
  async says(): Promise<string> {
    const line = await this.lines.next();
    return line.done ? 'nothing' : line.value;
  }

  tell(order: string): void {
    this.child.stdin?.write(`${order}\n`);
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

describe('a projection whose intents are in the log of a server', () => {
  const projectors: Projector[] = [];
  let facade: Facade;
  let front: ClickHouseFront;
  let clickHouse: ClickHouse;
  let epoch = 0;
  beforeAll(async () => {
    if (!existsSync(path.join(ROOT, 'dist/libs/platform/src/event-store-intents.js')))
      throw new Error('run npm run build first: the child runs the compiled files');
    mkdirSync(path.join(directory, 'files'));
    writeFileSync(path.join(directory, 'files/20260101000000_shop.sql'), SHOP_TABLES);
    copyFileSync(path.join(ROOT, 'migrations/clickhouse', EPOCHS), path.join(directory, 'files', EPOCHS));
    front = await startClickHouseFront();
    clickHouse = openHttp({ url: front.url });
  });
  beforeEach(async () => {
    facade = await startFacade();
    await clickHouse.command('DROP DATABASE IF EXISTS driftledger SYNC');
    await migrate(clickHouse, { directory: path.join(directory, 'files') });
  });
  afterEach(async () => {
    for (const projector of projectors.splice(0)) await projector.kill();
    await front.control.release();
    await facade.stop();
  });
  afterAll(async () => {
    await clickHouse.close();
    await front.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (): Promise<{ readonly projector: Projector; readonly startsAt: string }> => {
    const args = [CHILD, facade.url, front.url, String((epoch += 1))];
    const projector = new Projector(spawn(process.execPath, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] }));
    projectors.push(projector);
    return { projector, startsAt: await projector.says() };
  };
  const found = async () => (await clickHouse.query(Found, {}))[0];
  const doneBy = async (projector: Projector): Promise<unknown> => {
    projector.tell('handle 12');
    expect(await projector.says()).toBe('reached 12');
    return found();
  };

  it('goes on after a restart where its checkpoint is, though one of its tables ends before', async () => {
    const { projector: first } = await start();
    // The fifth sale has no row in one of the tables.
    first.tell('handle 5');
    expect(await first.says()).toBe('reached 5');
    await first.kill();
    const { projector: second, startsAt } = await start();
    expect(startsAt).toBe('starts at 5');
    expect(await doneBy(second)).toEqual(EVERYTHING);
  });

  it.each(['shop_sales_v1 (', 'shop_counts_v1 ('])(
    'writes each row once when it is killed between its intent and INSERT INTO %s',
    async (table) => {
      const { projector: first } = await start();
      first.tell('handle 3');
      expect(await first.says()).toBe('reached 3');
      await front.control.inject({ kind: 'hold', when: 'before', matches: table });
      first.tell('handle 4');
      await front.control.untilHeld();
      await first.kill();
      const { projector: second, startsAt } = await start();
      expect(startsAt).toBe('starts at 3');
      await front.control.release();
      expect(await doneBy(second)).toEqual(EVERYTHING);
    },
  );

  it('writes each row once when it is killed between its inserts and its checkpoint', async () => {
    const { projector: first } = await start();
    first.tell('handle 3');
    expect(await first.says()).toBe('reached 3');
    first.tell('insert 4');
    expect(await first.says()).toBe('reached 7');
    await first.kill();
    const { projector: second, startsAt } = await start();
    expect(startsAt).toBe('starts at 3');
    expect(await doneBy(second)).toEqual(EVERYTHING);
  });

  it('announces nothing and inserts nothing once another process has taken over', async () => {
    const { projector: first } = await start();
    first.tell('handle 3');
    expect(await first.says()).toBe('reached 3');
    const { projector: second } = await start();
    const before = (await front.control.stats()).seen.length;
    first.tell('handle 4');
    expect(await first.says()).toBe('failed IntentOvertaken');
    expect((await front.control.stats()).seen.length).toBe(before);
    expect(await doneBy(second)).toEqual(EVERYTHING);
  });

  it('writes each row once when another process takes over between the intent and the insert, which is held', async () => {
    const { projector: first } = await start();
    await front.control.inject({ kind: 'hold', when: 'before', matches: 'shop_sales_v1 (' });
    first.tell('handle 5');
    await front.control.untilHeld();
    const { projector: second, startsAt } = await start();
    expect(startsAt).toBe('starts at 0');
    expect(await doneBy(second)).toEqual(EVERYTHING);
    await front.control.release();
    expect(await first.says()).toBe('failed ClickHouseError');
    expect(await found()).toEqual(EVERYTHING);
  });
});
