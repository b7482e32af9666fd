import { otherBucket } from '#libs/predictions';
import { problemOfCounts, ReferenceCounts } from './reference-counts.js';
import { type ImportedSubject } from './reference-import.js';
import { UnknownWord, WindowCutter } from './reference-windows.js';

const DAY = 86_400_000;
const days = { timeZone: 'UTC', windowMinutes: 1440 };
const distance: ImportedSubject = { subject: 'feature:distance', grid: '0/100', counts: [] };
const city: ImportedSubject = {
  subject: 'feature:city',
  grid: 'word',
  words: ['a', 'b'],
  counts: [
    [0, 1],
    [1, 1],
  ],
};
const rowsOf = (day: number, count: number): { at: number; distance: number; city: string }[] =>
  Array.from({ length: count }, (_, i) => ({ at: day * DAY + i, distance: 100 * (i % 3), city: i % 2 === 0 ? 'a' : 'b' }));

const cutterOf = (...rows: ReturnType<typeof rowsOf>[]): WindowCutter => {
  const cutter = new WindowCutter(days, [distance, city], otherBucket);
  for (const row of rows.flat()) cutter.add(row.at, (subject) => (subject === 'feature:city' ? row.city : row.distance));
  return cutter;
};

describe('a file that is cut by time', () => {
  it('has the windows of the monitor, and counts that are the sums of them', () => {
    const cut = cutterOf(rowsOf(3, 6), rowsOf(1, 4)).cut(2, 10);
    expect(cut?.windows).toEqual([
      { from: DAY, until: 2 * DAY, rows: 4 },
      { from: 3 * DAY, until: 4 * DAY, rows: 6 },
    ]);
    expect(cut?.rows).toBe(10);
    expect(cut?.subjects[1]).toMatchObject({
      counts: [
        [0, 5],
        [1, 5],
      ],
      windows: [
        [
          [0, 2],
          [1, 2],
        ],
        [
          [0, 3],
          [1, 3],
        ],
      ],
    });
  });

  it('leaves out windows with too few rows, and keeps the last ones where there are too many', () => {
    const cutter = cutterOf(rowsOf(1, 5), rowsOf(2, 1), rowsOf(3, 5), rowsOf(4, 5));
    expect(cutter.cut(2, 2)?.windows.map(({ from }) => from / DAY)).toEqual([3, 4]);
    expect(cutter.cut(2, 10)?.rows).toBe(15);
  });

  it('says nothing about windows when there is only one', () => {
    expect(cutterOf(rowsOf(1, 5)).cut(2, 10)).toBeUndefined();
  });

  it('counts what is no value as missing, and refuses words that were read in two ways', () => {
    const cutter = cutterOf(rowsOf(1, 2), rowsOf(2, 2));
    cutter.add(DAY, () => undefined);
    expect(cutter.cut(2, 10)?.subjects.map(({ counts }) => counts.at(-1))).toEqual([
      [1_073_741_824, 1],
      [1_073_741_824, 1],
    ]);
    expect(() => cutter.add(DAY, () => 7)).toThrow(UnknownWord);
  });
});

describe('counts of a file', () => {
  const counts = (overrides: object = {}): ReferenceCounts =>
    ReferenceCounts.parse({
      name: 'train',
      source: { file: 'train.csv', sha256: '0'.repeat(64) },
      rows: 2,
      subjects: [{ ...distance, counts: [[1, 2]] }],
      reason: 'the training data',
      ...overrides,
    });

  it('are accepted when they are those of every row', () => {
    expect(problemOfCounts(counts())).toBeUndefined();
  });

  it('are refused with the subject when they are not', () => {
    expect(problemOfCounts(counts({ rows: 3 }))).toMatchObject({ field: 'feature:distance', detail: expect.stringContaining('of 2 rows') });
    expect(problemOfCounts(counts({ subjects: [{ ...distance, grid: 'no grid', counts: [[1, 2]] }] }))?.detail).toContain('grid');
    const windows = [
      { from: 0, until: DAY, rows: 1 },
      { from: DAY, until: 2 * DAY, rows: 1 },
    ];
    expect(problemOfCounts(counts({ windows }))?.detail).toContain('windows');
    const wrong = [{ ...distance, counts: [[1, 2]], windows: [[[1, 1]], [[2, 1]]] }];
    expect(problemOfCounts(counts({ windows, subjects: wrong }))?.detail).toContain('sum');
  });

  it('are refused with the limit when there are too many', () => {
    const many = Array.from({ length: 100_001 }, (_, i) => [i, 1]);
    expect(problemOfCounts(counts({ rows: 100_001, subjects: [{ ...distance, counts: many }] }))).toMatchObject({ limit: 100_000 });
  });

  it('are read by their shape: nothing negative, no reason left out', () => {
    expect(() => counts({ subjects: [{ ...distance, counts: [[1, -2]] }] })).toThrow();
    expect(() => counts({ reason: ' ' })).toThrow();
  });
});
