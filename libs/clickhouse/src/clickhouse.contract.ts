import { z } from 'zod';
import { instant } from '#libs/kernel';
import { BigIntParam, Count, InstantFromClickHouse, InstantParam, UInt64, defineQuery } from './define-query.js';
import { ClickHouseError } from './errors.js';
import { type ClickHouse, type Row } from './port.js';

const DATABASE = 'driftledger_contract';
const TABLE = `${DATABASE}.things`;
const COLUMNS = ['name', 'position', 'at', 'value', 'numbers', 'tags'];
const AT = instant(Date.UTC(2026, 10, 23, 12, 30, 15, 123));
const ROW: Row = ['first', 9007199254740993n, '2026-11-23 12:30:15.123', 0.1, [1, 2.5], { a: 'b' }];

const Things = defineQuery({
  name: 'Things',
  purpose: 'contract: every kind of column',
  sql: 'SELECT name, position, at, value, numbers, tags FROM driftledger_contract.things ORDER BY position, name',
  params: z.object({}),
  row: z.object({
    name: z.string(),
    position: UInt64,
    at: InstantFromClickHouse,
    value: z.number().nullable(),
    numbers: z.array(z.number()),
    tags: z.record(z.string(), z.string()),
  }),
});
const Parts = defineQuery({
  name: 'Parts',
  purpose: 'contract: parts made by inserts',
  sql: "SELECT count() AS parts, sum(rows) AS rows FROM system.parts WHERE active AND database = 'driftledger_contract' AND table = {table:String}",
  params: z.object({ table: z.string() }),
  row: z.object({ parts: Count, rows: Count }),
});
const Echo = defineQuery({
  name: 'Echo',
  purpose: 'contract: parameters arrive as they were sent',
  sql: "SELECT {text:String} AS text, {big:UInt64} AS big, {at:DateTime64(3,'UTC')} AS at, {list:Array(String)} AS list, {maybe:Nullable(String)} AS maybe",
  params: z.object({ text: z.string(), big: BigIntParam, at: InstantParam, list: z.array(z.string()), maybe: z.string().nullable() }),
  row: z.object({ text: z.string(), big: UInt64, at: InstantFromClickHouse, list: z.array(z.string()), maybe: z.string().nullable() }),
});
const settingQuery = (name: string) =>
  defineQuery({
    name: 'Setting',
    purpose: 'contract: which settings a query runs with',
    sql: 'SELECT toString(getSetting({name:String})) AS value',
    params: z.object({ name: z.literal(name) }),
    row: z.object({ value: z.string() }),
  });
const Failing = defineQuery({
  name: 'Failing',
  purpose: 'contract: an error in the middle of a result',
  sql: 'SELECT throwIf(number = 90000) AS n FROM numbers(100000)',
  params: z.object({}),
  row: z.object({ n: z.number() }),
});
const Endless = defineQuery({
  name: 'Endless',
  purpose: 'contract: limits hold',
  sql: 'SELECT count() AS n FROM numbers(1000000000000)',
  params: z.object({}),
  row: z.object({ n: Count }),
  timeoutSeconds: 1,
});

