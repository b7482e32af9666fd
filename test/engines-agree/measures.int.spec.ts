import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type ClickHouse, defineQuery } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import {
  averagePrecision,
  bucketOf,
  countBuckets,
  erfc,
  meanAbsoluteError,
  populationDeviation,
  quantileOfSorted,
  rocAuc,
  rootMeanSquaredError,
  sampleCorrelation,
  sampleVariance,
  seededRandom,
  sortedValues,
} from '#libs/statistics';

const Numbers = z.array(z.number());

const rankings = defineQuery({
  name: 'RankingMetrics',
  purpose: 'the areas of the engine under the curves of a ranking, to be compared with those of the statistics library',
  sql: `SELECT arrayROCAUC({scores:Array(Float64)}, {truth:Array(UInt8)}) AS rocAuc, arrayAUCPR({scores:Array(Float64)}, {truth:Array(UInt8)}) AS averagePrecision`,
  params: z.object({ scores: Numbers, truth: Numbers }),
  row: z.object({ rocAuc: z.number(), averagePrecision: z.number() }),
});

const descriptions = defineQuery({
  name: 'Descriptions',
  purpose: 'what the engine says of two columns of numbers, to be compared with the statistics library',
  sql: `SELECT quantilesExactInclusive(0, 0.1, 0.25, 0.5, 0.99, 1)(x) AS quantiles, stddevPop(x) AS deviation, varSamp(x) AS variance, corr(x, y) AS correlation,
      L1Distance({a:Array(Float64)}, {b:Array(Float64)}) / length({a:Array(Float64)}) AS meanAbsoluteError,
      L2Distance({a:Array(Float64)}, {b:Array(Float64)}) / sqrt(length({a:Array(Float64)})) AS rootMeanSquaredError
    FROM (SELECT arrayJoin(arrayZip({a:Array(Float64)}, {b:Array(Float64)})) AS pair, pair.1 AS x, pair.2 AS y)`,
  params: z.object({ a: Numbers, b: Numbers }),
  row: z.object({
    quantiles: Numbers,
    deviation: z.number(),
    variance: z.number(),
    correlation: z.number(),
    meanAbsoluteError: z.number(),
    rootMeanSquaredError: z.number(),
  }),
});

const bucketSums = defineQuery({
  name: 'BucketSums',
  purpose: 'counts of buckets as the engine adds them up, to be compared with counting all values at once',
  sql: `SELECT bucket, toUInt32(count()) AS values FROM (SELECT arrayJoin({buckets:Array(Int32)}) AS bucket) GROUP BY bucket ORDER BY bucket`,
  params: z.object({ buckets: z.array(z.int()) }),
  row: z.object({ bucket: z.int(), values: z.int() }),
});

const errorFunction = defineQuery({
  name: 'ErrorFunction',
  purpose: 'the complementary error function of the engine, to be compared with ours',
  sql: 'SELECT arrayMap(x -> erfc(x), {at:Array(Float64)}) AS values',
  params: z.object({ at: Numbers }),
  row: z.object({ values: Numbers }),
});

let directory: string;
let clickHouse: ClickHouse;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'engines-agree-'));
  clickHouse = openChdb({ path: directory, readers: 1 });
});
afterAll(async () => {
  await clickHouse.close();
  rmSync(directory, { recursive: true, force: true });
});

const random = seededRandom(26);
const normals = (size: number, mean: number): number[] =>
  Array.from({ length: size }, () => mean + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

describe('measures of performance', () => {
  it.each([
    ['scores that are all different', (score: number) => score],
    ['scores with many ties', (score: number) => Math.round(score * 4) / 4],
  ])('are the numbers of ClickHouse for %s', async (_, rounding) => {
    const scores = Array.from({ length: 400 }, () => rounding(random()));
    const truth = scores.map((score) => random() < 0.2 + score / 2);
    const [answer] = await clickHouse.query(rankings, { scores, truth: truth.map(Number) });
    expect(rocAuc(truth, scores)).toBeCloseTo(answer?.rocAuc ?? NaN, 12);
    expect(averagePrecision(truth, scores).value).toBeCloseTo(answer?.averagePrecision ?? NaN, 12);
  });

  it.each([
    ['near zero', 0],
    ['far from zero', 1e6],
  ])('and descriptions are the numbers of ClickHouse for values %s', async (_, mean) => {
    const [a, b] = [normals(301, mean), normals(301, mean)];
    const [answer] = await clickHouse.query(descriptions, { a, b });
    const sorted = sortedValues(a);
    [0, 0.1, 0.25, 0.5, 0.99, 1].forEach((p, i) => expect(quantileOfSorted(sorted, p)).toBeCloseTo(answer?.quantiles[i] ?? NaN, 9));
    // The engine takes squares about zero: of values far from it, few digits of its variance are left.
    const digits = mean === 0 ? 12 : 3;
    expect(populationDeviation(a)).toBeCloseTo(answer?.deviation ?? NaN, digits);
    expect(sampleVariance(a)).toBeCloseTo(answer?.variance ?? NaN, digits);
    expect(sampleCorrelation(a, b)).toBeCloseTo(answer?.correlation ?? NaN, digits);
    expect(meanAbsoluteError(a, b)).toBeCloseTo(answer?.meanAbsoluteError ?? NaN, 9);
    expect(rootMeanSquaredError(a, b)).toBeCloseTo(answer?.rootMeanSquaredError ?? NaN, 9);
  });
});

describe('what both engines count', () => {
  it('is the same in every bucket, where two engines of Evidently cut other bins', async () => {
    const grid = { centre: 0, unit: 2 ** -5 };
    const values = normals(5000, 0.3);
    const rows = await clickHouse.query(bucketSums, { buckets: values.map((value) => bucketOf(value, grid)) });
    const counted = [...countBuckets(values, grid)].sort(([a], [b]) => a - b);
    expect(rows.map(({ bucket, values: count }) => [bucket, count])).toEqual(counted);
  });
});

describe('the complementary error function', () => {
  it('is that of ClickHouse to its last digits', async () => {
    const at = [-3, -1, -0.25, 0, 1e-9, 0.3, 0.9, 1.7, 3, 6, 12, 26];
    const [answer] = await clickHouse.query(errorFunction, { at });
    at.forEach((x, i) => expect(Math.abs(erfc(x) / (answer?.values[i] ?? NaN) - 1)).toBeLessThan(1e-14));
  });
});
