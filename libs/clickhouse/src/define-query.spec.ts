import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { instant } from '#libs/kernel';
import { BigIntParam, Count, InstantFromClickHouse, InstantParam, UInt64, dateTimeOf, defineQuery } from './define-query.js';

const base = { name: 'Anything', purpose: 'shows the rules', params: z.object({}), row: z.object({ n: UInt64 }) };
const LIBS = path.join(import.meta.dirname, '../..');

describe('defineQuery', () => {
  it('refuses a text that values were meant to be pasted into', () => {
    expect(() => defineQuery({ ...base, sql: "SELECT '${value}' AS n" })).toThrow('values enter a query as {name:Type}');
  });

  it('refuses a text that ends in FORMAT or SETTINGS, which are added when it runs', () => {
    expect(() => defineQuery({ ...base, sql: 'SELECT 1 AS n FORMAT JSON' })).toThrow('are added when the query runs');
    expect(() => defineQuery({ ...base, sql: 'SELECT 1 AS n\nSETTINGS max_threads = 1' })).toThrow('are added when the query runs');
  });

  it('refuses a name that cannot be found again by search', () => {
    expect(() => defineQuery({ ...base, name: 'drift by feature', sql: 'SELECT 1 AS n' })).toThrow('PascalCase');
  });

  it('keeps 64-bit integers exact', () => {
    expect(defineQuery({ ...base, sql: 'SELECT 1 AS n' }).read([{ n: '18446744073709551615' }])).toEqual([{ n: 18446744073709551615n }]);
  });

  it('refuses rows that do not have the promised shape', () => {
    expect(() => defineQuery({ ...base, sql: 'SELECT 1 AS n' }).read([{ n: 'one' }])).toThrow();
  });

  it('checks only the first row where a trusted reader is given', () => {
    const query = defineQuery({ ...base, sql: 'SELECT 1 AS n', trusted: (row) => ({ n: BigInt(String(row['n'])) }) });
    expect(query.read([{ n: '1' }, { n: '2' }])).toEqual([{ n: 1n }, { n: 2n }]);
    expect(() => query.read([{ n: null }])).toThrow();
  });

  it('refuses parameters that do not fit before anything is sent', () => {
    const query = defineQuery({ ...base, sql: 'SELECT {from:UInt64} AS n', params: z.object({ from: BigIntParam }) });
    expect(query.bind({ from: 2n ** 63n })).toEqual({ from: '9223372036854775808' });
    expect(() => query.bind({ from: 2n ** 64n })).toThrow();
  });

  it('carries instants to the millisecond in both directions', () => {
    const at = instant(Date.UTC(2001, 2, 5, 6, 7, 8, 9));
    expect(dateTimeOf(at)).toBe('2001-03-05 06:07:08.009');
    expect(InstantParam.parse(at)).toBe('2001-03-05 06:07:08.009');
    expect(InstantFromClickHouse.parse('2001-03-05 06:07:08.009')).toBe(at);
  });

  it('refuses a count that a number cannot hold', () => {
    expect(Count.parse('12')).toBe(12);
    expect(() => Count.parse('9007199254740993')).toThrow();
  });
});

describe('SQL in this project', () => {
  it('has no hole but bound parameters', () => {
    const sources = readdirSync(LIBS, { recursive: true, encoding: 'utf8' })
      .filter((file) => /(queries\.ts|\.sql)$/.test(file))
      .map((file) => ({ file, text: readFileSync(path.join(LIBS, file), 'utf8') }));
    expect(sources.filter(({ text }) => /sql:\s*`[^`]*\$\{/.test(text) || /^[^`]*\$\{[^`]*$/.test(text)).map(({ file }) => file)).toEqual(
      [],
    );
  });
});
