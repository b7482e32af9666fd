import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type ClickHouse, defineQuery } from '#libs/clickhouse';
import { openChdb } from '#libs/clickhouse/chdb';
import { mannWhitney, normalQuantile, type Score, sortedValues, studentT, welchT } from '#libs/statistics';

/** Statistic and p-value. */
const Answer = z.tuple([z.number(), z.number()]);

const Answers = z.object({ mannWhitney: Answer, welch: Answer, student: Answer });

const meanTests = defineQuery({
  name: 'MeanTests',
  purpose: 'the tests of location of the engine, to be compared with those of the statistics library',
  sql: `SELECT [u.1, u.2] AS mannWhitney, [w.1, w.2] AS welch, [s.1, s.2] AS student
    FROM (
      SELECT mannWhitneyUTest('two-sided', 1)(value, side) AS u, welchTTest(value, side) AS w, studentTTest(value, side) AS s
      FROM (
        SELECT arrayJoin({reference:Array(Float64)}) AS value, 0 AS side
        UNION ALL
        SELECT arrayJoin({current:Array(Float64)}) AS value, 1 AS side
      )
    )`,
  params: z.object({ reference: z.array(z.number()), current: z.array(z.number()) }),
  row: Answers,
});

/** So many values of a normal distribution, at evenly spread probabilities. */
const normal = (size: number, mean: number, deviation: number): number[] =>
  Array.from({ length: size }, (_, i) => mean + deviation * normalQuantile((i + 0.5) / size));
const rounded = (values: readonly number[]): number[] => values.map((value) => Math.round(value));

const SAMPLES = [
  { name: 'a shift up', reference: normal(300, 0, 1), current: normal(200, 0.2, 1) },
  { name: 'a shift down with another spread', reference: normal(80, 10, 1), current: normal(150, 9.5, 3) },
  { name: 'heavy ties', reference: rounded(normal(120, 3, 2)), current: rounded(normal(90, 3.6, 2)) },
  { name: 'hardly any difference', reference: normal(41, 5, 2), current: normal(60, 5.05, 2) },
  { name: 'no overlap', reference: normal(30, 0, 1), current: normal(25, 9, 1) },
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

const ask = async (reference: number[], current: number[]): Promise<z.infer<typeof Answers>> => {
  const [answer] = await clickHouse.query(meanTests, { reference, current });
  if (!answer) throw new Error('no answer');
  return answer;
};

/** t as the engine has it: reference less current. */
const signed = ({ score, parameters }: Score): number => (parameters['direction'] === 'higher' ? -score : score);
/** Relative to the larger size, and for p-values no finer than the engine has them: it takes them from 1. */
const near = (ours: number | undefined, theirs: number, tolerance: number): boolean =>
  ours !== undefined && Math.abs(ours - theirs) <= tolerance * Math.max(Math.abs(theirs), 1e-4);

describe('tests of means', () => {
  it.each(SAMPLES)('give the numbers of ClickHouse: $name', async ({ reference, current }) => {
    const { mannWhitney: u, welch, student } = await ask(reference, current);
    const [r, c] = [sortedValues(reference), sortedValues(current)];
    expect(mannWhitney(r, c).parameters['u']).toBe(u[0]);
    expect(near(mannWhitney(r, c).pValue, u[1], 1e-10)).toBe(true);
    for (const [ours, theirs] of [
      [welchT(r, c), welch],
      [studentT(r, c), student],
    ] as const) {
      expect(near(signed(ours), theirs[0], 1e-10)).toBe(true);
      expect(near(ours.pValue, theirs[1], 1e-9)).toBe(true);
    }
  });

  it('keep their digits far from zero, where ClickHouse has lost four of them', async () => {
    const [reference, current] = [normal(50, 0, 3), normal(70, 1, 3)].map((values) =>
      values.map((value) => Math.round(value * 1024) / 1024),
    );
    if (!reference || !current) throw new Error('two samples');
    const [far, off] = [reference.map((value) => value + 2 ** 20), current.map((value) => value + 2 ** 20)];
    const [here, there] = [await ask(reference, current), await ask(far, off)];
    expect(near(signed(welchT(sortedValues(far), sortedValues(off))), here.welch[0], 1e-12)).toBe(true);
    expect(near(signed(studentT(sortedValues(far), sortedValues(off))), here.student[0], 1e-12)).toBe(true);
    expect(near(there.welch[0], here.welch[0], 1e-2)).toBe(true);
    expect(near(there.welch[0], here.welch[0], 1e-8)).toBe(false);
  });
});
