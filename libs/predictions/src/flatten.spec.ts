import fc from 'fast-check';
import { isRefused } from './fields.js';
import { flatten } from './flatten.js';
import { DEFAULT_LIMITS } from './limits.js';

const name = fc.stringMatching(/^[a-z]{1,6}$/);
const scalar = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string({ maxLength: 20 }), fc.boolean(), fc.constant(null));
const nested = fc.letrec((tie) => ({
  node: fc.dictionary(name, fc.oneof({ depthSize: 'small' }, scalar, tie('node')), { maxKeys: 4 }),
})).node;

/** Leaves with their paths, as flattening should find them. */
const leavesOf = (node: unknown, path: string): [string, unknown][] =>
  typeof node === 'object' && node !== null
    ? Object.entries(node).flatMap(([key, value]) => leavesOf(value, path === '' ? key : `${path}.${key}`))
    : [[path, node]];
const depthOf = (node: unknown): number =>
  typeof node === 'object' && node !== null ? 1 + Math.max(0, ...Object.values(node).map(depthOf)) : 0;
const codeOf = (features: unknown): string | undefined => {
  const flat = flatten(features, DEFAULT_LIMITS);
  return isRefused(flat) ? flat.code : undefined;
};

describe('flattening features', () => {
  it('keeps every value once, under its path', () => {
    fc.assert(
      fc.property(
        nested.filter((node) => depthOf(node) <= DEFAULT_LIMITS.depthMax),
        (node) => {
          expect(Object.entries(flatten(node, DEFAULT_LIMITS))).toEqual(leavesOf(node, ''));
        },
      ),
    );
  });

  it('answers anything JSON can hold with features or with a refusal, and keeps flat features as they are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const flat = flatten(value, DEFAULT_LIMITS);
        expect(typeof flat).toBe('object');
      }),
    );
    const flat = { a: 1, b: 'x', c: null };
    expect(flatten(flat, DEFAULT_LIMITS)).toBe(flat);
  });

  it.each<[string, unknown]>([
    ['NOT_AN_OBJECT', [1]],
    ['NAME_COLLISION', { 'a.b': 1, a: { b: 2 } }],
    ['NAME_INVALID', { '': 1 }],
    ['NAME_INVALID', JSON.parse('{"a":{"__proto__":1}}')],
    ['NAME_INVALID', { '\ud800': 1 }],
    ['NUMBER_TOO_LARGE', JSON.parse('{"x":1e999}')],
    ['NUMBER_TOO_LARGE', JSON.parse('{"x":[1,-1e999]}')],
    ['STRING_TOO_LONG', { x: 'x'.repeat(1_001) }],
    ['NOT_UNICODE', { x: { y: '\udc00' } }],
    ['VECTOR_TOO_LONG', { x: new Array(4_097).fill(1) }],
    ['TOO_DEEP', { a: { b: { c: { d: { e: { f: 1 } } } } } }],
    ['TOO_DEEP', { a: [[[[[[1]]]]]] }],
    ['TOO_MANY_FEATURES', Object.fromEntries(Array.from({ length: 2_001 }, (_, i) => [`f${i}`, 1]))],
  ])('refuses with %s what could not be stored as sent', (code, features) => {
    expect(codeOf(features)).toBe(code);
  });

  it('keeps arrays of anything as sent', () => {
    const features = { mixed: [1, 'a', null, { b: [true] }], empty: [] };
    expect({ ...flatten(features, DEFAULT_LIMITS) }).toEqual(features);
  });
});
