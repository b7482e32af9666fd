import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Cell, columnQuality, profileOf } from './column-quality.js';
import { schemaDifference } from './schema-difference.js';

const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom('a', 'b', 'c'),
  fc.constant(null),
  fc.constantFrom(NaN, Infinity),
);
const kind = fc.constantFrom('numeric' as const, 'categorical' as const);
const column = fc.array(cell, { minLength: 1, maxLength: 40 });

describe('the profile of a column', () => {
  it('counts missing, mismatched, different and repeated values, with their range', () => {
    expect(profileOf([1, 2, 2, null, 'x'], 'numeric')).toEqual({
      kind: 'numeric',
      rows: 5,
      missing: 1,
      mismatched: 1,
      cardinality: 2,
      duplicates: 1,
      range: { low: 1, high: 2 },
    });
    expect(profileOf(['a', 'a', 7, null], 'categorical')).toMatchObject({ mismatched: 1, cardinality: 1, categories: new Set(['a']) });
  });

  it('puts every row into exactly one count, in any order of rows', () => {
    fc.assert(
      fc.property(column, kind, (cells, of) => {
        const profile = profileOf(cells, of);
        expect(profile.missing + profile.mismatched + profile.cardinality + profile.duplicates).toBe(cells.length);
        expect(profileOf([...cells].reverse(), of)).toEqual(profile);
      }),
    );
  });

  it('takes NaN and infinities for mismatched numbers, and has no range where there is no number', () => {
    expect(profileOf([NaN, Infinity, null], 'numeric')).toEqual({
      kind: 'numeric',
      rows: 3,
      missing: 1,
      mismatched: 2,
      cardinality: 0,
      duplicates: 0,
    });
    expect(() => profileOf([], 'numeric')).toThrow('profileOf requires at least one row');
  });
});

describe('the quality of a column', () => {
  it('finds nothing unseen and nothing out of range in the reference itself', () => {
    fc.assert(
      fc.property(column, kind, (cells, of) => {
        expect(columnQuality(profileOf(cells, of), cells)).toMatchObject({ unseen: 0, outOfRange: 0, becameConstant: false });
      }),
    );
  });

  it('counts rows outside the range and rows of unseen categories, ends included as seen', () => {
    expect(columnQuality(profileOf([1, 5], 'numeric'), [1, 5, 0, 6, 6, null, 'x', Infinity])).toMatchObject({
      outOfRange: 3,
      unseen: 0,
      missing: 1,
      mismatched: 2,
      cardinality: { reference: 2, current: 4 },
      duplicates: { reference: 0, current: 1 },
    });
    expect(columnQuality(profileOf(['a', 'b'], 'categorical'), ['a', 'c', 'c', null])).toMatchObject({
      unseen: 2,
      outOfRange: 0,
      missing: 1,
    });
  });

  it('takes both zeros for one number, and finds nothing wrong with a column that is shorter or in another order', () => {
    expect(profileOf([0, -0, 1], 'numeric')).toMatchObject({ cardinality: 2, duplicates: 1, range: { high: 1 } });
    fc.assert(
      fc.property(column, kind, (cells, of) => {
        const reference = profileOf(cells, of);
        const part = columnQuality(reference, cells.toReversed().slice(0, Math.ceil(cells.length / 2)));
        expect(part).toMatchObject({ unseen: 0, outOfRange: 0 });
        expect(part.cardinality.current).toBeLessThanOrEqual(part.cardinality.reference);
        expect(part.mismatched).toBeLessThanOrEqual(reference.mismatched);
      }),
    );
  });

  it('says that a column became constant, not that it always was', () => {
    expect(columnQuality(profileOf([1, 2], 'numeric'), [2, null, 2]).becameConstant).toBe(true);
    expect(columnQuality(profileOf([2, 2], 'numeric'), [2, 2]).becameConstant).toBe(false);
  });
});

describe('the difference of two schemas', () => {
  it('names columns that are gone, new, or of another kind, whatever their order', () => {
    expect(
      schemaDifference({ b: 'numeric', a: 'categorical', c: 'numeric' }, { d: 'numeric', c: 'categorical', a: 'categorical' }),
    ).toEqual({
      missing: ['b'],
      added: ['d'],
      changed: [{ column: 'c', reference: 'numeric', current: 'categorical' }],
    });
  });

  it('is empty for a schema and itself, and takes columns called like properties of objects for columns', () => {
    expect(schemaDifference({ a: 'numeric' }, { a: 'numeric' })).toEqual({ missing: [], added: [], changed: [] });
    expect(schemaDifference({}, Object.fromEntries([['constructor', 'numeric' as const]]))).toMatchObject({ added: ['constructor'] });
  });
});
