import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type ClickHouse, defineQuery } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import {
  chiSquare,
  cramersV,
  hellinger,
  kolmogorovSmirnov,
  lInfinity,
  seededRandom,
  sortedValues,
  totalVariation,
  twoProportionZ,
} from '#libs/statistics';

const Counts = z.array(z.int().min(0));
const two = { reference: Counts, current: Counts };

const categoricalScores = defineQuery({
  name: 'CategoricalScores',
  purpose: 'what the engine says of two rows of counts, to be compared with the statistics library',
  sql: `WITH
      arrayMap(n -> n / arraySum({reference:Array(UInt32)}), {reference:Array(UInt32)}) AS r,
      arrayMap(n -> n / arraySum({current:Array(UInt32)}), {current:Array(UInt32)}) AS c
    SELECT corrected, plain,
      LinfDistance(r, c) AS lInfinity, L1Distance(r, c) / 2 AS totalVariation,
      L2Distance(arrayMap(x -> sqrt(x), r), arrayMap(x -> sqrt(x), c)) / sqrt(2) AS hellinger
    FROM (
      SELECT cramersVBiasCorrected(category, side) AS corrected, cramersV(category, side) AS plain
      FROM (
        SELECT arrayJoin(arrayFlatten(arrayMap((n, i) -> arrayWithConstant(n, i), {reference:Array(UInt32)}, arrayEnumerate({reference:Array(UInt32)})))) AS category, 0 AS side
        UNION ALL
        SELECT arrayJoin(arrayFlatten(arrayMap((n, i) -> arrayWithConstant(n, i), {current:Array(UInt32)}, arrayEnumerate({current:Array(UInt32)})))) AS category, 1 AS side
      )
    )`,
  params: z.object(two),
  row: z.object({
    corrected: z.number(),
    plain: z.number(),
    lInfinity: z.number(),
    totalVariation: z.number(),
    hellinger: z.number(),
  }),
});

const proportions = defineQuery({
  name: 'ProportionsTest',
  purpose: 'the z-test of two proportions of the engine, to be compared with that of the statistics library',
  sql: `SELECT t.1 AS z, t.2 AS pValue FROM (
      SELECT proportionsZTest({current:Array(UInt32)}[2], {reference:Array(UInt32)}[2],
        toUInt64(arraySum({current:Array(UInt32)})), toUInt64(arraySum({reference:Array(UInt32)})), 0.95, 'pooled') AS t
    )`,
  params: z.object(two),
  row: z.object({ z: z.number(), pValue: z.number() }),
});

const kolmogorov = defineQuery({
  name: 'KolmogorovSmirnov',
  purpose: 'the Kolmogorov-Smirnov test of the engine, to be compared with that of the statistics library',
  sql: `SELECT t.1 AS score, t.2 AS pValue FROM (
      SELECT kolmogorovSmirnovTest('two-sided', 'exact')(value, side) AS t
      FROM (
        SELECT arrayJoin({reference:Array(Float64)}) AS value, 0 AS side
        UNION ALL
        SELECT arrayJoin({current:Array(Float64)}) AS value, 1 AS side
      )
    )`,
  params: z.object({ reference: z.array(z.number()), current: z.array(z.number()) }),
  row: z.object({ score: z.number(), pValue: z.number() }),
});

const TABLES = [
  { name: 'two categories', reference: [50, 50], current: [60, 40] },
  { name: 'five categories', reference: [10, 20, 30, 25, 15], current: [32, 18, 33, 20, 9] },
  { name: 'a category nobody saw before', reference: [500, 480, 0], current: [120, 118, 17] },
  { name: 'sizes far apart', reference: [900, 500, 100], current: [21, 19, 14] },
  { name: 'next to nothing in common', reference: [400, 3], current: [2, 300] },
  { name: 'no more than chance', reference: [50, 50, 50], current: [51, 49, 50] },
];

const random = seededRandom(31);
const uniform = (size: number, from: number): number[] => Array.from({ length: size }, () => from + random());
const SAMPLES = [
  { name: 'one distribution', reference: uniform(120, 0), current: uniform(90, 0) },
  { name: 'a shift', reference: uniform(150, 0), current: uniform(100, 0.2) },
  { name: 'no overlap', reference: uniform(20, 0), current: uniform(25, 2) },
];

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

const near = (ours: number | undefined, theirs: number, tolerance: number): void =>
  expect(Math.abs((ours ?? NaN) - theirs)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(theirs), 1e-4));

describe('scores of counts', () => {
  it.each(TABLES)('are the numbers of ClickHouse: $name', async ({ reference, current }) => {
    const [theirs] = await clickHouse.query(categoricalScores, { reference, current });
    if (!theirs) throw new Error('no answer');
    near(cramersV(reference, current).score, theirs.corrected, 1e-9);
    // The engine's χ² has no correction, ours has Yates' with two categories.
    const size = [...reference, ...current].reduce((sum, count) => sum + count, 0);
    if (reference.length > 2) near(chiSquare(reference, current).score, theirs.plain ** 2 * size, 1e-9);
    near(hellinger(reference, current).score, theirs.hellinger, 1e-9);
    near(totalVariation(reference, current).score, theirs.totalVariation, 1e-12);
    near(lInfinity(reference, current).score, theirs.lInfinity, 1e-12);
  });

  it.each(TABLES.filter(({ reference }) => reference.length === 2))(
    'of two proportions are the numbers of ClickHouse: $name',
    async ({ reference, current }) => {
      const [theirs] = await clickHouse.query(proportions, { reference, current });
      if (!theirs) throw new Error('no answer');
      const ours = twoProportionZ(reference, current);
      near(Number(ours.parameters['z']), theirs.z, 1e-12);
      near(ours.pValue, theirs.pValue, 1e-10);
    },
  );
});

describe('the Kolmogorov-Smirnov test', () => {
  it.each(SAMPLES)('gives the numbers of ClickHouse for continuous samples: $name', async ({ reference, current }) => {
    const [theirs] = await clickHouse.query(kolmogorov, { reference, current });
    if (!theirs) throw new Error('no answer');
    const ours = kolmogorovSmirnov(sortedValues(reference), sortedValues(current));
    near(ours.score, theirs.score, 1e-12);
    near(ours.pValue, theirs.pValue, 1e-8);
  });
});
