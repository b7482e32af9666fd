import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest64, idHash } from './content.js';
import { IdTable } from './id-table.js';
import { KnownIds } from './known-ids.js';
import { markIn, placesFor, SealedFilter } from './sealed-filter.js';
import { SealedIds, SealedIdsDamaged } from './sealed-ids.js';
import { Snapshots } from './snapshots.js';

const SLOTS = 4_096;
const FULL = 3_072;
const SMALL = { slotsMax: SLOTS, idsMax: 20_000 };

/** Repeatable pseudo-random whole numbers below a bound. */
const seeded =
  (seed: number) =>
  (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((seed / 0x80000000) * below);
  };

describe('known ids with sealed files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sealed-ids-'));
  const snapshots = new Snapshots(directory, SMALL);
  const content = (n: number): Digest64 => ({ high: n, low: n ^ 0x5555 });
  const sealAll = async (known: KnownIds, stream: string): Promise<void> => {
    for (let full = known.full; full; full = known.full) known.adopt(await snapshots.seal(stream, 'ids', full));
  };
  const filled = async (stream: string, count: number): Promise<KnownIds> => {
    const known = new KnownIds(SMALL);
    for (let n = 0; n < count; n += 1) {
      known.put(`id-${n}`, content(n));
      await sealAll(known, stream);
    }
    return known;
  };
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('behave like a map, whether an id is new, sealed, or sealed and told anew', async () => {
    const known = new KnownIds(SMALL);
    const model = new Map<string, Digest64>();
    const random = seeded(5);
    for (let n = 0; n < 18_000; n += 1) {
      const id = `id-${random(9_000)}`;
      expect(known.find(id)).toEqual(model.get(id));
      known.put(id, content(n));
      model.set(id, content(n));
      // Often later than the table was full.
      if (n % 500 === 0) await sealAll(known, 'map');
    }
    for (const [id, expected] of model) expect(known.find(id)).toEqual(expected);
    known.close();
  });

  it('hold at least the limit, and forget the oldest file beyond it', async () => {
    const count = 40_000;
    const known = await filled('limit', count);
    for (let n = count - SMALL.idsMax; n < count; n += 1) if (known.find(`id-${n}`)?.high !== n) throw new Error(`id-${n} is lost`);
    expect([known.find('id-0'), known.find('id-5000')]).toEqual([undefined, undefined]);
    known.close();
  });

  it('are the same after a restart, and only files that the snapshot names are left', async () => {
    const known = await filled('restart', 33_000);
    const place = { last: 'event', records: 33_000, keys: snapshots.empty().state() };
    await snapshots.save('restart', { ...place, next: 7n, ids: known.state() });
    await snapshots.save('restart', { ...place, next: 8n, ids: known.state() });
    const loaded = await snapshots.load('restart');
    expect(loaded).toMatchObject({ next: 8n, last: 'event', records: 33_000 });
    for (let n = 0; n < 33_100; n += 1) expect(loaded?.ids.find(`id-${n}`)).toEqual(known.find(`id-${n}`));
    const serials = known.state().sealed.map(({ serial }) => `restart.ids-${serial}.sealed`);
    const names = [...serials, 'restart.ids-11-8', 'restart.keys-1-8', 'restart.known'];
    expect(readdirSync(directory).filter((name) => name.startsWith('restart.'))).toEqual(names.toSorted());
    loaded?.ids.close();
    known.close();
  });

  it.each([
    ['an entry', 100],
    ['where a bucket begins', FULL * 16 + 20],
    ['the filter', FULL * 16 + 600],
    ['the last byte', -1],
  ])('do not believe a file in which %s is damaged', async (_, at) => {
    const path = join(directory, 'damaged.ids-1.sealed');
    (await filled('damaged', FULL)).close();
    const bytes = readFileSync(path);
    const place = at < 0 ? bytes.length + at : at;
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const findAll = (): void => {
      const { ids } = SealedIds.open(path, SLOTS);
      try {
        for (let n = 0; n < FULL; n += 1) ids.find(idHash(`id-${n}`));
      } finally {
        ids.close();
      }
    };
    expect(findAll).toThrow(SealedIdsDamaged);
  });

  it('do not believe a snapshot whose file is cut off, gone, or another', async () => {
    const known = await filled('gone', 2 * FULL);
    await snapshots.save('gone', { next: 1n, last: '', records: 0, ids: known.state(), keys: snapshots.empty().state() });
    known.close();
    const file = (serial: number): string => join(directory, `gone.ids-${serial}.sealed`);
    const [first, second] = [readFileSync(file(1)), readFileSync(file(2))];
    writeFileSync(file(1), second);
    expect(await snapshots.load('gone')).toBeUndefined();
    writeFileSync(file(1), first);
    expect((await snapshots.load('gone'))?.ids.find('id-9')).toEqual(content(9));
    truncateSync(file(2), statSync(file(2)).size - 16);
    expect(await snapshots.load('gone')).toBeUndefined();
    rmSync(file(2));
    expect(await snapshots.load('gone')).toBeUndefined();
  });

  it('read a file for one in a hundred of new ids, for each full table', () => {
    const filter = new SealedFilter(placesFor(SLOTS));
    const bits = new Uint32Array(placesFor(SLOTS) / 32);
    for (let n = 0; n < FULL; n += 1) markIn(bits, idHash(`id-${n}`));
    filter.add(31, bits);
    const candidates = Array.from({ length: 20_000 }, (_, n) => filter.candidates(idHash(`id-${n}`)));
    expect(candidates.slice(0, FULL).every((mask) => mask === 1 << 31)).toBe(true);
    expect(candidates.slice(FULL).filter((mask) => mask !== 0).length / (20_000 - FULL)).toBeLessThan(0.01);
    filter.clear(31);
    expect(filter.candidates(idHash('id-1'))).toBe(0);
  });

  it('take a table of any kind of ids', async () => {
    const table = new IdTable(SLOTS);
    for (let n = 0; !table.isFull; n += 1) table.put({ high: n & 3, low: n + 1 }, content(n));
    const { ids } = await snapshots.seal('crowded', 'ids', { serial: 1, table });
    expect(ids.size).toBe(FULL);
    expect(ids.find({ high: 3, low: 4 })).toEqual(content(3));
    ids.close();
  });
});
