import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../program.js';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const REFERENCE = fixture('reference.csv');
const CURRENT = fixture('current.csv');
type Chunks = { threshold?: number; values: { from: number; score: number | null; drifted: boolean | null }[] };
type Method = { name: string; score: number | null; threshold?: number; drifted?: boolean; direction?: string; chunks?: Chunks };
type Difference = { column: string; method: string; theirs: number; ours: number | null; reason: string };
type Report = {
  like: string;
  columns: Record<string, { type: string; methods: Record<string, Method>; reason?: string }>;
  differences: Difference[];
  notes: string[];
};
const nannyml = JSON.parse(
  readFileSync(new URL('../../../../../libs/statistics/src/oracles/nannyml-chunks.json', import.meta.url), 'utf8'),
) as {
  cases: {
    name: string;
    reference: (number | string | null)[];
    current: (number | string | null)[];
    starts: number[];
    methods: Record<string, { threshold: number | null; scores: (number | null)[]; alerts: (boolean | null)[] }>;
  }[];
};
const shownBy = (tool: string): [string, { shown: string; score: number }][] => {
  const { columns } = JSON.parse(readFileSync(fixture(`like-${tool}.json`), 'utf8')) as {
    columns: Record<string, { shown: string; score: number }>;
  };
  return Object.entries(columns);
};

