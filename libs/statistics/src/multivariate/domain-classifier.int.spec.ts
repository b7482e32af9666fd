import { describe, expect, it } from '@jest/globals';
import oracle from '../oracles/domain-classifier.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { domainClassifier } from './domain-classifier.js';
import { alarmRate, correlated, normal, numbersTable, rareWordsTable, writtenTable } from './sample-tables.js';
import { type Table } from './table.js';

describe('domain classifier', () => {
  it.each(oracle.cases)('has the area of the boosting of scikit-learn, as far as two shuffles of that agree: $name', (given) => {
    const tables = [writtenTable(given.reference), writtenTable(given.current)] as const;
    const shuffles = Array.from({ length: 10 }, (_, seed) => domainClassifier(...tables, { random: seededRandom(seed), splits: 1 }).score);
    const mean = shuffles.reduce((sum, score) => sum + score, 0) / shuffles.length;
    // Bins of 31 steps cut elsewhere than every value: the mean of 10 shuffles differs by less than `tolerance` deviations of one.
    expect(Math.abs(mean - given.area)).toBeLessThan(oracle.tolerance * given.deviation);
  });

  it('sees a correlation that changed where no column moved, a word that became frequent, and values that went missing', () => {
    const random = seededRandom(41);
    const split = { splits: 39 };
    const together = [numbersTable(correlated(random, 200, 3, 0.1)), numbersTable(correlated(random, 200, 3, 0.8))] as const;
    expect(domainClassifier(...together, split).pValue).toBe(1 / 40);
    const words = (share: number): Table => [
      { kind: 'categorical', values: Array.from({ length: 150 }, () => (random() < share ? 'often' : random() < 0.5 ? 'x' : 'y')) },
    ];
    expect(domainClassifier(words(0.2), words(0.5), split).pValue).toBe(1 / 40);
    const gaps = (share: number): Table => numbersTable([Array.from({ length: 150 }, () => (random() < share ? NaN : normal(random)))]);
    expect(domainClassifier(gaps(0.05), gaps(0.3), split).pValue).toBe(1 / 40);
  });

  it('is 1 for samples that nothing joins, grows with a shift, and is unchanged by an increasing transformation', () => {
    const [a, b] = [correlated(seededRandom(42), 100, 2, 0), correlated(seededRandom(43), 100, 2, 0)];
    const shifted = (by: number): Float64Array[] => b.map((values) => values.map((value) => value + by));
    const areas = [0, 0.5, 1, 2, 20].map((by) => domainClassifier(numbersTable(a), numbersTable(shifted(by)), { splits: 1 }).score);
    areas.slice(1).forEach((area, i) => expect(area).toBeGreaterThan(areas[i] ?? NaN));
    expect(areas.at(-1)).toBeGreaterThan(0.98);
    const scaled = (columns: Float64Array[]): Table => numbersTable(columns.map((values) => values.map((value) => value * 4 + 64)));
    expect(domainClassifier(scaled(a), scaled(shifted(1)), { splits: 1 }).score).toBeCloseTo(areas[2] ?? NaN, 12);
  });

  it('alarms at its level without drift, where the fixed limit of NannyML (0.65) alarms more often the fewer rows there are', () => {
    const random = seededRandom(44);
    let above = 0;
    const rate = alarmRate(400, () => {
      const { score, pValue } = domainClassifier(
        numbersTable(correlated(random, 20, 2, 0.5)),
        numbersTable(correlated(random, 20, 2, 0.5)),
        {
          random,
          splits: 19,
        },
      );
      if (score > 0.65) above += 1;
      return pValue;
    });
    expect(above / 400).toBeGreaterThan(0.06);
    expect(rate).toBeGreaterThanOrEqual(0.03);
    expect(rate).toBeLessThanOrEqual(0.06);
  });

  it('is not given the answer by words that only one sample has', () => {
    const random = seededRandom(45);
    const rate = alarmRate(
      400,
      () => domainClassifier(rareWordsTable(random, 20), rareWordsTable(random, 12), { random, splits: 19 }).pValue,
    );
    // 200 runs at a true rate of 0.05 lie below 0.081 in 39 of 40 cases.
    expect(rate).toBeLessThanOrEqual(0.081);
  });

  it('finds nothing in files that are sorted, where folds that are not shuffled (NannyML) learn and are asked about different stretches', () => {
    const sorted = (seed: number): Table => {
      const columns = correlated(seededRandom(seed), 150, 2, 0.3);
      const order = Array.from({ length: 150 }, (_, row) => row).sort((a, b) => (columns[0]?.[a] ?? 0) - (columns[0]?.[b] ?? 0));
      return numbersTable(columns.map((values) => order.map((row) => values[row] ?? NaN)));
    };
    const { score, pValue } = domainClassifier(sorted(46), sorted(47), { splits: 39 });
    expect(Math.abs(score - 0.5)).toBeLessThan(0.1);
    expect(pValue).toBeGreaterThan(0.05);
  });

  it('gives the same answer twice, is never certain, takes 1,000 rows of a larger sample, and says 0.5 of constants', () => {
    const [many, few] = [
      numbersTable(correlated(seededRandom(48), 1500, 1, 0)),
      numbersTable([Array.from({ length: 60 }, (_, i) => 9 + i)]),
    ];
    const result = domainClassifier(many, few, { splits: 19 });
    expect(domainClassifier(many, few, { splits: 19 })).toEqual(result);
    expect(result).toMatchObject({ pValue: 0.05, parameters: { folds: 5, trees: 10, usedReference: 1000, usedCurrent: 60 } });
    const constant = numbersTable([new Float64Array(20).fill(3)]);
    expect(domainClassifier(constant, constant).score).toBeCloseTo(0.5, 12);
    expect(domainClassifier(constant, constant).pValue).toBe(1);
  });

  it('refuses fewer than ten rows', () => {
    expect(() => domainClassifier(numbersTable([[1, 2]]), numbersTable([[1, 2]]))).toThrow(
      'domainClassifier requires at least 10 rows in each sample',
    );
  });
});
