import { judgingBins } from './bins.js';
import { DEFAULT_JUDGEMENT as rule } from './defaults.js';
import { type CountSample, NO_SPECIAL, type SubjectSamples, sumOfCounts } from './sample.js';

const counted = (counts: Record<number, number>): CountSample => {
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    rows,
    counted: rows,
    counts: new Map(Object.entries(counts).map(([bucket, count]) => [Number(bucket), count])),
    special: NO_SPECIAL,
  };
};
const windows = [counted({ 1: 50, 2: 50 }), counted({ 1: 60, 2: 40 })];
const base = {
  subject: 'feature:x',
  mode: 'buckets',
  windows,
  reference: sumOfCounts(windows),
  current: counted({ 1: 70, 2: 30 }),
} as const;
const otherDays = [[counted({ 1: 30, 2: 20, 9: 50 }), counted({ 2: 10, 9: 90 })]];

describe('the bins of other days', () => {
  it('are those of the window: words that only other days have stand with the rest, and no row is lost', () => {
    const samples: SubjectSamples = { ...base, form: 'categorical', words: new Map(), otherDays };
    const bins = judgingBins({ ...samples, current: counted({ 1: 70, 2: 28, 3: 2 }) }, rule);
    expect(bins.labels.map(({ kind }) => kind)).toEqual(['word', 'word', 'rest']);
    expect(bins.otherDays).toEqual([
      [
        [30, 20, 50],
        [0, 10, 90],
      ],
    ]);
  });

  it('hold what lies beyond the reference in the outer ones', () => {
    const bins = judgingBins({ ...base, form: 'numeric', grid: { centre: 0, unit: 1 }, otherDays }, rule);
    expect(bins.otherDays.flat().map((day) => day.reduce((sum, count) => sum + count, 0))).toEqual([100, 100]);
    expect(bins.otherDays[0]?.[1]?.at(-1)).toBe(100);
  });

  it('are none where rows were read', () => {
    expect(judgingBins({ ...base, form: 'categorical', words: new Map() }, rule).otherDays).toEqual([]);
  });
});
