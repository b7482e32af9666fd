import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/overdispersion.json' with { type: 'json' };
import { fTail } from '../special/f-distribution.js';
import { chiSquareTail } from '../special/regularised-gamma.js';
import { overdispersedTail, overdispersion } from './overdispersion.js';

const close = (actual: number, expected: number): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(oracle.tolerance * Math.max(1, Math.abs(expected)));
const window = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 5, maxLength: 5 });
const weekday = fc.array(window, { minLength: 2, maxLength: 4 });

describe('how much windows differ among themselves', () => {
  it.each(oracle.cases)('equals scipy and numpy: $name', ({ groups, statistic, dispersion, effectiveDegrees, contrasts, pValue }) => {
    const found = overdispersion(groups);
    close(found.dispersion, dispersion);
    close(found.effectiveDegrees, effectiveDegrees);
    expect(found.contrasts).toBe(contrasts);
    close(overdispersedTail(statistic, (groups[0]?.[0]?.length ?? 0) - 1, found) / pValue, 1);
  });

  it('is the same whatever the order of bins and of groups', () => {
    fc.assert(
      fc.property(weekday, weekday, (a, b) => {
        const [one, other] = [overdispersion([a, b]), overdispersion([b, a].map((group) => group.map((counts) => [...counts].reverse())))];
        expect(other.dispersion).toBeCloseTo(one.dispersion, 9);
        expect(other.effectiveDegrees).toBeCloseTo(one.effectiveDegrees, 9);
      }),
    );
  });

  it('is twice as much where every row comes twice and windows vary more than independent rows', () => {
    const times = (factor: number) => (group: readonly (readonly number[])[]) =>
      group.map((counts) => counts.map((count) => factor * count));
    fc.assert(
      fc.property(fc.array(weekday, { minLength: 3, maxLength: 7 }), (groups) => {
        const once = overdispersion(groups.map(times(100)));
        fc.pre(once.dispersion > 2);
        expect(overdispersion(groups.map(times(200))).dispersion / once.dispersion).toBeCloseTo(2, 9);
      }),
    );
  });

  it('keeps its effective degrees between one direction and all', () => {
    fc.assert(
      fc.property(fc.array(weekday, { minLength: 1, maxLength: 7 }), (groups) => {
        const { effectiveDegrees } = overdispersion(groups);
        expect(effectiveDegrees).toBeGreaterThanOrEqual(1);
        expect(effectiveDegrees).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('is not multiplied by a single odd window, however odd', () => {
    const calm = oracle.cases.find(({ name }) => name === 'weekdays of independent rows')?.groups ?? [];
    const withOdd = (first: number): number[][][] => [
      [...(calm[0] ?? []).slice(1), [first, ...new Array<number>(7).fill((900 - first) / 7)]],
      ...calm.slice(1),
    ];
    for (const first of [200, 550, 899])
      expect(overdispersion(withOdd(first)).dispersion).toBeLessThan(2 * overdispersion(calm).dispersion);
  });

  it('lets bins that are empty on some weekdays, and windows without rows, say nothing', () => {
    const varied = [
      [50, 40, 30],
      [40, 50, 30],
      [45, 45, 30],
    ];
    const found = overdispersion([[...varied.map((counts) => [...counts, 0]), [0, 0, 0, 0]]]);
    expect(found.contrasts).toBe(2);
    expect(found.dispersion).toBeCloseTo(overdispersion([varied]).dispersion, 12);
  });

  it('sees days that wander in one direction as such, and independent rows as spread over all bins', () => {
    const of = (part: string): number =>
      overdispersion(oracle.cases.find(({ name }) => name.includes(part))?.groups ?? []).effectiveDegrees;
    expect(of('weekdays that wander')).toBeLessThan(1.5);
    expect(of('weekdays of independent')).toBeGreaterThan(5);
  });

  it('takes rare events that a few windows happen to have equally often for independent rows', () => {
    const equal = overdispersion([new Array<number[]>(4).fill([995, 5])]);
    expect(equal.dispersion).toBe(1);
    expect(overdispersedTail(20, 1, equal)).toBeGreaterThan(chiSquareTail(20, 1));
    const constant = overdispersion([
      [
        [50, 0],
        [70, 0],
      ],
    ]);
    expect(constant).toEqual({ dispersion: 1, effectiveDegrees: 1, contrasts: 1 });
  });

  it('believes that a schedule varies less than independent rows as far as many bins on many days prove it', () => {
    const day = Array.from({ length: 40 }, () => 100);
    const schedule = overdispersion(new Array<number[][]>(7).fill([day, day, day, day]));
    expect(schedule.dispersion).toBeGreaterThan(0);
    expect(schedule.dispersion).toBeLessThan(0.2);
    expect(schedule.effectiveDegrees).toBeCloseTo(39, 9);
    expect(overdispersion([[day, day]]).dispersion).toBeGreaterThan(schedule.dispersion);
  });

  it('is never below what independent rows differ by, where two bins or two windows are all that is known', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 2 }), { minLength: 2, maxLength: 4 }),
        (group) => {
          const found = overdispersion([group]);
          expect(overdispersedTail(25, 1, found)).toBeGreaterThan(chiSquareTail(25, 1));
        },
      ),
    );
  });

  it('makes the tail heavier the fewer bins move independently', () => {
    const of = (effectiveDegrees: number) => overdispersedTail(40, 9, { dispersion: 1, effectiveDegrees, contrasts: 21 });
    expect(of(9) / fTail(40 / 9, 9, (2 / Math.PI) * 189)).toBeCloseTo(1, 9);
    expect(of(3)).toBeGreaterThan(of(9));
    expect(of(1)).toBeGreaterThan(of(3));
  });

  it('refuses what it cannot tell', () => {
    expect(() => overdispersion([])).toThrow('overdispersion requires counts over the same bins, at least two');
    expect(() =>
      overdispersion([
        [
          [1, 2],
          [1, 2, 3],
        ],
      ]),
    ).toThrow('overdispersion requires counts over the same bins');
    expect(() =>
      overdispersion([
        [[1, 2]],
        [
          [0, 0],
          [3, 4],
        ],
      ]),
    ).toThrow('overdispersion requires two windows with rows in a group');
    expect(() => overdispersedTail(Number.NaN, 1, { dispersion: 1, effectiveDegrees: 1, contrasts: 1 })).toThrow(
      'overdispersedTail requires a statistic of at least 0',
    );
    expect(() => overdispersedTail(1, 1, { dispersion: 0, effectiveDegrees: 1, contrasts: 1 })).toThrow(
      'overdispersedTail requires a dispersion above 0',
    );
  });
});
