import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  const status = await run(['detect', ...argv], { out: (text) => (out += text), err: (text) => (err += text) });
  return { status, out, err };
};
const lines = (values: readonly number[]): string => values.map((value) => `${value}\n`).join('');
const STEP = [...Array.from({ length: 500 }, (_, i) => i % 2), ...Array.from({ length: 500 }, (_, i) => 4 + (i % 3))];
const WORSE = Array.from({ length: 1_000 }, (_, i) => Number(i < 500 ? i % 10 === 0 : i % 10 < 8));

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'detect-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('detect', () => {
  it.each(['adwin', 'kswin', 'page_hinkley', 'cusum', 'ewma'])(
    '%s finds a step as JSON of the promised shape and no more',
    async (method) => {
      const { status, out, err } = await cli('--method', method, '--json', file('step.txt', lines(STEP)));
      expect([status, err]).toEqual([0, '']);
      const found = JSON.parse(out) as { changes: number[]; warnings: number[] };
      expect(Object.keys(found)).toEqual(['changes', 'warnings']);
      expect(found.changes.some((index) => index >= 500 && index < 540)).toBe(true);
    },
  );

  it.each(['ddm', 'hddm_a', 'hddm_w'])('%s warns before it finds that errors became more', async (method) => {
    const { out } = await cli('--method', method, '--json', file('worse.txt', lines(WORSE)));
    const { changes, warnings } = JSON.parse(out) as { changes: number[]; warnings: number[] };
    expect(changes[0]).toBeGreaterThanOrEqual(500);
    expect(changes[0]).toBeLessThan(580);
    expect(warnings.some((index) => index >= 500 && index < (changes[0] ?? 0))).toBe(true);
  });

  it('gives parameters of every kind to the method', async () => {
    const path = file('worse.txt', lines(WORSE.toReversed()));
    const one = await cli('--method', 'hddm_a', '--json', path);
    const two = await cli('--method', 'hddm_a', '--param', 'two_sided_test=true', '--param', 'drift_confidence=1e-4', '--json', path);
    expect(JSON.parse(one.out)).toMatchObject({ changes: [] });
    expect((JSON.parse(two.out) as { changes: number[] }).changes).toHaveLength(1);
    const down = await cli('--method', 'page_hinkley', '--param', 'mode=down', '--json', file('step.txt', lines(STEP)));
    expect(JSON.parse(down.out)).toEqual({ changes: [], warnings: [] });
  });

  it('prints changes and runs of warnings in the order of the stream for people', async () => {
    const { out } = await cli('--method', 'hddm_a', file('worse.txt', lines(WORSE)));
    const [head, blank, titles, ...rows] = out.trimEnd().split('\n');
    expect(head).toMatch(/^hddm_a: 1000 values, 1 change, \d+ warnings?$/);
    expect([blank, titles]).toEqual(['', 'what     index']);
    expect(rows.at(-1)).toMatch(/^change {3}\d+$/);
    expect(rows[0]).toMatch(/^warning {2}\d+(–\d+)?$/);
    expect((await cli('--method', 'cusum', file('same.txt', '7\n7\n7\n'))).out).toBe('cusum: 3 values, 0 changes, 0 warnings\n');
  });

  it('reads decimal numbers with any line end, and a last line without one', async () => {
    const text = ` 1.5\r\n-2e3\n.5${'\n+4.'.repeat(20)}`;
    expect((await cli('--method', 'adwin', file('mixed.txt', text))).out).toBe('adwin: 23 values, 0 changes, 0 warnings\n');
  });

  it.each([
    ['a word', '1\n2\nthree\n', 'each line must be one decimal number, got "three"'],
    ['an empty line', '1\n2\n\n4\n', 'each line must be one decimal number, got ""'],
    ['a missing value', '1\n2\nNaN\n', 'each line must be one decimal number, got "NaN"'],
    ['a number beyond doubles', '1\n2\n1e999\n', 'each line must be one decimal number, got "1e999"'],
    ['hexadecimal', '1\n2\n0x10\n', 'each line must be one decimal number, got "0x10"'],
  ])('refuses %s and says where it stands', async (_, text, detail) => {
    const path = file('wrong.txt', text);
    expect(await cli('--method', 'adwin', path)).toEqual({ status: 1, out: '', err: `error FILE_MALFORMED: ${path}:3: ${detail}\n` });
  });

  it('refuses what a method of errors does not take, a file without numbers and one that is not there', async () => {
    const half = file('half.txt', '0\n1\n0.5\n');
    expect((await cli('--method', 'ddm', half)).err).toBe(`error FILE_MALFORMED: ${half}:3: ddm requires values of 0 or 1, got 0.5\n`);
    expect((await cli('--method', 'ddm', file('empty.txt', ''))).err).toMatch(/^error FILE_EMPTY: .*: there is not one number in it\n$/);
    expect((await cli('--method', 'ddm', join(directory, 'none.txt'))).err).toMatch(/^error FILE_NOT_FOUND: .* there is no such file\n$/);
    expect((await cli('--method', 'ddm', directory)).err).toMatch(/^error FILE_NOT_FOUND: .* this is a directory\n$/);
  });

  it('refuses unknown methods and parameters as wrong usage, and says what there is', async () => {
    const path = file('step.txt', lines(STEP));
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['--method', 'psi'], 'METHOD_UNKNOWN: --method takes one of adwin, ddm'],
      [
        ['--method', 'adwin', '--param', 'delta=0.1', '--param', 'delta=0.2'],
        'PARAM_INVALID: --param takes every parameter once, got delta twice',
      ],
      [['--method', 'adwin', '--param', 'delta'], 'PARAM_INVALID: --param takes name=value, got "delta"'],
      [['--method', 'adwin', '--param', 'delta=2'], 'PARAM_INVALID: adwin requires delta to be a number > 0 and < 1'],
      [['--method', 'adwin', '--param', 'delta='], 'PARAM_INVALID: adwin requires delta to be'],
      [['--method', 'adwin', '--param', 'lambda=2'], 'PARAM_INVALID: adwin requires known parameters, not "lambda"; it has delta, clock'],
      [['--method', 'cusum', '--param', 'mode=left'], 'PARAM_INVALID: cusum requires mode to be up, down or both'],
      [['--method', 'hddm_a', '--param', 'two_sided_test=yes'], 'PARAM_INVALID: hddm_a requires two_sided_test to be true or false'],
      [['--method', 'kswin', '--param', 'window_size=40'], 'PARAM_INVALID: kswin requires window_size to be at least twice stat_size'],
    ];
    for (const [argv, message] of wrong) {
      const { status, err } = await cli(...argv, path);
      expect([status, err.includes(message)]).toEqual([2, true]);
    }
    expect((await cli(path)).status).toBe(2);
  });

  it('lists methods with their parameters in its help', async () => {
    const { out } = await cli('--help');
    expect(out).toContain('adwin        numbers  delta=0.002 clock=32 max_buckets=5 min_window_length=5 grace_period=10');
    expect(out).toContain('hddm_w       0 or 1   drift_confidence=0.001 warning_confidence=0.005 lambda_val=0.05 two_sided_test=false');
  });
});
