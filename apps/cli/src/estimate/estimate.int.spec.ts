import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '#libs/statistics';
import { run } from '../program.js';

type Metric = {
  estimate: number;
  band: { lower: number; upper: number };
  threshold: { lower: number; upper: number | null };
  outside: boolean;
  realised?: number;
};
type Report = {
  parameters: Record<string, unknown>;
  leftOut: unknown;
  chunks: { from: number; to: number; metrics: Record<string, Metric> }[];
  scorecard?: Record<string, { chunks: number; coverage: number; distrust: boolean }>;
};

let directory = '';
const file = (name: string, lines: readonly string[]): string => {
  const path = join(directory, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};
const cli = async (...argv: readonly string[]): Promise<{ status: number; out: string; err: string }> => {
  let [out, err] = ['', ''];
  const status = await run(['estimate', ...argv], { out: (text) => (out += text), err: (text) => (err += text) });
  return { status, out, err };
};
const estimated = async (...argv: readonly string[]): Promise<Report> => {
  const { status, out, err } = await cli(...argv, '--json');
  expect([status, err]).toEqual([0, '']);
  return JSON.parse(out) as Report;
};

/** Yes/no answers whose score means what it says, `power` bends the scores towards 1 or 0. */
const loans = (rows: number, seed: number, power = 1): string[] => {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () => {
    const score = random() ** power;
    return `${score.toFixed(4)},${score >= 0.5 ? 1 : 0},${random() < score ? 'true' : 'false'}`;
  });
};
/** Prices missed by about the distance. */
const prices = (rows: number, seed: number, farther = 0): string[] => {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, (_, i) => {
    const distance = 1 + farther + 4 * random();
    return `${distance.toFixed(2)},${i % 3 === 0 ? 'north' : 'south'},${(10 + distance).toFixed(2)},${(10 + distance + (random() - 0.5) * distance).toFixed(2)}`;
  });
};
const yesNo = (reference: string, current: string): string[] => [
  '--method',
  'cbpe',
  '--reference',
  reference,
  '--current',
  current,
  '--score',
  's',
  '--prediction',
  'p',
  '--label',
  'y',
];
/** Answers with three classes whose scores mean what they say; `power` bends the first score towards 1 or 0. */
const parcels = (rows: number, seed: number, power = 1): string[] => {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () => {
    const [small, split, at] = [Math.round(1e4 * random() ** power) / 1e4, random(), random()];
    const medium = Math.round(1e4 * (1 - small) * split) / 1e4;
    const shares = [small, medium, Math.max(Math.round(1e4 * (1 - small - medium)) / 1e4, 0)];
    const names = ['1', 'm', 'large'];
    const answer = names[shares.indexOf(Math.max(...shares))] ?? '';
    return [...shares, answer, at < small ? '1' : at < small + medium ? 'm' : 'large'].join(',');
  });
};
const SCORES = '1=s1, m=s2, large=s3';
const classes = (reference: string, current: string): string[] =>
  yesNo(reference, current).map((word, i, all) => (all[i - 1] === '--score' ? SCORES : word));
const numbers = (reference: string, current: string): string[] => [
  '--method',
  'dle',
  '--reference',
  reference,
  '--current',
  current,
  '--prediction',
  'p',
  '--label',
  'y',
];

