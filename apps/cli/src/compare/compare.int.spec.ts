import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '#libs/statistics';
import { run } from '../program.js';

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const REFERENCE = fixture('reference.csv');
const CURRENT = fixture('current.csv');
type Method = {
  score: number;
  pValue?: number;
  threshold?: number;
  drifted?: boolean;
  parameters: Record<string, unknown>;
  reason?: string;
};
type Column = { kind: string; n: unknown; missing: unknown; infinite?: unknown; methods: Record<string, Method> };
type Report = { columns: Record<string, Column>; onlyIn?: unknown };
type Run = { zero: string; base: string | number; binning: string; bins: number; columns: Record<string, Column> };
const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as { runs: Run[] };

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
const compared = async (...argv: readonly string[]): Promise<Report> => {
  const { status, out, err } = await cli('compare', ...argv, '--json');
  expect([status, err]).toEqual([0, '']);
  return JSON.parse(out) as Report;
};
const methods = (...ids: readonly string[]): string[] => ids.flatMap((id) => ['--method', id]);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'compare-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('compare --json', () => {
  it.each(expected.runs)('gives the numbers of numpy and scipy with $binning, $bins bins, $zero, base $base', async (given) => {
    const options = ['--binning', given.binning, '--bins', String(given.bins), '--zero', given.zero, '--base', String(given.base)];
    const all = methods('psi', 'jensen_shannon', 'kolmogorov_smirnov', 'wasserstein', 'wasserstein_normalised', 'chi_square');
    const report = await compared(REFERENCE, CURRENT, ...all, ...options);
    for (const [name, column] of Object.entries(given.columns)) {
      expect(report.columns[name]).toMatchObject({ kind: column.kind, n: column.n, missing: column.missing });
      for (const [id, { score, pValue }] of Object.entries(column.methods)) {
        const method = report.columns[name]?.methods[id];
        expect(Math.abs((method?.score ?? NaN) - score)).toBeLessThanOrEqual(1e-9 * Math.max(1, score));
        if (pValue !== undefined) expect(Math.abs((method?.pValue ?? NaN) - pValue)).toBeLessThanOrEqual(1e-9 * Math.min(1, pValue));
      }
    }
  });

  it('uses the default methods of each kind and prints the promised shape and no more', async () => {
    const report = await compared(REFERENCE, CURRENT);
    expect(Object.keys(report.columns)).toEqual(['income', 'age', 'balance', 'plan', 'member', 'unit']);
    expect(Object.keys(report.columns['income']?.methods ?? {})).toEqual(['psi', 'kolmogorov_smirnov']);
    expect(Object.keys(report.columns['plan']?.methods ?? {})).toEqual(['psi', 'chi_square']);
    expect(Object.keys(report.columns['income'] ?? {})).toEqual(['kind', 'n', 'missing', 'methods']);
    expect(Object.keys(report.columns['income']?.methods['psi'] ?? {})).toEqual(['score', 'parameters']);
    expect(report.columns['income']?.methods['psi']?.parameters).toMatchObject({
      version: 1,
      mode: 'exact',
      binning: 'quantile',
      bins: 10,
      zero: 'add:0.5',
    });
    expect(report.onlyIn).toEqual({ reference: ['old'], current: ['new'] });
  });

  it('says drifted only when a threshold is given, for all methods or for one', async () => {
    const report = await compared(REFERENCE, CURRENT, '--threshold', '0.05', '--threshold', 'kolmogorov_smirnov=0.9');
    expect(report.columns['balance']?.methods['psi']).toMatchObject({ threshold: 0.05, drifted: true });
    expect(report.columns['balance']?.methods['kolmogorov_smirnov']).toMatchObject({ threshold: 0.9, drifted: false });
    expect(report.columns['unit']?.methods['psi']).toMatchObject({ score: expect.any(Number), drifted: false });
  });

  it('from buckets stays close to the exact scores and records grid and snapped edges', async () => {
    const all = methods('psi', 'jensen_shannon', 'kolmogorov_smirnov', 'wasserstein', 'wasserstein_normalised');
    const [exact, buckets] = [await compared(REFERENCE, CURRENT, ...all), await compared(REFERENCE, CURRENT, '--buckets', ...all)];
    for (const name of ['income', 'age', 'balance']) {
      for (const [id, { score }] of Object.entries(exact.columns[name]?.methods ?? {})) {
        const bucketed = buckets.columns[name]?.methods[id];
        expect(Math.abs((bucketed?.score ?? NaN) - score)).toBeLessThan(0.05 * Math.max(score, 0.2));
        expect(bucketed?.parameters).toMatchObject({ mode: 'buckets', gridUnit: expect.any(Number) });
      }
    }
  });

  it('scores a constant column that did not change as no drift, and one that did as drift', async () => {
    const [same, moved] = [file('same.csv', `x\n${'5\n'.repeat(50)}`), file('moved.csv', `x\n${'6\n'.repeat(50)}`)];
    expect((await compared(same, same)).columns['x']?.methods).toMatchObject({
      psi: { score: 0 },
      kolmogorov_smirnov: { score: 0, pValue: 1 },
    });
    expect((await compared(same, moved)).columns['x']?.methods['psi']?.score).toBeGreaterThan(1);
  });

  it('takes a column as words when one of the files holds words in it', async () => {
    const report = await compared(file('n.csv', 'code\n01\n1\n01\n'), file('w.csv', 'code\n01\nA\n'));
    expect(report.columns['code']).toMatchObject({ kind: 'categorical', methods: { psi: { parameters: { bins: 3 } } } });
  });

  it('counts rare words as one where it is told to, and never bins of numbers', async () => {
    const side = (common: number): string =>
      ['word,number', ...Array.from({ length: 300 }, (_, i) => `${i < common ? `common${i % 3}` : `rare${i % 30}`},${i}`)].join('\n');
    const files = [file('words.csv', side(240)), file('others.csv', side(250))] as const;
    const degrees = async (...options: readonly string[]): Promise<unknown[]> => {
      const { columns } = await compared(...files, ...methods('chi_square'), ...options);
      return ['word', 'number'].map((name) => columns[name]?.methods['chi_square']?.parameters['degrees']);
    };
    expect(await degrees()).toEqual([32, 9]);
    expect(await degrees('--categories-max', '4')).toEqual([3, 9]);
    expect(await degrees('--expected-min', '5')).toEqual([3, 9]);
    expect(await degrees('--categories-max', '3', '--expected-min', '5')).toEqual([2, 9]);
  });

  it('gives no score but a reason where none can be given, and counts infinite values apart', async () => {
    const report = await compared(
      file('e.csv', 'x,y,z\n1,1,\n2,inf,\n3,3,\n'),
      file('f.csv', 'x,y,z\n9,2,1\n9,3,2\n'),
      ...methods('psi', 'wasserstein'),
      '--zero',
      'none',
    );
    expect(report.columns['x']?.methods['psi']).toMatchObject({ score: null, reason: expect.stringContaining('infinitely far') });
    expect(report.columns['y']).toMatchObject({ n: { reference: 2, current: 2 }, infinite: { reference: 1, current: 0 } });
    expect(report.columns['z']).toMatchObject({ missing: { reference: 3, current: 0 }, methods: { wasserstein: { score: null } } });
  });

  it('gives a verdict on an infinite score only where an empty bin makes it so, never where a double is too small', async () => {
    const report = await compared(
      file('g.csv', 'x\n-1.7e308\n-1.7e308\n'),
      file('h.csv', 'x\n1.7e308\n1.7e308\n'),
      ...methods('psi', 'wasserstein'),
      ...['--zero', 'none', '--threshold', '1'],
    );
    expect(report.columns['x']?.methods['psi']).toMatchObject({
      score: null,
      drifted: true,
      reason: expect.stringContaining('infinitely far'),
    });
    expect(report.columns['x']?.methods['wasserstein']).toMatchObject({ score: null, reason: expect.not.stringContaining('bin') });
    expect(report.columns['x']?.methods['wasserstein']).not.toHaveProperty('drifted');
    expect(report.columns['x']?.methods['wasserstein']).not.toHaveProperty('pValue');
  });
});

