import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import oracle from '../oracles/fairness.json' with { type: 'json' };
import { type BandedValue } from '../performance/band.js';
import { demographicParity } from './demographic-parity.js';
import { disparateImpact } from './disparate-impact.js';
import { type Disparity, type GroupedDecisions } from './disparity.js';
import { equalOpportunity } from './equal-opportunity.js';
import { equalisedOdds } from './equalised-odds.js';

type Given = { readonly groups: string; readonly truth: string; readonly said: string };
const rowsOf = ({ groups, truth, said }: Given): GroupedDecisions => ({
  groups: [...groups],
  truth: [...truth].map((digit) => digit === '1'),
  said: [...said].map((digit) => digit === '1'),
});
const same = (actual: BandedValue | undefined, expected: readonly number[]): void => {
  [actual?.value, actual?.band?.lower, actual?.band?.upper].forEach((each, i) => expect(each).toBeCloseTo(expected[i] ?? NaN, 10));
};
type Expected = { readonly rates: object; readonly difference: readonly number[]; readonly ratio: readonly number[] };
const equals = (actual: Disparity, expected: Expected): void => {
  expect(Object.fromEntries(actual.rates.map(({ group, rate }) => [group, rate.value]))).toEqual(expected.rates);
  same(actual.difference, expected.difference);
  same(actual.ratio, expected.ratio);
};

describe('fairness over groups', () => {
  it.each(oracle.cases)('has the rates of Fairlearn and the bands of statsmodels ($reference)', (given) => {
    const rows = rowsOf(given);
    const all = { smallestGroup: 1 };
    equals(demographicParity(rows, all), given.demographicParity);
    equals(equalOpportunity(rows, all), given.truePositiveRate);
    const odds = equalisedOdds(rows, all);
    equals(odds.falsePositiveRate, given.falsePositiveRate);
    const [tpr, fpr] = [given.truePositiveRate, given.falsePositiveRate];
    expect(odds.difference.value).toBeCloseTo(Math.max(tpr.difference[0] ?? NaN, fpr.difference[0] ?? NaN), 12);
    expect(odds.ratio?.value).toBeCloseTo(Math.min(tpr.ratio[0] ?? NaN, fpr.ratio[0] ?? NaN), 12);
    const impact = disparateImpact(rows, given.reference, all).map(({ group, ratio }) => [group, ratio?.value]);
    expect(Object.fromEntries(impact)).toEqual(given.disparateImpact);
  });

  it('names groups that are too small and does not compare them', () => {
    const rows = rowsOf({ groups: 'a'.repeat(40) + 'b'.repeat(40) + 'c', truth: '1'.repeat(81), said: '10'.repeat(40) + '0' });
    const { rates, tooSmall, difference } = demographicParity(rows);
    expect(rates.map(({ group }) => group)).toEqual(['a', 'b']);
    expect(tooSmall).toEqual([{ group: 'c', rows: 1 }]);
    expect(difference.value).toBe(0);
    expect(() => equalisedOdds(rows)).toThrow('equalisedOdds requires two groups of at least 30 rows that count');
    expect(() => disparateImpact(rows, 'c')).toThrow('disparateImpact requires a reference group of at least 30 rows');
  });

  it('has no ratio where nobody was told yes, and refuses columns of different length', () => {
    const rows = { groups: ['a', 'b'], truth: [true, true], said: [false, false] };
    expect(demographicParity(rows, { smallestGroup: 1 }).ratio).toBeUndefined();
    expect(() => demographicParity({ ...rows, truth: [true] })).toThrow('demographicParity requires as many answers as labels and groups');
    expect(() => demographicParity(rows, { smallestGroup: 0 })).toThrow('demographicParity requires a smallest group of at least one row');
  });
});

