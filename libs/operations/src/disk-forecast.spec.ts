import { type DiskUse, diskFindings, forecastOf, sizeOf } from './disk-forecast.js';

const GIB = 1024 ** 3;
const use = (over: Partial<DiskUse> = {}): DiskUse => ({
  logBytes: 2 * GIB,
  readModelBytes: 2 * GIB,
  freeBytes: 400 * GIB,
  predictions: 10_000_000,
  recent: 7_000_000,
  days: 7,
  ...over,
});

describe('the disk forecast', () => {
  it('spreads all bytes over all predictions and goes on as in the last days', () => {
    const { bytesPerPrediction, bytesPerDay, daysUntilFull } = forecastOf(use());
    expect(bytesPerPrediction).toBeCloseTo((4 * GIB) / 10_000_000);
    expect(bytesPerDay).toBeCloseTo((4 * GIB) / 10);
    expect(daysUntilFull).toBeCloseTo(1_000);
  });

  it('says nothing about a log too small or too young to tell', () => {
    expect(forecastOf(use({ predictions: 9_999 }))).toEqual({});
    expect(forecastOf(use({ days: 0.9 })).daysUntilFull).toBeUndefined();
    expect(forecastOf(use({ recent: 0 })).daysUntilFull).toBeUndefined();
  });

  it.each([
    [400, 'ok'],
    [20, 'warn'],
    [2, 'problem'],
    [0.5, 'problem'],
  ])('with %s GiB free is %s', (gib, level) => {
    expect(diskFindings(use({ freeBytes: gib * GIB })).find(({ what }) => what === 'disk free')?.level).toBe(level);
  });

  it('warns of a nearly full disk even when nothing grows', () => {
    expect(diskFindings(use({ recent: 0, freeBytes: GIB / 2 })).map(({ level }) => level)).toContain('problem');
  });

  it('writes sizes for people', () => {
    expect([0, 1_023, 1_024, 12.3 * 1024 ** 2, 5 * 1024 ** 5].map(sizeOf)).toEqual([
      '0 bytes',
      '1023 bytes',
      '1.0 KiB',
      '12.3 MiB',
      '5120.0 TiB',
    ]);
  });
});