let directory = '';
const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const cli = async (...argv: readonly string[]): Promise<{ status: number; out: string; err: string }> => {
  let [out, err] = ['', ''];
  const status = await run(argv, { out: (text) => (out += text), err: (text) => (err += text) });
  return { status, out, err };
};
const like = async (peer: string, ...argv: readonly string[]): Promise<Report> => {
  const { status, out, err } = await cli('compare', ...argv, '--like', peer, '--json');
  expect([status, err]).toEqual([0, '']);
  return JSON.parse(out) as Report;
};

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'compare-like-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('compare --like', () => {
  it.each([
    ['evidently-0.7', 'evidently'],
    ['nannyml-0.13', 'nannyml'],
  ])('gives the numbers %s itself gives for the same files', async (peer, tool) => {
    const report = await like(peer, REFERENCE, CURRENT);
    const shown = shownBy(tool);
    expect(Object.keys(report.columns).sort()).toEqual(shown.map(([name]) => name).sort());
    for (const [name, { score }] of shown) {
      const methods = Object.values(report.columns[name]?.methods ?? {});
      expect(methods).toHaveLength(1);
      expect(Math.abs((methods[0]?.score ?? NaN) - score)).toBeLessThanOrEqual(1e-9 * Math.abs(score) + 1e-12);
    }
  });

  it('says of each column where our number is another one, and why', async () => {
    const { columns, differences, notes } = await like('evidently-0.7', REFERENCE, CURRENT);
    expect(columns['plan']).toMatchObject({ type: 'categorical', methods: { chi_square: { name: 'chisquare', threshold: 0.05 } } });
    const plan = differences.find(({ column }) => column === 'plan');
    expect(plan).toMatchObject({ method: 'chi_square', ours: expect.any(Number), reason: expect.stringContaining('contingency') });
    expect(plan?.theirs).not.toBe(plan?.ours);
    // Both take the same Kolmogorov-Smirnov test: nothing to tell.
    expect(columns['balance']?.methods['kolmogorov_smirnov']).toMatchObject({ name: 'ks', direction: 'drift when small' });
    expect(differences.filter(({ column }) => column === 'balance')).toEqual([]);
    expect(notes.join(' ')).toContain('up to 1000 reference rows: p-values');
  });

  it('goes over the cliff as the original does: one row more and the same column is a distance', async () => {
    const column = (rows: number): string => `x\n${Array.from({ length: rows }, (_, i) => ((i * 7919) % 10_007) / 16).join('\n')}\n`;
    const current = file('current.csv', column(400));
    const [at, past] = [
      await like('evidently-0.7', file('at.csv', column(1000)), current),
      await like('evidently-0.7', file('past.csv', column(1001)), current),
    ];
    expect(Object.keys(at.columns['x']?.methods ?? {})).toEqual(['kolmogorov_smirnov']);
    expect(Object.keys(past.columns['x']?.methods ?? {})).toEqual(['wasserstein_normalised']);
  });

  it('takes the methods asked for instead of its own, where it has them for the type of the column', async () => {
    const { columns } = await like('nannyml-0.13', REFERENCE, CURRENT, '--method', 'wasserstein', '--method', 'l_infinity');
    expect(Object.keys(columns['balance']?.methods ?? {})).toEqual(['wasserstein']);
    expect(Object.keys(columns['plan']?.methods ?? {})).toEqual(['l_infinity']);
  });

  it('shows by default the chunks NannyML shows, with its limit and alerts', async () => {
    for (const { name, reference, current, starts, methods } of nannyml.cases) {
      const side = (cells: readonly (number | string | null)[]): string =>
        `x,row\n${cells.map((cell, i) => `${cell ?? ''},${i}`).join('\n')}\n`;
      const asked = ['jensen_shannon', 'hellinger', 'kolmogorov_smirnov', 'wasserstein', 'chi_square', 'l_infinity'];
      const files = [file(`${name} before.csv`, side(reference)), file(`${name} after.csv`, side(current))] as const;
      const { columns } = await like('nannyml-0.13', ...files, ...asked.flatMap((id) => ['--method', id]));
      const shown = new Map(Object.values(columns['x']?.methods ?? {}).map((method) => [method.name, method.chunks]));
      expect([...shown.keys()].sort()).toEqual(Object.keys(methods).sort());
      for (const [method, { threshold, scores, alerts }] of Object.entries(methods)) {
        const { values = [], threshold: limit } = shown.get(method) ?? {};
        expect(values.map(({ from }) => from)).toEqual(starts);
        expect(values.map(({ drifted }) => drifted)).toEqual(alerts);
        values.forEach(({ score }, i) => expect(score).toEqual(typeof scores[i] === 'number' ? expect.closeTo(scores[i], 9) : null));
        expect(limit).toEqual(threshold === null ? undefined : expect.closeTo(threshold, 9));
      }
    }
  });

  it('says how many chunks alert, and that too few rows make none', async () => {
    const { out } = await cli('compare', REFERENCE, CURRENT, '--like', 'nannyml-0.13');
    expect(out).toMatch(/plan +categorical +\d+ → \d+ +jensen_shannon +\S+ +distance +\d+ of 10 chunks > 0\.\d+/);
    const few = file('few.csv', 'x\n1\n2\n3\n');
    const { columns, notes } = await like('nannyml-0.13', few, few);
    expect(columns['x']?.methods['jensen_shannon']).not.toHaveProperty('chunks');
    expect(notes.join(' ')).toContain('fails on files of fewer than ten rows');
  });

  it('says what it does not reproduce, and of columns without values that there are none', async () => {
    const path = file('text.csv', `t,e\n${Array.from({ length: 9 }, (_, i) => `word${i},`).join('\n')}\n`);
    const { columns } = await like('evidently-0.7', path, path);
    expect(columns['t']).toMatchObject({ type: 'text', methods: {}, reason: expect.stringContaining('classifier') });
    expect(columns['e']).toMatchObject({ type: 'empty', methods: {} });
  });

  it('takes columns of very many words', async () => {
    const many = (from: number): string => `w\n${Array.from({ length: 150_000 }, (_, i) => `w${from + (i >> 1)}`).join('\n')}\n`;
    const files = [file('many.csv', many(0)), file('more.csv', many(1))] as const;
    const { columns } = await like('nannyml-0.13', ...files, '--method', 'l_infinity');
    expect(columns['w']?.methods['l_infinity']?.score).toBeCloseTo(1 / 75_000, 12);
    expect((await like('evidently-0.7', ...files, '--method', 'psi')).columns['w']?.methods['psi']?.score).toBeGreaterThan(0);
  });

  it('shows the same in a terminal', async () => {
    const { out } = await cli('compare', REFERENCE, CURRENT, '--like', 'evidently-0.7');
    expect(out).toMatch(/plan +categorical +\d+ → \d+ +chisquare +\S+ +p-value +0\.05/);
    expect(out).toMatch(/≠ plan: chi_square \S+ there, \S+ here: tests the current counts/);
  });

  it.each([
    [['--like', 'evidently-0.6'], 'LIKE_UNKNOWN'],
    [['--like', 'evidently-0.7', '--bins', '10'], 'LIKE_CONFLICT'],
    [['--like', 'evidently-0.7', '--threshold', '0.1'], 'LIKE_CONFLICT'],
    [['--like', 'evidently-0.7', '--categories-max', '9'], 'LIKE_CONFLICT: --like and --categories-max exclude each other'],
    [['--like', 'evidently-0.7', '--method', 'l_infinity'], 'METHOD_UNKNOWN'],
  ])('%j ends with status 2 and the name of the error', async (options, code) => {
    const { status, err } = await cli('compare', REFERENCE, CURRENT, ...options);
    expect([status, err]).toEqual([2, expect.stringMatching(new RegExp(`^error ${code}`))]);
  });
});
