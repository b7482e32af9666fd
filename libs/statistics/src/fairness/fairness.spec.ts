import { describe, expect, it } from '@jest/globals';
import oracle from '../oracles/fairness.json' with { type: 'json' };
import { type BandedValue } from '../performance/band.js';
import { type Disparity, type GroupedDecisions } from './disparity.js';
import { demographicParity, disparateImpact, equalisedOdds, equalOpportunity } from './parity.js';

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