let [known, later, priced, pricedLater] = ['', '', '', ''];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'estimate-'));
  known = file('known.csv', ['s,p,y', ...loans(2000, 1)]);
  later = file('later.csv', ['s,p', ...loans(600, 2, 3).map((line) => line.split(',').slice(0, 2).join(','))]);
  priced = file('priced.csv', ['distance,region,p,y', ...prices(800, 1)]);
  pricedLater = file('priced-later.csv', ['distance,region,p,y', ...prices(300, 2, 2)]);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('estimate --method cbpe --json', () => {
  it('gives estimate, band and threshold per metric and chunk without any label in the current file', async () => {
    const report = await estimated(...yesNo(known, later), '--chunk-size', '200');
    expect(report.parameters).toMatchObject({ method: 'cbpe', version: 2, chunkSize: 200, referenceChunks: 10, bandErrors: 3 });
    expect(report.chunks.map(({ from, to }) => [from, to])).toEqual([
      [0, 200],
      [200, 400],
      [400, 600],
    ]);
    expect(Object.keys(report.chunks[0]?.metrics ?? {})).toEqual(
      ['roc_auc', 'average_precision', 'f1', 'precision', 'recall', 'specificity', 'accuracy'].concat([
        'true_positive',
        'false_positive',
        'false_negative',
        'true_negative',
      ]),
    );
    for (const { metrics } of report.chunks) {
      for (const { estimate, band, outside, threshold } of Object.values(metrics)) {
        expect(band.lower).toBeLessThanOrEqual(estimate);
        expect(band.upper).toBeGreaterThanOrEqual(estimate);
        expect(outside).toBe(estimate < threshold.lower || estimate > (threshold.upper ?? Infinity));
      }
    }
    expect(report.chunks[0]?.metrics['true_positive']?.outside).toBe(true);
    expect(report.scorecard).toBeUndefined();
  });

  it('shows what labels of the current file said beside the estimates, with a scorecard', async () => {
    const labelled = file('labelled.csv', ['s,p,y', ...loans(2000, 3, 2)]);
    const report = await estimated(...yesNo(known, labelled));
    expect(report.chunks).toHaveLength(10);
    expect(report.scorecard?.['accuracy']).toMatchObject({ chunks: 10, distrust: false });
    expect(Math.abs((report.chunks[0]?.metrics['accuracy']?.realised ?? NaN) - 0.75)).toBeLessThan(0.15);
  });

  it('distrusts itself when the same scores have come to mean something else', async () => {
    const turned = file('turned.csv', [
      's,p,y',
      ...loans(1000, 4).map((line) => (line.endsWith('true') ? line.replace('true', 'false') : line.replace('false', 'true'))),
    ]);
    expect((await estimated(...yesNo(known, turned))).scorecard?.['accuracy']).toMatchObject({ coverage: 0, distrust: true });
  });

  it('counts the rows it leaves out for want of a value', async () => {
    const holes = file('holes.csv', ['s,p,y', '0.5,,1', ...loans(99, 5), ',1,']);
    expect((await estimated(...yesNo(known, holes))).leftOut).toEqual({ reference: 0, current: 2 });
  });
});

describe('estimate --method cbpe --score class=column,…', () => {
  const HEAD = 's1,s2,s3,p,y';

  it('estimates answers with many classes, numbers among their names, and settles with labels that came later', async () => {
    const [before, after] = [file('parcels.csv', [HEAD, ...parcels(2000, 1)]), file('parcels-later.csv', [HEAD, ...parcels(1000, 2, 3)])];
    const report = await estimated(...classes(before, after), '--chunk-size', '200');
    expect(report.parameters).toMatchObject({ method: 'cbpe_multiclass', classes: ['1', 'large', 'm'], chunkSize: 200 });
    expect(Object.keys(report.chunks[0]?.metrics ?? {})).toEqual([
      'roc_auc_macro',
      'f1_macro',
      'precision_macro',
      'recall_macro',
      'accuracy',
    ]);
    expect(report.scorecard?.['accuracy']).toMatchObject({ chunks: 5, coverage: 1, distrust: false });
    for (const { estimate, realised } of Object.values(report.chunks[0]?.metrics ?? {}))
      expect(Math.abs(estimate - (realised ?? NaN))).toBeLessThan(0.1);
  });

  it('names the class that has no column, in labels and in answers, and the column that is not there', async () => {
    const before = file('parcels-four.csv', [HEAD, ...parcels(500, 3), '0.1,0.2,0.7,large,huge']);
    const after = file('parcels-answers.csv', [HEAD, ...parcels(50, 4), '0.1,0.2,0.7,tiny,']);
    const known = file('parcels-three.csv', [HEAD, ...parcels(500, 3)]);
    expect(await cli(...classes(before, known))).toMatchObject({
      status: 2,
      err: 'error CLASS_WITHOUT_SCORE: column y holds the class "huge", and --score names no column for it; it names 1, m, large\n',
    });
    expect((await cli(...classes(known, after))).err).toMatch(/^error CLASS_WITHOUT_SCORE: column p holds the class "tiny"/);
    expect((await cli(...classes(known, known), '--score', `${SCORES},huge=s4`)).err).toMatch(/^error COLUMN_UNKNOWN: .* has no column s4/);
    expect((await cli(...classes(known, known), '--score', `${SCORES},huge=y`)).err).toMatch(/^error NOT_A_NUMBER: column y holds/);
  });
});

describe('estimate --method dle --json', () => {
  it('learns from all other columns, words included, and sees larger losses coming', async () => {
    const report = await estimated(...numbers(priced, pricedLater), '--chunk-size', '100');
    expect(report.parameters).toMatchObject({ method: 'dle', features: ['distance', 'region'], chunkSize: 100 });
    const mae = report.chunks[0]?.metrics['mae'];
    expect(mae?.outside).toBe(true);
    expect(Math.abs((mae?.estimate ?? NaN) / (mae?.realised ?? NaN) - 1)).toBeLessThan(0.25);
    expect(mae?.threshold.upper).toEqual(expect.any(Number));
  });

  it('takes the features that are named', async () => {
    const report = await estimated(...numbers(priced, pricedLater), '--features', 'distance');
    expect(report.parameters['features']).toEqual(['distance']);
  });
});

