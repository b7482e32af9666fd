import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { centroidDistance, multivariateMmd, pcaReconstruction, seededRandom, type Table } from '#libs/statistics';
import { run } from '../../program.js';

type Method = { score: number | null; pValue?: number; parameters: Record<string, unknown>; reason?: string };
type Report = { of: string; rows: unknown; columns: Record<string, unknown>; methods: Record<string, Method> };

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
const compared = async (...argv: readonly string[]): Promise<Report> => {
  const { status, out, err } = await cli(...argv, '--json');
  expect([status, err]).toEqual([0, '']);
  return JSON.parse(out) as Report;
};

const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
/** Two columns of standard normal numbers with this correlation. */
const pairs = (seed: number, rows: number, correlation: number): readonly [number[], number[]] => {
  const random = seededRandom(seed);
  const a = Array.from({ length: rows }, () => normal(random));
  return [a, a.map((value) => correlation * value + Math.sqrt(1 - correlation ** 2) * normal(random))];
};
const table = (columns: readonly number[][]): Table => columns.map((values) => ({ kind: 'numeric', values }));
const csv = ([a, b]: readonly [number[], number[]]): string =>
  `a,b,word\n${a.map((value, i) => `${value},${b[i] ?? ''},${i % 3 ? 'x' : 'y'}`).join('\n')}\n`;
const ndjson = ([a, b]: readonly [number[], number[]]): string =>
  a.map((value, i) => JSON.stringify({ features: { embedding: [value, b[i], 1] }, other: i })).join('\n');

const [before, after] = [pairs(71, 150, 0), pairs(72, 120, 0.85)];
let [reference, current, vectors, moved] = ['', '', '', ''];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'compare-together-'));
  [reference, current] = [file('reference.csv', csv(before)), file('current.csv', csv(after))];
  [vectors, moved] = [file('reference.ndjson', ndjson(before)), file('current.ndjson', ndjson(after))];
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('compare --together', () => {
  it('gives the numbers of the library for columns as one, and sees a correlation that no single column shows', async () => {
    const report = await compared(reference, current, '--together', 'a,b', '--method', 'pca_reconstruction', '--method', 'mmd');
    expect(report).toMatchObject({ of: 'columns', rows: { reference: 150, current: 120 }, columns: { a: { kind: 'numeric' } } });
    expect(Object.keys(report.methods)).toEqual(['pca_reconstruction', 'multivariate_mmd']);
    const [one, other] = [table(before), table(after)];
    expect(report.methods['pca_reconstruction']?.score).toBe(pcaReconstruction(one, other).score);
    expect(report.methods['multivariate_mmd']).toMatchObject({
      score: multivariateMmd(one, other).score,
      parameters: { version: 2, splits: 199 },
    });
    expect(report.methods['multivariate_mmd']?.pValue).toBe(1 / 200);
  });

  it('takes words beside numbers, by every method unless some are named', async () => {
    const report = await compared(reference, current, '--together', 'a, b, word');
    expect(Object.keys(report.methods)).toEqual(['pca_reconstruction', 'domain_classifier', 'multivariate_mmd', 'multivariate_energy']);
    expect(report.columns['word']).toEqual({ kind: 'categorical', missing: { reference: 0, current: 0 } });
    for (const { score, pValue } of Object.values(report.methods)) expect([typeof score, typeof pValue]).toEqual(['number', 'number']);
  });

  it('counts missing and infinite cells, and says why a score cannot be given', async () => {
    const gaps = file('gaps.csv', 'a,b\n1,\n2,inf\nNA,3\n4,5\n');
    const report = await compared(gaps, gaps, '--together', 'a,b', '--method', 'domain_classifier', '--method', 'energy_distance');
    expect(report.columns).toMatchObject({ a: { missing: { reference: 1, current: 1 } }, b: { missing: { reference: 2, current: 2 } } });
    expect(report.methods['domain_classifier']).toMatchObject({
      score: null,
      reason: 'domainClassifier requires at least 10 rows in each sample',
    });
    expect(report.methods['multivariate_energy']).toMatchObject({ score: 0 });
    expect((await cli(gaps, gaps, '--together', 'a,b')).out).toContain('– no domain_classifier: domainClassifier requires');
  });

  it('is a line per method in a terminal', async () => {
    const { out } = await cli(reference, current, '--together', 'a,b', '--method', 'mmd');
    expect(out).toMatch(
      /together: a \(numeric\), b \(numeric\)\n\nmethod +score +p +rows used\n─+\nmultivariate_mmd +0\.\d{4} +0\.005 +150 → 120\n/,
    );
  });
});

describe('compare --vector', () => {
  it('gives the numbers of the library for lists of numbers in nested records', async () => {
    const report = await compared(vectors, moved, '--vector', 'features.embedding');
    expect(report).toMatchObject({ of: 'vectors', columns: { 'features.embedding': { kind: 'vector' } } });
    expect(Object.keys(report.methods)).toEqual(['centroid_distance', 'vector_mmd', 'share_of_drifted_dimensions']);
    const rows = ([a, b]: readonly [number[], number[]]): number[][] => a.map((value, i) => [value, b[i] ?? NaN, 1]);
    expect(report.methods['centroid_distance']).toMatchObject({
      score: centroidDistance(rows(before), rows(after)).score,
      parameters: { dimension: 3 },
    });
    expect(report.methods['vector_mmd']?.pValue).toBe(1 / 200);
    expect(report.methods['share_of_drifted_dimensions']?.score).toBe(0);
  });

  it('reads lists as JSON text from CSV and leaves out rows without one', async () => {
    const path = file('vectors.csv', 'v\n"[1,2]"\n"[3,4]"\n"[5,6]"\nNA\n');
    const report = await compared(path, path, '--vector', 'v', '--method', 'mmd');
    expect(report.columns['v']).toEqual({ kind: 'vector', missing: { reference: 1, current: 1 } });
    expect(report.methods['vector_mmd']).toMatchObject({ parameters: { usedReference: 3 } });
  });

  it('says why no score can be given where vectors differ in length', async () => {
    const path = file('lengths.ndjson', '{"v":[1,2]}\n{"v":[1,2,3]}\n');
    expect((await compared(path, path, '--vector', 'v')).methods['vector_mmd']).toMatchObject({
      score: null,
      reason: 'vectorMmd requires vectors of one length',
    });
  });
});

describe('compare --together and --vector used wrongly', () => {
  it.each([
    [['--together', 'a,nope'], 'COLUMN_UNKNOWN'],
    [['--together', 'a,,b'], 'TOGETHER_INVALID'],
    [['--together', 'a,a'], 'TOGETHER_INVALID'],
    [['--together', 'a,b', '--method', 'psi'], 'METHOD_UNKNOWN'],
    [['--vector', 'a', '--method', 'pca_reconstruction'], 'METHOD_UNKNOWN'],
    [['--together', 'a,b', '--vector', 'a'], 'TOGETHER_CONFLICT'],
    [['--together', 'a,b', '--bins', '5'], 'TOGETHER_CONFLICT'],
    [['--vector', 'a'], 'VECTOR_INVALID'],
  ])('%j ends with status 2 and the name of the error', async (options, code) => {
    const { status, out, err } = await cli(reference, current, ...options);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(new RegExp(`^error ${code}: `));
  });
});