type Row = readonly [group: string, truth: boolean, said: boolean];
const columnsOf = (rows: readonly Row[]): GroupedDecisions => ({
  groups: rows.map(([group]) => group),
  truth: rows.map(([, truth]) => truth),
  said: rows.map(([, , said]) => said),
});
/** Rows of three groups, each of which has a positive and a negative, each answered yes and no. */
const EVERYTHING: readonly Row[] = ['a', 'b', 'c'].flatMap((group) =>
  [true, false].flatMap((truth) => [true, false].map((said) => [group, truth, said] as const)),
);
const someRows = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean(), fc.boolean()), { maxLength: 24 })
  .map((rows): readonly Row[] => [...EVERYTHING, ...rows]);
const ALL = { smallestGroup: 1 };
const FEW = { numRuns: 30 };
const METHODS = [
  ['demographic parity', demographicParity],
  ['equal opportunity', equalOpportunity],
  ['equalised odds', equalisedOdds],
] as const;

describe.each(METHODS)('%s', (_, measure) => {
  it('is difference 0 and ratio 1 where groups are treated alike', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const { difference, ratio } = measure(
          columnsOf(['x', 'y'].flatMap((twin) => rows.map(([, truth, said]) => [twin, truth, said]))),
          ALL,
        );
        expect([difference.value, ratio?.value]).toEqual([0, 1]);
        expect(difference.band?.lower).toBeCloseTo(-(difference.band?.upper ?? NaN), 12);
      }),
      FEW,
    );
  });

  it('lies between 0 and 1 inside its band, and depends neither on the order of rows nor on the names of groups', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const { difference, ratio } = measure(columnsOf(rows), ALL);
        for (const { value, band } of [difference, ...(ratio ? [ratio] : [])]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
          expect(band?.lower).toBeLessThanOrEqual(value);
          expect(band?.upper).toBeGreaterThanOrEqual(value);
        }
        const renamed = rows.toReversed().map(([group, truth, said]) => [`z${group}`, truth, said] as const);
        expect(measure(columnsOf(renamed), ALL).difference.value).toBe(difference.value);
      }),
      FEW,
    );
  });
});

describe('fairness of one kind', () => {
  it('does not look at the truth for demographic parity, and only at positives for equal opportunity', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const turned = rows.map(([group, truth, said]) => [group, !truth, said] as const);
        expect(demographicParity(columnsOf(turned), ALL)).toEqual(demographicParity(columnsOf(rows), ALL));
        const answeredYes = rows.map(([group, truth, said]) => [group, truth, said || !truth] as const);
        expect(equalOpportunity(columnsOf(answeredYes), ALL)).toEqual(equalOpportunity(columnsOf(rows), ALL));
      }),
      FEW,
    );
  });

  it('is at least as far from equal odds as from equal opportunity', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const [odds, opportunity] = [equalisedOdds(columnsOf(rows), ALL), equalOpportunity(columnsOf(rows), ALL)];
        expect(odds.truePositiveRate).toEqual(opportunity);
        expect(odds.difference.value).toBeGreaterThanOrEqual(opportunity.difference.value);
      }),
      FEW,
    );
  });

  it('turns disparate impact over when the reference is the other group', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const impact = (group: string, reference: string): number =>
          disparateImpact(columnsOf(rows), reference, ALL).find((each) => each.group === group)?.ratio?.value ?? NaN;
        expect(impact('a', 'b') * impact('b', 'a')).toBeCloseTo(1, 12);
        expect(impact('a', 'b') * impact('b', 'c')).toBeCloseTo(impact('a', 'c'), 12);
      }),
      FEW,
    );
  });

  it('grows with every yes that only the better treated group is told', () => {
    const rows = (said: number): GroupedDecisions =>
      columnsOf(Array.from({ length: 80 }, (_, i) => [i < 40 ? 'a' : 'b', true, i < 40 ? i < said : i % 4 === 0] as const));
    const differences = [10, 20, 30, 40].map((said) => demographicParity(rows(said)).difference.value);
    expect(differences).toEqual([0, 0.25, 0.5, 0.75]);
    expect(disparateImpact(rows(40), 'a')).toMatchObject([{ group: 'b', ratio: { value: 0.25 } }]);
  });
});
