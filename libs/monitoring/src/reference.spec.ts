import { type Column } from '#libs/datasets';
import { idOfName } from '#libs/kernel';
import { calendarOf } from './calendar.js';
import { type ReferenceChoice } from './definition.js';
import { monitorIdOf } from './ids.js';
import { candidatesFor, chooseReference, firstDays, referenceIdOf } from './reference.js';
import { fileAsReference, wordFeatures } from './reference-import.js';

const DAY = 86_400_000;
const day = (index: number) => ({ from: index * DAY, until: (index + 1) * DAY });
const monitorId = monitorIdOf('flights');
const calendar = calendarOf('UTC', 1440);
const weekly: ReferenceChoice = { kind: 'same_weekday', weeks: 4, weeksMin: 2 };
const first: ReferenceChoice = { kind: 'first_days', days: 7 };
const frozen = new Map([
  [
    referenceIdOf(monitorId, first),
    { referenceId: referenceIdOf(monitorId, first), windows: [0, 1, 2, 3, 4, 5, 6].map(day), digest: 'ab' },
  ],
]);
const candidates = (window: number, choices: ReferenceChoice[] = [weekly, first]) =>
  candidatesFor(monitorId, day(window), choices, { calendar, state: { frozen, imported: new Map() } });
const rowsFrom = (start: number) => (window: { from: number }) => (window.from >= start * DAY ? 1000 : 0);

