import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readColumns } from './columns.js';
import { readRows } from './rows.js';

const PARQUET = fileURLToPath(new URL('./fixtures/small.parquet', import.meta.url));
let directory = '';
const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const columnsOf = async (path: string): Promise<Record<string, unknown>> => {
  const { columns } = await readColumns(path);
  return Object.fromEntries([...columns].map(([name, column]) => [name, { ...column, values: [...column.values] }]));
};
const rowsOf = async (path: string): Promise<unknown[]> => {
  const rows = [];
  for await (const row of readRows(path)) rows.push(row);
  return rows;
};

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'datasets-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('a CSV file', () => {
  it('gives numbers and words by column and counts what is missing or infinite', async () => {
    const path = file('a.csv', '\uFEFFage,name,full\r\n1.5,ann,1\r\nNA,"b, ""c""",inf\r\n3,,2\r\n');
    expect(await columnsOf(path)).toEqual({
      age: { name: 'age', kind: 'numeric', values: [1.5, 3], missing: 1, infinite: 0 },
      name: { name: 'name', kind: 'categorical', values: ['ann', 'b, "c"'], missing: 1 },
      full: { name: 'full', kind: 'numeric', values: [1, 2], missing: 0, infinite: 1 },
    });
  });

  it('keeps the spelling of numbers in a column that turns out to hold words', async () => {
    expect(await columnsOf(file('mixed.csv', 'zip\n007\n7\n1.0\nAB1\n'))).toMatchObject({
      zip: { kind: 'categorical', values: ['007', '7', '1.0', 'AB1'] },
    });
  });

  it('takes a column as words when asked to', async () => {
    const { columns } = await readColumns(file('forced.csv', 'code\n01\n1\n'), { categorical: ['code'] });
    expect(columns.get('code')).toMatchObject({ kind: 'categorical', values: ['01', '1'] });
  });

  it('says in which row each value stood when asked to, also where words follow numbers', async () => {
    const path = file('places.csv', 'n,w,z\n1,a,1\nNA,,2\ninf,b,c\n4,a,\n');
    const { columns } = await readColumns(path, { places: true });
    expect([...columns].map(([name, { values, at }]) => [name, [...values], [...(at ?? [])]])).toEqual([
      ['n', [1, 4], [0, 3]],
      ['w', ['a', 'b', 'a'], [0, 2, 3]],
      ['z', ['1', '2', 'c'], [0, 1, 2]],
    ]);
  });

  it('names file, line and column of what is wrong', async () => {
    await expect(readColumns(file('short.csv', 'a,b\n1,2\n3\n'))).rejects.toThrow(
      /short\.csv:3: this line has another number of fields than the header/,
    );
    await expect(readColumns(file('twice.csv', 'a,a\n1,2\n'))).rejects.toThrow(/twice\.csv:1 \(column a\): two columns have this name/);
    await expect(readColumns(file('open.csv', 'a\n"1\n'))).rejects.toThrow(/open\.csv.*Quote/i);
    await expect(readColumns(file('none.csv', 'a,b\n'))).rejects.toMatchObject({ code: 'FILE_EMPTY' });
    await expect(readColumns(join(directory, 'missing.csv'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(readColumns(file('a.xlsx', ''))).rejects.toThrow(/must end in \.csv/);
  });

  it('is refused in another encoding, where umlauts would all become one letter', async () => {
    const latin = join(directory, 'latin.csv');
    writeFileSync(latin, Buffer.from('name\nMüller\nMöller\n', 'latin1'));
    await expect(readColumns(latin)).rejects.toThrow('latin.csv: the file is not UTF-8 text');
    const wide = join(directory, 'wide.csv');
    writeFileSync(wide, Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'));
    await expect(readColumns(wide)).rejects.toThrow('wide.csv: the file is not UTF-8 text');
    const cut = join(directory, 'cut.csv');
    writeFileSync(cut, Buffer.from('name\nMü', 'utf8').subarray(0, -1));
    await expect(readColumns(cut)).rejects.toThrow('cut.csv: the file is not UTF-8 text');
  });

  it('keeps letters that lie across the pieces it is read in', async () => {
    const path = file('long.csv', `w\n${'ü€😀\n'.repeat(40_000)}`);
    const { columns } = await readColumns(path);
    expect(new Set<unknown>([...(columns.get('w')?.values ?? [])])).toEqual(new Set(['ü€😀']));
  });

  it('reads tabs and yields plain rows', async () => {
    expect(await rowsOf(file('a.tsv', 'n\tw\n1\tx\nNA\t2001-01-01\n'))).toEqual([
      { n: 1, w: 'x' },
      { n: null, w: '2001-01-01' },
    ]);
  });
});

describe('an NDJSON file', () => {
  it('flattens nested objects, and a name that is absent is missing', async () => {
    const path = file('a.ndjson', '{"a":{"b":1},"w":"5","ok":true}\n\n{"a":{"b":null},"w":"x"}\n{"__proto__":3}\n');
    expect(await columnsOf(path)).toEqual({
      'a.b': { name: 'a.b', kind: 'numeric', values: [1], missing: 2, infinite: 0 },
      w: { name: 'w', kind: 'categorical', values: ['5', 'x'], missing: 1 },
      ok: { name: 'ok', kind: 'categorical', values: ['true'], missing: 2 },
      ['__proto__']: { name: '__proto__', kind: 'numeric', values: [3], missing: 2, infinite: 0 },
    });
    expect((await rowsOf(path))[0]).toEqual({ a: { b: 1 }, w: '5', ok: true });
  });

  it('takes any line end, a byte order mark, and a last line without an end', async () => {
    expect(await rowsOf(file('ends.ndjson', '\uFEFF{"a":1}\r\n\r\n{"a":2}\n{"a":3}'))).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  });

  it('refuses objects and lists without end by their depth', async () => {
    for (const [open, close] of [
      ['{"a":', '}'],
      ['[', ']'],
    ] as const) {
      const nested = (levels: number): string => `{"x":${open.repeat(levels)}1${close.repeat(levels)}}\n`;
      expect((await readColumns(file('deep.ndjson', nested(99)))).rows).toBe(1);
      const path = file('deeper.ndjson', nested(20_000));
      for (const read of [readColumns(path), rowsOf(path)])
        await expect(read).rejects.toThrow(/deeper\.ndjson:1: objects and lists go deeper than 100 levels/);
    }
  });

  it('names the line of what is wrong', async () => {
    await expect(readColumns(file('bad.jsonl', '{"a":1}\n{"a":\n'))).rejects.toThrow(/bad\.jsonl:2: no JSON/);
    await expect(readColumns(file('list.jsonl', '[1]\n'))).rejects.toThrow(/list\.jsonl:1: each line must be a JSON object/);
    await expect(readColumns(file('twice.jsonl', '{"a.b":1,"a":{"b":2}}\n'))).rejects.toThrow(
      /column a\.b.*record 1 has this column twice/,
    );
  });
});

describe('a Parquet file', () => {
  it('gives the same kinds as the other formats, over several row groups', async () => {
    expect(await columnsOf(PARQUET)).toEqual({
      id: { name: 'id', kind: 'numeric', values: [1, 2, 2 ** 60, 4], missing: 0, infinite: 0 },
      amount: { name: 'amount', kind: 'numeric', values: [1.5], missing: 2, infinite: 1 },
      word: { name: 'word', kind: 'categorical', values: ['a', 'b'], missing: 2 },
      flag: { name: 'flag', kind: 'categorical', values: ['true', 'false', 'true'], missing: 1 },
      day: { name: 'day', kind: 'categorical', values: new Array<string>(4).fill('2001-01-01T00:00:00.000Z'), missing: 0 },
      code: { name: 'code', kind: 'categorical', values: ['007', '7', 'x', '1'], missing: 0 },
    });
  });

  it('yields rows that JSON can hold without losing digits', async () => {
    const rows = await rowsOf(PARQUET);
    expect(rows[2]).toEqual({ id: '1152921504606846976', amount: null, word: 'b', flag: null, day: '2001-01-01T00:00:00.000Z', code: 'x' });
    expect(rows[3]).toMatchObject({ amount: 'Infinity' });
    expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
  });

  it('says so when it is none', async () => {
    await expect(readColumns(file('no.parquet', 'hello world, this is text'))).rejects.toThrow(/no\.parquet: no readable Parquet/);
  });
});