describe('estimate in a terminal', () => {
  it('prints a line per chunk and metric, and the scorecard', async () => {
    const { out } = await cli(...numbers(priced, pricedLater), '--chunk-size', '100');
    expect(out).toMatch(
      /^rows +metric +estimate +band +threshold +realised\n0–99 +mae +[\d.]+ ✗ +[\d.]+ … [\d.]+ +[\d.]+ … [\d.]+ +[\d.]+\n/,
    );
    expect(out).toMatch(
      /[–✗] mae: what labels showed lay in the band in [0-3] of 3 chunks; off by [\d.]+ on average, [\d.]+ too (high|low) in the mean/,
    );
  });

  it('names metrics that have no number, and where', async () => {
    const quiet = file('quiet.csv', ['s,p', ...Array.from({ length: 40 }, () => '0.2,0')]);
    const { out } = await cli(...yesNo(known, quiet), '--chunk-size', '20');
    expect(out).toContain('– no precision in 2 of 2 chunks: ');
    const report = await estimated(...yesNo(known, quiet), '--chunk-size', '20');
    expect(report.chunks[0]).toMatchObject({ absent: ['precision'] });
    expect((await estimated(...yesNo(known, later))).chunks[0]).not.toHaveProperty('absent');
  });

  it('is the same every time', async () => {
    expect(await cli(...yesNo(known, later))).toEqual(await cli(...yesNo(known, later)));
  });
});

describe('estimate used wrongly', () => {
  it.each([
    [['--method', 'magic'], 'METHOD_UNKNOWN'],
    [['--chunk-size', '0'], 'CHUNK_SIZE_INVALID'],
    [['--chunk-size', '5000'], 'ESTIMATE_IMPOSSIBLE'],
    [['--score', 'none'], 'COLUMN_UNKNOWN'],
    [['--score', 'a=s'], 'SCORE_INVALID'],
    [['--score', 'a=s,b'], 'SCORE_INVALID'],
    [['--score', 'a=s,b=s'], 'SCORE_INVALID'],
    [['--score', 'a=s,a=p'], 'SCORE_INVALID'],
    [['--label', 's'], 'NOT_BINARY'],
    [['--method', 'dle', '--features', 'a,,b'], 'FEATURES_INVALID'],
    [['--method', 'dle', '--features', 'q'], 'COLUMN_UNKNOWN'],
    [['--method', 'dle'], 'NOT_A_NUMBER'],
  ])('%j ends with status 2 and the name of the error', async (options, code) => {
    const { status, out, err } = await cli(...yesNo(known, later), ...options);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(new RegExp(`^error ${code}: `));
  });

  it('names what a column holds, infinite numbers as such, and the first of very many columns', async () => {
    const infinite = file('infinite.csv', ['s,p', '0.5,1', 'inf,1']);
    expect((await cli(...yesNo(known, infinite))).err).toBe('error NOT_A_NUMBER: column s holds Infinity; it takes finite numbers\n');
    const odd = file('odd.csv', ['s,p', `0.5,${'x'.repeat(90)}`]);
    expect((await cli(...yesNo(known, odd))).err).toBe(
      `error NOT_BINARY: column p holds "${'x'.repeat(40)}…"; it takes 1 and 0, or true and false\n`,
    );
    const wide = file('wide.csv', [Array.from({ length: 50 }, (_, i) => `c${i}`).join(','), new Array(50).fill('1').join(',')]);
    expect((await cli(...yesNo(known, wide))).err).toMatch(/has no column p; it has c0, .*c19 and 30 more\n$/);
  });

  it('refuses a file without rows, and a reference whose labels are all the same', async () => {
    for (const empty of [file('empty.csv', ['']), file('header.csv', ['s,p,y'])]) {
      expect(await cli(...yesNo(known, empty))).toMatchObject({
        status: 1,
        err: expect.stringMatching(/^error FILE_EMPTY: .*holds no rows\n$/),
      });
      expect((await cli(...yesNo(empty, later))).err).toMatch(/^error FILE_EMPTY: /);
    }
    const oneClass = file('one-class.csv', ['s,p,y', ...loans(200, 6).map((line) => line.replace('false', 'true'))]);
    expect((await cli(...yesNo(oneClass, later))).err).toBe(
      'error ESTIMATE_IMPOSSIBLE: cbpe requires both classes among the labels of the reference\n',
    );
  });

  it('ends with status 2 without a score for cbpe, and 1 for a file that is not there', async () => {
    const withoutScore = yesNo(known, later).filter((word) => word !== '--score' && word !== 's');
    expect((await cli(...withoutScore)).err).toMatch(/^error SCORE_MISSING: /);
    expect(await cli(...yesNo(known, join(directory, 'none.csv')))).toMatchObject({
      status: 1,
      err: expect.stringMatching(/^error FILE_NOT_FOUND/),
    });
  });
});
