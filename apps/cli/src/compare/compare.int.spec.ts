import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

describe('compare in a terminal and on a page', () => {
  it('draws both distributions, names what drifted and by which bins, and what only one file has', async () => {
    const { status, out } = await cli('compare', REFERENCE, CURRENT, '--threshold', 'psi=0.1');
    expect(status).toBe(0);
    expect(out).toMatch(/balance +numeric +700 → 450 +0 → 0 +[▁-█ ]+/);
    expect(out).toMatch(/✗ plan drifted by psi \(limit 0\.1\): team 4\.9 % → 14 %/);
    expect(out).toContain('– old: only in the reference');
    expect(out).toContain('– new: only in the current file');
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
