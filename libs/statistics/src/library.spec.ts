import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_METHODS } from './choosing.js';
import { benjaminiHochberg } from './correction/benjamini-hochberg.js';
import * as described from './describe.js';
import { METHOD_IDS } from './method-ids.js';
import { isMethodId, methodById, METHODS } from './methods.js';
import oracle from './oracles/benjamini-hochberg.json' with { type: 'json' };
import { radixSort } from './radix-sort.js';
import { quantileOfSorted, sortedValues } from './sorted.js';
import { CompensatedSum, compensatedMean, compensatedSum, populationDeviation } from './summation.js';

describe('benjamini-hochberg', () => {
  it.each(oracle.cases)('adjusts as scipy does: $pValues', ({ pValues, adjusted }) => {
    benjaminiHochberg(pValues).forEach((p, i) => expect(p).toBeCloseTo(adjusted[i] ?? NaN, 14));
  });

  it('never lowers a p-value and keeps their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (pValues) => {
        const adjusted = benjaminiHochberg(pValues);
        pValues.forEach((p, i) => expect(adjusted[i]).toBeGreaterThanOrEqual(p));
        pValues.forEach((p, i) => pValues.forEach((q, j) => expect(p < q && (adjusted[i] ?? 0) > (adjusted[j] ?? 0)).toBe(false)));
      }),
      { numRuns: 50 },
    );
  });

  it('refuses what is no probability', () => {
    expect(() => benjaminiHochberg([0.5, NaN])).toThrow('benjaminiHochberg requires p-values between 0 and 1');
  });
});

describe('compensated sums', () => {
  it('keep what plain addition loses', () => {
    expect(compensatedSum([1, 1e100, 1, -1e100])).toBe(2);
    expect(compensatedSum(new Array<number>(10).fill(0.1))).toBe(1);
    expect(compensatedMean([1e16, 1, -1e16, 1])).toBe(0.5);
    expect(populationDeviation([1e9, 1e9 + 1, 1e9 + 2])).toBeCloseTo(Math.sqrt(2 / 3), 12);
  });

  it('pass infinities through', () => {
    const sum = new CompensatedSum();
    sum.add(Infinity);
    sum.add(1);
    expect(sum.value).toBe(Infinity);
  });
});

describe('sorting and quantiles', () => {
  it('leave the sample as it was', () => {
    const values = Object.freeze([3, 1, 2]);
    expect([...sortedValues(values)]).toEqual([1, 2, 3]);
    expect(Object.is(sortedValues([-0])[0], 0)).toBe(true);
  });

  it('sort by digits exactly as by comparison, for any doubles', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 200 }), (values) => {
        const plain = Float64Array.from(values, (value) => value + 0);
        expect([...radixSort(plain.slice())]).toEqual([...plain.sort()]);
      }),
    );
    for (const length of [599, 600, 30_000]) {
      const many = Array.from({ length }, (_, i) => Math.sin(i) * 1e3);
      expect([...sortedValues(many)]).toEqual([...Float64Array.from(many).sort()]);
    }
  });

  it('sort values of both signs that only their last digits tell apart', () => {
    const near = Array.from({ length: 30_000 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1.7e12 + ((i * 7_919) % 30_011)));
    expect([...sortedValues(near)]).toEqual([...Float64Array.from(near).sort()]);
  });

  it('interpolate as numpy does by default', () => {
    expect([0, 0.1, 0.5, 0.9, 1].map((p) => quantileOfSorted([1, 2, 4, 8], p))).toEqual([1, 1.3, 3, 6.800000000000001, 8]);
    expect(() => quantileOfSorted([], 0.5)).toThrow('quantileOfSorted requires at least one value');
    expect(() => quantileOfSorted([1], 1.5)).toThrow('quantileOfSorted requires a probability between 0 and 1');
  });
});

describe('the catalogue', () => {
  it('lists every method once with a version, in words, and each default fits its kind', () => {
    expect(METHODS.map(({ id }) => id)).toEqual([...METHOD_IDS]);
    expect(METHODS.every(({ version }) => Number.isInteger(version) && version >= 1)).toBe(true);
    expect(METHODS.every(({ range, meaning, cost, source }) => [range, meaning, cost, source].every((text) => text !== ''))).toBe(true);
    for (const kind of ['numeric', 'categorical'] as const) {
      for (const id of DEFAULT_METHODS[kind]) expect(methodById(id).kinds).toContain(kind);
    }
  });

  it('gives a sample and itself 0, or less where 0 is what is expected without drift', () => {
    for (const method of METHODS) {
      const values = [1, 2, 4, 9, 11, 12];
      const { score } = method.needs === 'bins' ? method.fromBins([3, 4], [3, 4]) : method.fromSorted(values, values);
      if (!method.range.startsWith('0 = ')) expect(score).toBeLessThan(0);
      else expect(score).toBe(0);
    }
    expect(isMethodId('psi') && !isMethodId('PSI')).toBe(true);
  });

  it('lets through only the functions of simple-statistics that were checked', () => {
    expect(Object.keys(described).sort()).toEqual([
      'gammaln',
      'mean',
      'medianAbsoluteDeviation',
      'quantileSorted',
      'sampleCorrelation',
      'sampleVariance',
      'sum',
    ]);
  });
});
