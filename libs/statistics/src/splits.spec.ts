import { describe, expect, it } from '@jest/globals';
import { numbersTable } from './multivariate/sample-tables.js';
import { seededByTables } from './multivariate/table.js';
import { seededRandom } from './random.js';
import { seededByVectors } from './vectors/vectors.js';

/** Rows as files have them: a number, the hour, the weekday, all alike in every sample, and a value, sorted if so wished. */
const ordered = (seed: number, rows: number, sorted: boolean): Float64Array[] => {
  const random = seededRandom(seed);
  const values = Float64Array.from({ length: rows }, random);
  const places = Float64Array.from(values.keys());
  return [places, places.map((at) => at % 24), places.map((at) => at % 7), sorted ? values.sort() : values];
};
const vectorsOf = (columns: readonly Float64Array[]): number[][] =>
  Array.from({ length: columns[0]?.length ?? 0 }, (_, row) => columns.map((column) => column[row] ?? NaN));

describe('the numbers behind splits of rows', () => {
  it.each([true, false])('differ for other rows, also where the first columns are alike in every sample; rows sorted: %s', (sorted) => {
    const seeds = Array.from({ length: 40 }, (_, i) => [ordered(2 * i, 30, sorted), ordered(2 * i + 1, 25, sorted)] as const);
    const ofTables = seeds.map(([a, b]) => seededByTables([numbersTable(a), numbersTable(b)])());
    const ofVectors = seeds.map(([a, b]) => seededByVectors(vectorsOf(a), vectorsOf(b))());
    expect(new Set(ofTables).size).toBeGreaterThanOrEqual(38);
    expect(new Set(ofVectors).size).toBeGreaterThanOrEqual(38);
  });

  it('are the same for the same rows, and in another unit', () => {
    const [a, b] = [ordered(1, 30, false), ordered(2, 25, false)];
    const inOtherUnit = (columns: readonly Float64Array[]) => numbersTable(columns.map((column) => column.map((value) => 8 * value - 3)));
    const first = seededByTables([numbersTable(a), numbersTable(b)])();
    expect(seededByTables([numbersTable(a), numbersTable(b)])()).toBe(first);
    expect(seededByTables([inOtherUnit(a), inOtherUnit(b)])()).toBe(first);
  });

  it('know words, and missing values, which are neither before nor after others', () => {
    const words = (...values: (string | undefined)[]) => [{ kind: 'categorical' as const, values }];
    const drawn = [words('a', 'b', 'c'), words('c', 'b', 'a'), words(undefined, 'b', 'c')].map((table) =>
      seededByTables([table, words('b', 'b', 'b')])(),
    );
    expect(new Set(drawn).size).toBe(3);
  });
});
