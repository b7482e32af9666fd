import fc from 'fast-check';
import { type Digest64 } from './content.js';
import { KnownIds } from './known-ids.js';

const digest = fc.record({ high: fc.nat(), low: fc.nat() });
const id = fc.oneof(fc.nat(300).map(String), fc.string({ maxLength: 5 }));

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
        expect(known.size).toBe(model.size);
        for (const key of [...model.keys(), ...asked]) expect(known.find(key)).toEqual(model.get(key));
      }),
    );
  });

  it('are all found again while the table grows, and after a snapshot', () => {
    const known = new KnownIds();
    const count = 20_000;
    for (let i = 0; i < count; i += 1) known.put(`id-${i}`, { high: i, low: 1 });
    const restored = KnownIds.restore(known.snapshot());
    for (let i = 0; i < count; i += 1) expect(restored.find(`id-${i}`)?.high).toBe(i);
    expect([restored.size, restored.find('id-x')]).toEqual([count, undefined]);
    const bytes = known.snapshot().reduce((sum, { table }) => sum + table.byteLength, 0);
    expect(bytes / count).toBeLessThan(43);
  });

  it('name a changed table anew, so that a snapshot writes what changed', () => {
    const known = new KnownIds();
    known.put('a', { high: 1, low: 1 });
    const before = known.snapshot().map(({ serial, changes }) => [serial, changes]);
    known.put('a', { high: 2, low: 1 });
    expect(known.snapshot().map(({ serial, changes }) => [serial, changes])).not.toEqual(before);
  });

  it('refuse a table in which a search would never end', () => {
    const full = new Uint32Array(4_096 * 4).fill(1);
    expect(() => KnownIds.restore([{ serial: 1, changes: 1, table: full }])).toThrow(RangeError);
    expect(() => KnownIds.restore([{ serial: 1, changes: 1, table: new Uint32Array(12) }])).toThrow(RangeError);
  });
});