describe('the reference of a window', () => {
  it('is the same weekday of earlier weeks once two of them have enough rows', () => {
    const chosen = chooseReference(candidates(30), rowsFrom(0), 200);
    expect(chosen?.choice.kind).toBe('same_weekday');
    expect(chosen?.used).toEqual([day(23), day(16), day(9), day(2)]);
  });

  it('is the first complete days until then, and says what they cannot show', () => {
    const chosen = chooseReference(candidates(10), rowsFrom(0), 200);
    expect(chosen?.choice.kind).toBe('first_days');
    expect(chosen?.used).toHaveLength(7);
    expect(chosen?.blindTo).toBe('changes before or in the first days');
  });

  it('is nothing for a window inside those days: it would be compared with itself', () => {
    expect(chooseReference(candidates(3), rowsFrom(0), 200)).toBeUndefined();
  });

  it('leaves out windows with too few rows', () => {
    const chosen = chooseReference(candidates(30), (window) => (window.from === 16 * DAY ? 199 : 1000), 200);
    expect(chosen?.used).toEqual([day(23), day(9), day(2)]);
  });

  it('has the other days of its weeks beside it, weekday by weekday, without those with too few rows', () => {
    const chosen = chooseReference(candidates(30), (window) => (window.from === 3 * DAY ? 199 : 1000), 200);
    expect(chosen?.otherDays).toHaveLength(6);
    expect(chosen?.otherDays[0]).toEqual([day(10), day(17), day(24)]);
    expect(chosen?.otherDays[5]).toEqual([day(8), day(15), day(22), day(29)]);
    expect(chooseReference(candidates(10), rowsFrom(0), 200)?.otherDays).toEqual([]);
  });

  it('takes the same hour of the other days, also where clocks were set forward in between', () => {
    const berlin = calendarOf('Europe/Berlin', 60);
    const window = berlin.windowAt(Date.UTC(2026, 3, 8, 10));
    const [found] = candidatesFor(monitorId, window, [weekly], { calendar: berlin, state: { frozen, imported: new Map() } });
    expect(found?.otherDays.map(({ length }) => length)).toEqual([4, 4, 4, 4, 4, 4]);
    const hours = found?.otherDays
      .flat()
      .map(({ from }) => new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', hour: 'numeric' }).format(from));
    expect(new Set(hours).size).toBe(1);
  });

  it('has an id that follows from its definition, whatever window uses it', () => {
    expect(candidates(30)[0]?.id).toBe(candidates(37)[0]?.id);
    expect(referenceIdOf(monitorId, weekly)).not.toBe(referenceIdOf(monitorId, { ...weekly, weeks: 5 }));
  });

  it('takes the windows right before when it rolls', () => {
    const chosen = chooseReference(candidates(30, [{ kind: 'rolling', windows: 3, windowsMin: 2 }]), rowsFrom(0), 200);
    expect(chosen?.used).toEqual([day(29), day(28), day(27)]);
  });
});

describe('the first complete days', () => {
  const log = { oldest: 3 * 60_000, watermark: 7 * DAY, latenessMinutes: 60 };

  it('are known when the last of them is closed', () => {
    expect(firstDays([0, 1, 2, 3, 4, 5, 6].map(day), 7, log)).toHaveLength(7);
    expect(firstDays([0, 1, 2, 3, 4, 5, 6].map(day), 7, { ...log, watermark: 7 * DAY - 1 })).toBeUndefined();
  });

  it('leave out a first day that began before its data, and days without data', () => {
    const days = firstDays([0, 1, 2, 4, 5].map(day), 3, { ...log, oldest: 5 * 3_600_000 });
    expect(days?.map(({ from }) => from / DAY)).toEqual([1, 2, 4]);
  });
});

describe('a file as a reference', () => {
  const columns = new Map<string, Column>([
    ['distance', { name: 'distance', kind: 'numeric', values: Float64Array.from([100, 200, 200, 900]), missing: 1, infinite: 0 }],
    ['city', { name: 'city', kind: 'categorical', values: ['b', 'a', 'a'], missing: 2 }],
    ['note', { name: 'note', kind: 'categorical', values: ['x'], missing: 4 }],
  ]);
  const about = { monitorId, referenceId: idOfName('reference', 'file'), name: 'train', source: { file: 'train.csv', sha256: '00' } };
  const features = new Map([
    ['distance', { kind: 'number' as const, declared: true }],
    ['city', { kind: 'category' as const, declared: true }],
  ]);

  it('is counted as predictions are: by the grid of the deployment, words by name, missing values apart', () => {
    const grids = new Map([['feature:distance', { centre: 0, unit: 100 }]]);
    const { parts, grids: own, ignored } = fileAsReference({ rows: 5, columns }, { features, grids }, about);
    expect(parts[0]?.subjects).toEqual([
      {
        subject: 'feature:distance',
        grid: '0/100',
        counts: [
          [1, 1],
          [2, 2],
          [9, 1],
          [1_073_741_824, 1],
        ],
      },
      {
        subject: 'feature:city',
        grid: 'word',
        words: ['a', 'b'],
        counts: [
          [0, 2],
          [1, 1],
          [1_073_741_824, 2],
        ],
      },
    ]);
    expect(own).toEqual([]);
    expect(ignored).toEqual(['note']);
    expect(wordFeatures({ features })).toEqual(['city']);
  });

  it('brings the grid of a number that has none, and all its columns to a deployment without features', () => {
    const { grids, ignored, parts } = fileAsReference({ rows: 5, columns }, { features: new Map(), grids: new Map() }, about);
    expect(grids.map(({ subject, values }) => [subject, values])).toEqual([['feature:distance', 4]]);
    expect(ignored).toEqual([]);
    expect(parts[0]?.subjects).toHaveLength(3);
  });

  it('comes in parts when it is large', () => {
    const spread = Float64Array.from({ length: 15_000 }, (_, i) => i);
    const wide = new Map(
      ['a', 'b', 'c'].map((name): [string, Column] => [name, { name, kind: 'numeric', values: spread, missing: 0, infinite: 0 }]),
    );
    const grids = new Map(['a', 'b', 'c'].map((name) => [`feature:${name}`, { centre: 7500, unit: 1 }]));
    const wideFeatures = new Map(['a', 'b', 'c'].map((name) => [name, { kind: 'number' as const, declared: true }]));
    const { parts } = fileAsReference({ rows: 15_000, columns: wide }, { features: wideFeatures, grids }, about);
    expect(parts.flatMap(({ subjects }) => subjects)).toHaveLength(3);
    expect(parts.map(({ part }) => part.of)).toEqual(parts.map(() => parts.length));
  });
});