describe('compare --level', () => {
  /** Columns of which the first `moved` moved by half a deviation, the others not at all. */
  const normals = (seed: number, rows: number, moved: number): string => {
    const random = seededRandom(seed);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const row = (): string =>
      [...Array.from({ length: 8 }, (_, i) => (normal() + (i < moved ? 0.5 : 0)).toFixed(4)), normal() > 0 ? 1 : 0].join(',');
    return [...'abcdefgh', 'w'].join(',') + `\n${Array.from({ length: rows }, row).join('\n')}\n`;
  };
  type Judged = {
    columns: Record<string, { effects: Record<string, number>; methods: Record<string, { score: number; chance: Chance }> }>;
  };
  type Chance = { law: string; tail: number; critical?: number; adjusted: number; beyond: boolean };
  const all = methods('psi', 'wasserstein', 'kolmogorov_smirnov', 'mmd');

  it('calls beyond chance what moved and not what merely is small, where a fixed limit calls both drifted', async () => {
    const { columns } = (await compared(
      file('before.csv', normals(1, 200, 0)),
      file('after.csv', normals(2, 100, 1)),
      ...all,
      ...['--level', '0.05', '--threshold', 'psi=0.1'],
    )) as unknown as Judged;
    for (const id of ['psi', 'wasserstein', 'kolmogorov_smirnov', 'mmd']) {
      const beyond = Object.entries(columns).filter(([, { methods: by }]) => by[id]?.chance.beyond === true);
      expect([id, beyond.map(([name]) => name)]).toEqual([id, ['a']]);
    }
    const calm = [...'bcdefgh'].filter((name) => (columns[name]?.methods['psi']?.score ?? 0) >= 0.1);
    expect(calm.length).toBeGreaterThan(0);
  });

  it('says where the probability comes from, the score that chance stays below, and how large the difference is', async () => {
    const { columns } = (await compared(REFERENCE, CURRENT, ...all, ...['--level', '0.05'])) as unknown as Judged;
    const { psi, wasserstein, kolmogorov_smirnov: ks } = columns['balance']?.methods ?? {};
    expect(psi?.chance).toMatchObject({ law: 'chi_square', beyond: true });
    expect(wasserstein?.chance).toMatchObject({ law: 'brownian_bridge' });
    expect(wasserstein?.score).toBeGreaterThan(wasserstein?.chance.critical ?? Infinity);
    expect(ks?.chance).toMatchObject({ law: 'p_value', tail: expect.any(Number) });
    expect(ks?.chance).not.toHaveProperty('critical');
    expect(Object.keys(columns['balance']?.effects ?? {})).toEqual(['cohens_d', 'cliffs_delta']);
    expect(Object.keys(columns['plan']?.effects ?? {})).toEqual(['cohens_w']);
    expect(Object.keys(columns['member']?.effects ?? {})).toEqual(['cohens_w', 'cohens_h']);
  });

  it('is the same every time and much the same from buckets, and says so in a terminal and on a page', async () => {
    const once = await cli('compare', REFERENCE, CURRENT, '--level', '0.01');
    expect(await cli('compare', REFERENCE, CURRENT, '--level', '0.01')).toEqual(once);
    expect(once.out).toMatch(
      /\* income: psi is beyond chance: probability without drift \S+, \S+ among all columns; at most 0\.\d+ at level 0\.01; cohens_d /,
    );
    const { columns } = (await compared(REFERENCE, CURRENT, ...['--level', '0.01', '--buckets'])) as unknown as Judged;
    expect(columns['income']?.methods['psi']?.chance).toMatchObject({ beyond: true });
    expect((await cli('compare', REFERENCE, REFERENCE, '--level', '0.01')).out).toContain('no score is beyond chance at level 0.01');
    const page = join(directory, 'level.html');
    await cli('compare', REFERENCE, CURRENT, '--level', '0.01', '--html', page);
    expect(readFileSync(page, 'utf8')).toContain('<b>beyond chance</b>');
  });
});

