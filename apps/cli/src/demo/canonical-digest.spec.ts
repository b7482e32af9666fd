import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, digestOf, without } from './canonical-digest.js';

const anyJson = fc.jsonValue();

describe('canonicalJson', () => {
  it('orders members by name and leaves out what is not there', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, A: true })).toBe('{"A":true,"b":[1,{"c":"x","d":null}]}');
  });

  it('is JSON of an equal value', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order in which members were set', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyJson), (value) => {
        expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(canonicalJson(value));
      }),
    );
  });
});

describe('without', () => {
  it('takes members away however deep they are', () => {
    expect(without({ id: 1, a: [{ id: 2, b: { id: 3, c: 4 } }] }, new Set(['id']))).toEqual({ a: [{ b: { c: 4 } }] });
  });
});

describe('digestOf', () => {
  it('does not depend on the order of the answers', () => {
    fc.assert(
      fc.property(fc.array(anyJson), (values) => {
        expect(digestOf([...values].reverse())).toBe(digestOf(values));
      }),
    );
  });

  it('changes with any value', () => {
    expect(digestOf([{ score: 0.1 }])).not.toBe(digestOf([{ score: 0.1000000000000001 }]));
    expect(digestOf([])).not.toBe(digestOf([null]));
  });
});