/** What every adapter of the ClickHouse port promises. `open` gives an adapter of its own; the suite closes it. */
export const clickHouseContract = (adapter: string, open: () => Promise<ClickHouse>): void => {
  describe(`the ClickHouse port on ${adapter}`, () => {
    let clickHouse: ClickHouse;

    beforeAll(async () => {
      clickHouse = await open();
      await clickHouse.command(`CREATE DATABASE IF NOT EXISTS ${DATABASE}`);
    });
    beforeEach(async () => {
      await clickHouse.command(`DROP TABLE IF EXISTS ${TABLE} SYNC`);
      await clickHouse.command(
        `CREATE TABLE ${TABLE} (name String, position UInt64, at DateTime64(3,'UTC'), value Float64, numbers Array(Float64), tags Map(String, String)) ENGINE = MergeTree ORDER BY position SETTINGS non_replicated_deduplication_window = 1000`,
      );
    });
    afterAll(async () => {
      await clickHouse.command(`DROP DATABASE IF EXISTS ${DATABASE} SYNC`);
      await clickHouse.close();
    });

    it('gives back what was inserted, 64-bit integers exact', async () => {
      await clickHouse.insert({ table: TABLE, columns: COLUMNS, rows: [ROW], token: 'a' });
      expect(await clickHouse.query(Things, {})).toEqual([
        { name: 'first', position: 9007199254740993n, at: AT, value: 0.1, numbers: [1, 2.5], tags: { a: 'b' } },
      ]);
    });

    it('keeps every character of a text and every bit of a number', async () => {
      const text = 'a\'b"c\\d\n\t\u0000{e:String} é 漢 🙂 -- ; FORMAT x';
      const rows = [5e-324, 1.7976931348623157e308, 0.1 + 0.2, -1 / 3].map((value, index): Row => [
        text,
        BigInt(index),
        0,
        value,
        [value],
        { [text]: text },
      ]);
      await clickHouse.insert({ table: TABLE, columns: COLUMNS, rows, token: 'a' });
      const read = await clickHouse.query(Things, {});
      expect(read.map((row) => [row.name, row.value, row.numbers[0], row.tags[text]])).toEqual(
        rows.map((row) => [text, row[3], row[3], text]),
      );
    });

    it('keeps a number that is no number as NaN, never as 0', async () => {
      const rows = [NaN, Infinity, null].map((value): Row => ['odd', value]);
      await clickHouse.insert({ table: TABLE, columns: ['name', 'value'], rows, token: 'a' });
      expect((await clickHouse.query(Things, {})).map((row) => row.value)).toEqual([null, null, null]);
    });

    it('inserts all rows of a block or none', async () => {
      const rows: Row[] = [ROW, ['broken', 'not a number', 0, 0, [], {}]];
      await expect(clickHouse.insert({ table: TABLE, columns: COLUMNS, rows, token: 'a' })).rejects.toThrow(ClickHouseError);
      expect(await clickHouse.query(Things, {})).toEqual([]);
    });

    it('makes one part of one insert, however many rows it has', async () => {
      const rows = Array.from({ length: 1_200_000 }, (_, index): Row => ['x', index]);
      await clickHouse.insert({ table: TABLE, columns: ['name', 'position'], rows, token: 'large' });
      expect(await clickHouse.query(Parts, { table: 'things' })).toEqual([{ parts: 1, rows: 1_200_000 }]);
    }, 60_000);

    it('drops a block that repeats a token and keeps the same rows under another token', async () => {
      for (const token of ['a', 'a', 'b']) await clickHouse.insert({ table: TABLE, columns: COLUMNS, rows: [ROW], token });
      expect(await clickHouse.query(Things, {})).toHaveLength(2);
    });

    it('lets no setting of one statement reach the next', async () => {
      await clickHouse.insert({ table: TABLE, columns: COLUMNS, rows: [ROW], token: 'a' });
      for (const name of ['one', 'two'])
        await clickHouse.command(`INSERT INTO ${TABLE} (name, position) VALUES ({name:String}, 1)`, { name });
      expect((await clickHouse.query(Things, {})).map((row) => row.name)).toEqual(['one', 'two', 'first']);
    });

    it('does nothing for an empty block', async () => {
      await clickHouse.insert({ table: TABLE, columns: COLUMNS, rows: [], token: 'a' });
      expect(await clickHouse.query(Parts, { table: 'things' })).toEqual([{ parts: 0, rows: 0 }]);
    });

    it('refuses names that would be read as SQL, and rows of another length', async () => {
      await expect(clickHouse.insert({ table: `${TABLE} FORMAT CSV`, columns: ['name'], rows: [['x']], token: 'a' })).rejects.toThrow(
        'database.table',
      );
      await expect(clickHouse.insert({ table: TABLE, columns: ['name) VALUES'], rows: [['x']], token: 'a' })).rejects.toThrow(
        'plain column names',
      );
      await expect(clickHouse.insert({ table: TABLE, columns: ['name'], rows: [['x', 1]], token: 'a' })).rejects.toThrow(
        '2 values for 1 columns',
      );
    });

    it('binds parameters as values, never as text', async () => {
      const sent = {
        text: "'; DROP TABLE x; -- {y:String}\n\\ \u0000🙂",
        big: 2n ** 64n - 1n,
        at: AT,
        list: ["a'b", '', 'c\\d\n,]'],
        maybe: null,
      };
      expect(await clickHouse.query(Echo, sent)).toEqual([sent]);
    });

    it('runs every query with its name for the query log and its time limit', async () => {
      const context = { surface: "o'clock\\", correlationId: 'c-1', timeoutSeconds: 7 };
      expect(await clickHouse.query(settingQuery('max_execution_time'), { name: 'max_execution_time' }, context)).toEqual([{ value: '7' }]);
      const [comment] = await clickHouse.query(settingQuery('log_comment'), { name: 'log_comment' }, context);
      expect(JSON.parse(comment?.value ?? '')).toEqual({ query: 'Setting', surface: "o'clock\\", correlationId: 'c-1' });
    });

    it('stops a query at its time limit and says that it may be tried again', async () => {
      await expect(clickHouse.query(Endless, {})).rejects.toMatchObject({ name: 'ClickHouseError', code: '159', transient: true });
    });

    it('fails with the name of the query and the code, also in the middle of a result', async () => {
      await expect(clickHouse.query(Failing, {})).rejects.toMatchObject({ name: 'ClickHouseError', code: '395', transient: false });
      await expect(clickHouse.query(Failing, {})).rejects.toThrow(/^Failing: /);
      await expect(clickHouse.command('DROP TABLE driftledger_contract.unknown')).rejects.toMatchObject({
        code: '60',
        type: 'UNKNOWN_TABLE',
      });
    });

    it('answers the next queries correctly after one failed in the middle of its result', async () => {
      await clickHouse.insert({ table: TABLE, columns: COLUMNS, rows: [ROW], token: 'a' });
      const answers = await Promise.allSettled(
        Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? clickHouse.query(Failing, {}) : clickHouse.query(Things, {}))),
      );
      expect(answers.map((answer) => answer.status === 'fulfilled' && answer.value.length)).toEqual(
        answers.map((_, index) => index % 3 !== 0 && 1),
      );
    });

    it('does not start a query that was aborted before', async () => {
      const signal = AbortSignal.abort(new Error('gone'));
      await expect(clickHouse.query(Things, {}, { signal })).rejects.toThrow('gone');
    });

    it('answers many queries at once', async () => {
      await clickHouse.insert({ table: TABLE, columns: COLUMNS, rows: [ROW], token: 'a' });
      const answers = await Promise.all(Array.from({ length: 40 }, () => clickHouse.query(Things, {})));
      expect(answers.every((rows) => rows.length === 1)).toBe(true);
    });

    it('takes only so many queries at once, says that more may come again, and then takes them', async () => {
      const answers = await Promise.allSettled(Array.from({ length: 1_000 }, () => clickHouse.query(Things, {})));
      const refused = answers.flatMap((answer): unknown[] => (answer.status === 'rejected' ? [answer.reason] : []));
      expect(answers.length - refused.length).toBeGreaterThanOrEqual(100);
      expect(refused.length).toBeGreaterThan(0);
      for (const error of refused) expect(error).toMatchObject({ code: '202', type: 'TOO_MANY_SIMULTANEOUS_QUERIES', transient: true });
      expect(await clickHouse.query(Things, {})).toEqual([]);
    });

    it('finishes what is running when it closes, and refuses afterwards', async () => {
      const other = await open();
      const last = other.query(Things, {});
      await Promise.all([other.close(), other.close()]);
      await expect(last).resolves.toEqual([]);
      await expect(other.query(Things, {})).rejects.toMatchObject({ code: 'CLOSED' });
    });
  });
};
