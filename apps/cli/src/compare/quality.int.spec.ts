import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../program.js';

let directory = '';
const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const cli = async (...argv: readonly string[]): Promise<{ status: number; out: string; err: string }> => {
  let [out, err] = ['', ''];
  const status = await run(['compare', ...argv], { out: (text) => (out += text), err: (text) => (err += text) });
  return { status, out, err };
};
type Report = { columns: Record<string, { quality?: unknown }>; changed?: unknown };
const report = async (...argv: readonly string[]): Promise<Report> => JSON.parse((await cli(...argv, '--json')).out) as Report;

let [reference, current] = ['', ''];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'quality-'));
  reference = file('reference.csv', 'id,price,plan,size,level\n1,1.5,free,10,3\n2,9,pro,10,4\n3,4,free,20,5\n');
  current = file('current.csv', 'id,price,plan,size,level\n7,0.5,team,10,three\n7,30,free,10,4\n8,inf,,10,x4\n9,9,gold,10,\n');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('compare --quality', () => {
  it('counts per column what the reference says is wrong with the current file', async () => {
    const { columns, changed } = await report(reference, current, '--quality');
    expect(columns['id']?.quality).toMatchObject({ outOfRange: 4, duplicates: { reference: 0, current: 1 }, missing: 0 });
    expect(columns['price']?.quality).toMatchObject({ outOfRange: 2, mismatched: 1, cardinality: { reference: 3, current: 3 } });
    expect(columns['plan']?.quality).toMatchObject({ unseen: 2, missing: 1, mismatched: 0 });
    expect(columns['size']?.quality).toMatchObject({ becameConstant: true, outOfRange: 0 });
    expect(columns['level']?.quality).toMatchObject({ mismatched: 2, missing: 1, outOfRange: 0 });
    expect(changed).toEqual([{ column: 'level', reference: 'numeric', current: 'categorical' }]);
  });

  it('takes numbers for words where the reference holds words', async () => {
    const [words, numbers] = [file('words.csv', 'code\nA\n07\n'), file('numbers.csv', 'code\n07\n7\n')];
    const { columns, changed } = await report(words, numbers, '--quality');
    expect(columns['code']?.quality).toMatchObject({ unseen: 1, mismatched: 0, outOfRange: 0 });
    expect(changed).toEqual([{ column: 'code', reference: 'categorical', current: 'numeric' }]);
  });

  it('finds nothing wrong with a file and itself, and says nothing unless asked', async () => {
    expect((await cli(reference, reference, '--quality')).out).toBe((await cli(reference, reference)).out);
    expect(await report(reference, current)).not.toHaveProperty('columns.id.quality');
  });

  it('says it in words in the terminal and on the page', async () => {
    const { out } = await cli(reference, current, '--quality');
    expect(out).toContain('– level: numeric in the reference, categorical in the current file\n');
    expect(out).toContain('– id: 1 row with a value seen before, none in the reference\n');
    expect(out).toContain('– plan: 2 rows of a category the reference does not have\n');
    expect(out).toContain('– size: one and the same value everywhere\n');
    const page = join(directory, 'page.html');
    await cli(reference, current, '--quality', '--html', page);
    expect(readFileSync(page, 'utf8')).toContain('2 rows outside the range of the reference');
  });

  it('is refused beside --like, which measures as another tool does', async () => {
    expect(await cli(reference, current, '--quality', '--like', 'evidently-0.7')).toMatchObject({
      status: 2,
      err: expect.stringMatching(/^error LIKE_CONFLICT: --like and --quality/),
    });
  });
});