describe('compare in a terminal and on a page', () => {
  it('draws both distributions, names what drifted and by which bins, and what only one file has', async () => {
    const { status, out } = await cli('compare', REFERENCE, CURRENT, '--threshold', 'psi=0.1');
    expect(status).toBe(0);
    expect(out).toMatch(/balance +numeric +700 → 450 +0 → 0 +[▁-█ ]+/);
    expect(out).toMatch(/✗ plan drifted by psi \(limit 0\.1\): team 4\.9 % → 14 %/);
    expect(out).toContain('– old: only in the reference');
    expect(out).toContain('– new: only in the current file');
  });

  it('says once of a column what none of its methods could measure, and which column no method takes', async () => {
    const [some, none] = [file('some.csv', 'x,w\n1,a\n2,b\n'), file('hollow.csv', 'x,w\nNA,a\n,b\n')];
    expect((await cli('compare', some, none)).out).toContain(
      '– x: no psi, kolmogorov_smirnov: there is no value to measure in the current file\n',
    );
    expect((await cli('compare', none, some, '--buckets')).out).toContain(
      '– x: no psi, kolmogorov_smirnov: there is no value to measure in the reference\n',
    );
    expect((await cli('compare', none, none)).out).toContain('there is no value to measure in either file');
    expect((await cli('compare', some, some, '--method', 'wasserstein')).out).toContain('– w: no method asked for takes words\n');
  });

  it('says of words that hardly repeat that they are no categories', async () => {
    const ids = (from: number): string => `id\n${Array.from({ length: 40 }, (_, i) => `u${from + i}`).join('\n')}\n`;
    const files = [file('ids.csv', ids(0)), file('others.csv', ids(20))] as const;
    const hint = '60 different words in 80 values: an identifier or free text, of which no score says much';
    expect((await cli('compare', ...files)).out).toContain(`– id: ${hint}\n`);
    expect((await compared(...files)).columns['id']).toMatchObject({ hint });
    expect((await compared(REFERENCE, CURRENT)).columns['plan']).not.toHaveProperty('hint');
  });

  it('lets no control character of a file reach the terminal', async () => {
    const path = file('evil.csv', `"a\u001b[31m",w\n1,"x\u0007"\n2,y\n`);
    const { out } = await cli('compare', path, path, '--threshold', '0');
    expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('writes one page without script and without anything from elsewhere, with all text escaped', async () => {
    const path = file('html.csv', `"<script>alert(1)</script>",w\n1,"<b>"\n2,y\n`);
    const page = join(directory, 'report.html');
    const { status, out } = await cli('compare', path, path, '--html', page);
    const html = readFileSync(page, 'utf8');
    expect([status, out]).toEqual([0, `Report written to ${page}\n`]);
    expect(html).toContain(`default-src 'none'; style-src 'sha256-`);
    expect(html).not.toMatch(/<script|\ssrc=|href="(?!#)|@import|url\(|\sstyle=|<b>"/);
    expect(html.match(/<svg /g)).toHaveLength(2);
  });
});

describe('compare used wrongly', () => {
  it.each([
    [['--method', 'chi2'], 'METHOD_UNKNOWN'],
    [['--bins', '0'], 'BINS_INVALID'],
    [['--bins', 'ten'], 'BINS_INVALID'],
    [['--binning', 'scott'], 'BINNING_UNKNOWN'],
    [['--zero', 'add:-1'], 'ZERO_INVALID'],
    [['--base', '10'], 'BASE_INVALID'],
    [['--categories-max', '1'], 'CATEGORIES_INVALID'],
    [['--expected-min', '0'], 'EXPECTED_INVALID'],
    [['--threshold', 'high'], 'THRESHOLD_INVALID'],
    [['--threshold', 'chi2=1'], 'METHOD_UNKNOWN'],
    [['--threshold', 'wasserstein=1'], 'THRESHOLD_UNUSED'],
    [['--level', '5'], 'LEVEL_INVALID'],
    [['--level', ''], 'LEVEL_INVALID'],
    [['--exact', '--buckets'], 'MODES_CONFLICT'],
  ])('%j ends with status 2 and the name of the error', async (options, code) => {
    const { status, out, err } = await cli('compare', REFERENCE, CURRENT, ...options);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(new RegExp(`^error ${code}: --`));
  });

  it('ends with status 2 for unknown options, commands and missing files names', async () => {
    expect((await cli('compare', REFERENCE, CURRENT, '--frobnicate')).status).toBe(2);
    expect((await cli('compare', REFERENCE)).status).toBe(2);
    expect((await cli('frobnicate')).status).toBe(2);
    expect((await cli('--help')).status).toBe(0);
  });

  it('ends with status 1 and one line for a file that cannot be read', async () => {
    expect(await cli('compare', REFERENCE, join(directory, 'none.csv'))).toMatchObject({
      status: 1,
      err: expect.stringMatching(/^error FILE_NOT_FOUND: .+\n$/),
    });
    expect(await cli('compare', REFERENCE, directory)).toMatchObject({
      status: 1,
      err: expect.stringMatching(/^error FORMAT_UNKNOWN: [^\n]+\n$/),
    });
  });
});
