import fc from 'fast-check';
import { ContentDigester, hexOf, idHash, packDigests, unpackDigests } from './content.js';

const features = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 });
const shuffled = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(shuffled);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, element]) => [name, shuffled(element)]),
  );
};
const digestOf = (content: Record<string, unknown>, rest: readonly unknown[] = [], key = 'secret'): string =>
  hexOf(new ContentDigester(key).digest(content, rest));

describe('the digest of content', () => {
  it('does not depend on the order of features or of members inside them', () => {
    fc.assert(
      fc.property(features, fc.array(fc.jsonValue(), { maxLength: 3 }), (content, rest) => {
        expect(digestOf(shuffled(content) as Record<string, unknown>, shuffled(rest) as unknown[])).toBe(digestOf(content, rest));
      }),
    );
  });

  it('depends on everything else', () => {
    const digests = [
      digestOf({ a: 1 }),
      digestOf({ a: '1' }),
      digestOf({ a: 2 }),
      digestOf({ b: 1 }),
      digestOf({ a: [1] }),
      digestOf({ a: { b: 1 } }),
      digestOf({ a: [['b', 1]] }),
      digestOf({ a: 1 }, [0]),
      digestOf({ a: 1 }, [null, 0]),
      digestOf({}),
      digestOf({ a: 1 }, [], 'other'),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('is the same whatever the digester saw before', () => {
    const digester = new ContentDigester('secret');
    digester.digest({ z: 1, a: 2 }, []);
    expect(hexOf(digester.digest({ a: 1 }, []))).toBe(digestOf({ a: 1 }));
  });

  it('survives packing', () => {
    const digest = { high: 0xdeadbeef, low: 7 };
    const read = unpackDigests(packDigests([digest, null]));
    expect([read(0), read(1), read(2)]).toEqual([digest, { high: 0, low: 0 }, { high: 0, low: 0 }]);
    expect(packDigests([null])).toBeUndefined();
  });
});

describe('the address of an id', () => {
  it('differs for fifty thousand ids of the forms producers use', () => {
    const seen = new Set<number>();
    const add = (id: string): void => {
      const { high, low } = idHash(id);
      seen.add((high % 2 ** 21) * 2 ** 32 + low);
    };
    for (let i = 0; i < 25_000; i += 1) {
      add(`prediction-${i}`);
      add(`2026-11-23T10:00:00.${String(i).padStart(6, '0')}Z/${i % 7}`);
    }
    expect(seen.size).toBe(50_000);
  });
});
