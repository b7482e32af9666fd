import { describe, expect, it } from '@jest/globals';
import oracle from '../oracles/pca-reconstruction.json' with { type: 'json' };
import { seededRandom } from '../random.js';
import { pcaReconstruction } from './pca-reconstruction.js';
import { alarmRate, correlated, numbersTable, rareWordsTable, writtenTable } from './sample-tables.js';
import { type Table, type TableColumn } from './table.js';

const { cases } = oracle;
const [reference, current] = [writtenTable(cases.reference), writtenTable(cases.current)];

const part = (column: TableColumn, from: number, to: number): TableColumn =>
  column.kind === 'numeric'
    ? { kind: 'numeric', values: Array.from(column.values).slice(from, to) }
    : { kind: 'categorical', values: column.values.slice(from, to) };
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : NaN);

describe('reconstruction error', () => {
  it('gives the errors, sampling errors and limits of NannyML for chunks with words, unseen words, missing values and a constant column', () => {
    cases.chunks.forEach(({ error, samplingError }, i) => {
      const chunk = current.map((column) => part(column, i * cases.chunkSize, (i + 1) * cases.chunkSize));
      const { parameters } = pcaReconstruction(reference, chunk, { chunkSize: cases.chunkSize, splits: 1 });
      const close = (name: string, expected: number): void =>
        expect(Math.abs(numberOf(parameters[name]) / expected - 1)).toBeLessThan(oracle.tolerance);
      expect(parameters['components']).toBe(cases.components);
      close('currentError', error);
      close('samplingError', samplingError);
      close('referenceLow', cases.lower);
      close('referenceHigh', cases.upper);
    });
    expect(numberOf(pcaReconstruction(reference, current, { splits: 1 }).parameters['referenceHigh'])).toBeCloseTo(cases.tenChunksUpper, 9);
  });

  it('is 0 between a sample and itself, and unchanged by shift and scale of a column and the order of columns', () => {
    const random = seededRandom(31);
    const [a, b] = [correlated(random, 60, 4, 0.6), correlated(random, 50, 4, 0.2)];
    const own = pcaReconstruction(numbersTable(a), numbersTable(a), { splits: 19 });
    expect(own).toMatchObject({ score: 0, parameters: { direction: 'same' } });
    expect(own.pValue).toBeGreaterThan(0.1);
    const { score } = pcaReconstruction(numbersTable(a), numbersTable(b), { splits: 1 });
    const moved = (columns: Float64Array[]): Table => numbersTable(columns.map((values, i) => values.map((value) => value * 10 ** i - 5)));
    expect(pcaReconstruction(moved(a), moved(b), { splits: 1 }).score).toBeCloseTo(score, 10);
    expect(pcaReconstruction(numbersTable(a.toReversed()), numbersTable(b.toReversed()), { splits: 1 }).score).toBeCloseTo(score, 10);
  });

  it('rises where columns go together less and falls where they go together more, though no column moved', () => {
    const random = seededRandom(32);
    const [loose, tight] = [numbersTable(correlated(random, 300, 4, 0.1)), numbersTable(correlated(random, 300, 4, 0.8))];
    expect(pcaReconstruction(tight, loose)).toMatchObject({ pValue: 0.01, parameters: { direction: 'higher' } });
    expect(pcaReconstruction(loose, tight)).toMatchObject({ pValue: 0.01, parameters: { direction: 'lower' } });
  });

  it('grows as the correlation goes', () => {
    const scores = [0.8, 0.6, 0.3, 0].map(
      (correlation) =>
        pcaReconstruction(
          numbersTable(correlated(seededRandom(33), 500, 4, 0.8)),
          numbersTable(correlated(seededRandom(34), 500, 4, correlation)),
          {
            splits: 1,
          },
        ).score,
    );
    scores.slice(1).forEach((score, i) => expect(score).toBeGreaterThan(scores[i] ?? NaN));
  });

  it('alarms in 0.03 to 0.06 of 400 comparisons without drift, though a plane lies nearer to the rows it was fitted to', () => {
    const random = seededRandom(35);
    const draw = (rows: number): Table => numbersTable(correlated(random, rows, 4, 0.5));
    let farther = 0;
    const rate = alarmRate(400, () => {
      const { pValue, parameters } = pcaReconstruction(draw(25), draw(20), { random, splits: 39 });
      if (parameters['direction'] === 'higher') farther += 1;
      return pValue;
    });
    expect(farther / 400).toBeGreaterThan(0.6);
    expect(rate).toBeGreaterThanOrEqual(0.03);
    expect(rate).toBeLessThanOrEqual(0.06);
  });

  it('keeps its level where most words are in one sample alone', () => {
    const random = seededRandom(36);
    const rate = alarmRate(
      400,
      () => pcaReconstruction(rareWordsTable(random, 30), rareWordsTable(random, 15), { random, splits: 39 }).pValue,
    );
    // 200 runs at a true rate of 0.05 lie below 0.081 in 39 of 40 cases.
    expect(rate).toBeLessThanOrEqual(0.081);
  });

  it('finds nothing in columns that are constant, and counts what leaves their value as it is', () => {
    const constant = numbersTable([
      [0.1, 0.1, 0.1, 0.1],
      [2, 2, 2, 2],
    ]);
    expect(pcaReconstruction(constant, constant)).toMatchObject({ score: 0, pValue: 1, parameters: { components: 0 } });
    expect(
      pcaReconstruction(
        constant,
        numbersTable([
          [0.1, 0.1],
          [5, 5],
        ]),
        { splits: 1 },
      ).score,
    ).toBeCloseTo(3, 12);
  });

  it('refuses one column, one row and what no number is', () => {
    expect(() => pcaReconstruction(numbersTable([[1, 2]]), numbersTable([[1, 2]]))).toThrow(
      'pcaReconstruction requires at least two columns',
    );
    expect(() => pcaReconstruction(numbersTable([[1], [2]]), numbersTable([[1], [2]]))).toThrow(
      'pcaReconstruction requires at least 2 rows in each sample',
    );
    expect(() =>
      pcaReconstruction(
        numbersTable([
          [1, 2],
          [1, Infinity],
        ]),
        numbersTable([
          [1, 2],
          [1, 2],
        ]),
      ),
    ).toThrow('pcaReconstruction requires finite values');
  });
});
