import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { kolmogorovSmirnov } from '../hypothesis/kolmogorov-smirnov.js';
import oracle from '../oracles/multivariate.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { sortedValues } from '../sorted.js';
import { multivariateEnergy } from './multivariate-energy.js';
import { multivariateMmd } from './multivariate-mmd.js';
import { alarmRate, correlated, numbersTable, rareWordsTable, writtenTable } from './sample-tables.js';
import { type Table } from './table.js';

const METHODS = [
  ['multivariateMmd', multivariateMmd],
  ['multivariateEnergy', multivariateEnergy],
] as const;

describe('kernel and energy over several columns', () => {
  it.each(oracle.cases)('equal the means over the distances of scipy: $name', ({ reference, current, mmd, energy, scipyEnergy }) => {
    const tables = [writtenTable(reference), writtenTable(current)] as const;
    const kernel = multivariateMmd(...tables);
    expect(Math.abs(kernel.score - mmd.score)).toBeLessThan(oracle.tolerance * Math.max(Math.abs(mmd.score), 1e-3));
    expect(Number(kernel.parameters['bandwidth']) / mmd.bandwidth).toBeCloseTo(1, 12);
    const distance = multivariateEnergy(...tables);
    expect(Math.abs(distance.score - energy.score)).toBeLessThan(oracle.tolerance * energy.score);
    if (scipyEnergy !== undefined) expect(Math.abs(distance.score - scipyEnergy)).toBeLessThan(oracle.tolerance * scipyEnergy);
  });

  it.each(oracle.cases)(
    'give the p-value of 1,999 other random splits, as far as 999 can: $name',
    ({ reference, current, mmd, energy }) => {
      const tables = [writtenTable(reference), writtenTable(current)] as const;
      const options = { splits: 999, random: seededRandom(4) };
      for (const [{ pValue = NaN }, expected] of [
        [multivariateMmd(...tables, options), mmd.pValue],
        [multivariateEnergy(...tables, options), energy.pValue],
      ] as const)
        expect(Math.abs(pValue - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / 999) + 0.002);
    },
  );

  it.each(METHODS)('%s is symmetric and unchanged by shift and scale of a column, by the order of columns and of rows', (_, method) => {
    const random = seededRandom(21);
    const [a, b] = [correlated(random, 40, 3, 0.2), correlated(random, 30, 3, 0.7)];
    const { score } = method(numbersTable(a), numbersTable(b));
    expect(method(numbersTable(b), numbersTable(a)).score).toBeCloseTo(score, 12);
    const moved = (columns: Float64Array[]): Table => numbersTable(columns.map((values, i) => values.map((value) => value * 10 ** i - 5)));
    expect(method(moved(a), moved(b)).score).toBeCloseTo(score, 10);
    expect(method(numbersTable(a.toReversed()), numbersTable(b.toReversed())).score).toBeCloseTo(score, 12);
    const turned = (columns: Float64Array[]): Table => numbersTable(columns.map((values) => values.toReversed()));
    expect(method(turned(a), turned(b)).score).toBeCloseTo(score, 12);
  });

  it.each(METHODS)(
    '%s is symmetric, at most 0 for a sample and itself, and has a p-value, whatever ties and gaps there are',
    (_, method) => {
      const row = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined }));
      const sample = fc.array(row, { minLength: 2, maxLength: 12 }).map((rows): Table => [
        { kind: 'numeric', values: rows.map(([value], i) => (value === 3 && i > 0 ? NaN : value)) },
        { kind: 'categorical', values: rows.map(([, word]) => word) },
      ]);
      fc.assert(
        fc.property(sample, sample, (a, b) => {
          const { score, pValue = NaN } = method(a, b, { splits: 9 });
          expect(Math.abs(method(b, a, { splits: 1 }).score - score)).toBeLessThan(1e-6);
          expect(method(a, a, { splits: 1 }).score).toBeLessThanOrEqual(1e-12);
          expect(pValue >= 0.1 && pValue <= 1).toBe(true);
        }),
        { numRuns: 100 },
      );
    },
  );

  it.each(METHODS)('%s finds nothing between a sample and itself, nor in constant columns', (_, method) => {
    const table = numbersTable(correlated(seededRandom(22), 40, 2, 0.5));
    expect(method(table, table).score).toBeLessThanOrEqual(0);
    expect(method(table, table).pValue).toBeGreaterThan(0.5);
    const constant = numbersTable([[0.1, 0.1, 0.1]]);
    expect(method(constant, constant)).toMatchObject({ score: 0, pValue: 1 });
  });

  it.each(METHODS)('%s grows as one of several columns is shifted away', (_, method) => {
    const a = correlated(seededRandom(23), 50, 3, 0.3);
    const scores = [0, 0.5, 1, 2, 4].map((shift) =>
      method(numbersTable(a), numbersTable(a.map((x, i) => (i === 1 ? x.map((v) => v + shift) : x)))),
    );
    scores.slice(1).forEach(({ score }, i) => expect(score).toBeGreaterThan(scores[i]?.score ?? NaN));
    expect(scores.at(-1)?.pValue).toBe(1 / 200);
  });

  it.each(METHODS)('%s sees that columns go together otherwise where no column moved', (_, method) => {
    const random = seededRandom(25);
    const [a, b] = [correlated(random, 400, 3, 0.1), correlated(random, 400, 3, 0.8)];
    a.forEach((values, i) => expect(kolmogorovSmirnov(sortedValues(values), sortedValues(b[i] ?? [])).pValue).toBeGreaterThan(0.05));
    expect(method(numbersTable(a), numbersTable(b)).pValue).toBe(1 / 200);
  });

  it.each(METHODS)('%s alarms in 0.03 to 0.06 of 1,000 comparisons without drift at a level of 0.05', (_, method) => {
    const random = seededRandom(26);
    const draw = (rows: number): Table => numbersTable(correlated(random, rows, 3, 0.5));
    const rate = alarmRate(1000, () => method(draw(25), draw(20), { random, splits: 39 }).pValue);
    expect(rate).toBeGreaterThanOrEqual(0.03);
    expect(rate).toBeLessThanOrEqual(0.06);
  });

  it.each(METHODS)('%s keeps its level where most words are in one sample alone', (_, method) => {
    const random = seededRandom(27);
    const rate = alarmRate(400, () => method(rareWordsTable(random, 30), rareWordsTable(random, 15), { random, splits: 39 }).pValue);
    // 400 runs at a true rate of 0.05 lie below 0.072 in 39 of 40 cases.
    expect(rate).toBeLessThanOrEqual(0.072);
  });

  it.each(METHODS)('%s gives the same answer twice, is never certain and takes 1,000 rows of a larger sample', (_, method) => {
    const [many, few] = [
      numbersTable(correlated(seededRandom(28), 1500, 2, 0)),
      numbersTable([
        [9, 10, 11],
        [9, 9, 8],
      ]),
    ];
    const result = method(many, few, { splits: 19 });
    expect(method(many, few, { splits: 19 })).toEqual(result);
    expect(result).toMatchObject({ pValue: 0.05, parameters: { usedReference: 1000, usedCurrent: 3, splits: 19 } });
  });

  it.each(METHODS)('%s refuses what it cannot answer by name', (name, method) => {
    const two = numbersTable([[1, 2]]);
    const words: Table = [{ kind: 'categorical', values: ['a', 'b'] }];
    expect(() => method([], [])).toThrow(`${name} requires at least one column`);
    expect(() => method(two, words)).toThrow(`${name} requires the same columns on both sides`);
    expect(() => method(two, numbersTable([[1]]))).toThrow(`${name} requires at least 2 rows in each sample`);
    expect(() => method(two, numbersTable([[1, Infinity]]))).toThrow(`${name} requires finite values`);
    expect(() => method(two, numbersTable([[NaN, NaN]]))).toThrow(`${name} requires a number in every numeric column of each sample`);
    expect(() => method(numbersTable([[1, 2], [1]]), numbersTable([[1, 2], [1]]))).toThrow(
      `${name} requires as many values in every column`,
    );
    expect(() => method(numbersTable([[1.7e308, 1.7e308]]), numbersTable([[0, 1]]))).toThrow(
      `${name} requires columns whose mean and variance fit a double`,
    );
  });
});
