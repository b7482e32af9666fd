import fc from 'fast-check';
import { type Digest64 } from './content.js';
import { KnownIds } from './known-ids.js';

const digest = fc.record({ high: fc.nat(), low: fc.nat() });
const id = fc.oneof(fc.nat(300).map(String), fc.string({ maxLength: 5 }));

const numbers = (from: number, until: number): readonly number[] => Array.from({ length: until - from }, (_, index) => from + index);

describe('known ids', () => {
  it('behave like a map', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(id, digest), { maxLength: 400 }), fc.array(id), (puts, asked) => {
        const known = new KnownIds();
        const model = new Map<string, Digest64>();
        for (const [key, content] of puts) {
          known.put(key, content);
          model.set(key, content);
        }
        expect(known.state().entries).toHaveLength(model.size * 4);
        for (const key of [...model.keys(), ...asked]) expect(known.find(key)).toEqual(model.get(key));
      }),
    );
  });

  it('are all found again while the table grows, and after a snapshot of 16 bytes each', () => {
    const known = new KnownIds();
    const count = 20_000;
    for (let i = 0; i < count; i += 1) known.put(`id-${i}`, { high: i, low: 1 });
    const state = known.state();
    const restored = new KnownIds();
    restored.restore(state);
    expect(numbers(0, count).filter((i) => restored.find(`id-${i}`)?.high !== i)).toEqual([]);
    expect([state.entries.byteLength, restored.find('id-x')]).toEqual([count * 16, undefined]);
  });

  it('are found in full tables that no file was made of, and are forgotten with the oldest of them beyond the limit', () => {
    const known = new KnownIds({ slotsMax: 4_096, idsMax: 10_000 });
    const count = 30_000;
    for (let i = 0; i < count; i += 1) known.put(`id-${i}`, { high: i, low: 1 });
    expect(numbers(count - 10_000, count).filter((i) => known.find(`id-${i}`)?.high !== i)).toEqual([]);
    expect(known.find('id-0')).toBeUndefined();
  });

  it('refuse a limit that takes more tables than can be told apart', () => {
    expect(() => new KnownIds({ slotsMax: 4_096, idsMax: 1_000_000 })).toThrow(RangeError);
  });
});
