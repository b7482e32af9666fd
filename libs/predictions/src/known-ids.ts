import { type Digest64, idHash } from './content.js';

const SEGMENT_SLOTS_MAX = 1 << 21;
const SEGMENT_SLOTS_FIRST = 1 << 12;
const WORDS = 4;
/** Share of slots in use at which a table is full; a slot is 16 bytes, so a full table takes 21 bytes an id. */
const LOAD_MAX = 0.75;
/** Ids remembered per deployment. */
const KNOWN_IDS_MAX = 20_000_000;

/**
 * One open-addressing table; a slot is (id high, id low, content high, content low), all zero when free. `serial` never changes and
 * `changes` grows with every change: together they name one content.
 */
export type Segment = { readonly serial: number; changes: number; table: Uint32Array; used: number };

/**
 * The set of ids a deployment has seen, with the digest of what came with each. Typed arrays, no object per id; the oldest segment of
 * a million and a half ids is forgotten when more than the limit are held. Ids are addressed by 64 bits: at 20 million ids the chance that any
 * two share an address is about one in 100,000, and such a pair shows as a conflict, never silently.
 */
export class KnownIds {
  private segments: Segment[] = [];

  constructor(private readonly idsMax: number = KNOWN_IDS_MAX) {}

  get size(): number {
    return this.segments.reduce((sum, segment) => sum + segment.used, 0);
  }

  /** The digest that came with an id, or undefined for an id that is new or forgotten. */
  find(id: string): Digest64 | undefined {
    const key = addressOf(id);
    for (let i = this.segments.length - 1; i >= 0; i -= 1) {
      const segment = this.segments[i];
      if (!segment) continue;
      const slot = slotOf(segment.table, key);
      if (isUsed(segment.table, slot)) return { high: segment.table[slot + 2] ?? 0, low: segment.table[slot + 3] ?? 0 };
    }
    return undefined;
  }

  /** Remembers an id; a known one gets the new digest. */
  put(id: string, content: Digest64): void {
    const key = addressOf(id);
    for (const segment of this.segments) {
      const slot = slotOf(segment.table, key);
      if (!isUsed(segment.table, slot)) continue;
      segment.table[slot + 2] = content.high;
      segment.table[slot + 3] = content.low;
      segment.changes += 1;
      return;
    }
    const segment = this.roomy();
    write(segment.table, slotOf(segment.table, key), key, content);
    segment.used += 1;
    segment.changes += 1;
  }

  /** Everything held, for a snapshot, oldest first. Valid until the next `put`. */
  snapshot(): readonly Segment[] {
    return this.segments;
  }

  /** @throws RangeError when a table is not one this class wrote */
  static restore(segments: readonly Omit<Segment, 'used'>[], idsMax: number = KNOWN_IDS_MAX): KnownIds {
    const known = new KnownIds(idsMax);
    known.segments = segments.map(({ serial, changes, table }) => {
      const slots = table.length / WORDS;
      let used = 0;
      for (let slot = 0; slot < table.length; slot += WORDS) if (isUsed(table, slot)) used += 1;
      // A table without a free slot would be searched for ever.
      if (slots < SEGMENT_SLOTS_FIRST || slots > SEGMENT_SLOTS_MAX || (slots & (slots - 1)) !== 0 || used > slots * LOAD_MAX) {
        throw new RangeError(`a table of known ids has a power of two slots, some of them free, got ${used} of ${slots}`);
      }
      return { serial, changes, table, used };
    });
    return known;
  }

  private roomy(): Segment {
    const last = this.segments.at(-1);
    if (last && last.used < (last.table.length / WORDS) * LOAD_MAX) return last;
    if (last && last.table.length / WORDS < SEGMENT_SLOTS_MAX) {
      last.table = grown(last.table);
      return last;
    }
    while (this.segments.length > 0 && this.size >= this.idsMax) this.segments.shift();
    const fresh = { serial: (last?.serial ?? 0) + 1, changes: 0, table: new Uint32Array(SEGMENT_SLOTS_FIRST * WORDS), used: 0 };
    this.segments.push(fresh);
    return fresh;
  }
}

/** All zero marks a free slot, so the one id with an all-zero address is moved aside. */
function addressOf(id: string): Digest64 {
  const key = idHash(id);
  return key.high === 0 && key.low === 0 ? { high: 0, low: 1 } : key;
}

const isUsed = (table: Uint32Array, slot: number): boolean => table[slot] !== 0 || table[slot + 1] !== 0;

/** The slot of a key, or the free slot where it belongs. */
function slotOf(table: Uint32Array, key: Digest64): number {
  const mask = table.length / WORDS - 1;
  for (let at = key.low & mask; ; at = (at + 1) & mask) {
    const slot = at * WORDS;
    if (!isUsed(table, slot) || (table[slot] === key.high && table[slot + 1] === key.low)) return slot;
  }
}

function write(table: Uint32Array, slot: number, key: Digest64, content: Digest64): void {
  table[slot] = key.high;
  table[slot + 1] = key.low;
  table[slot + 2] = content.high;
  table[slot + 3] = content.low;
}

function grown(table: Uint32Array): Uint32Array {
  const larger = new Uint32Array(table.length * 2);
  for (let slot = 0; slot < table.length; slot += WORDS) {
    if (!isUsed(table, slot)) continue;
    const key = { high: table[slot] ?? 0, low: table[slot + 1] ?? 0 };
    write(larger, slotOf(larger, key), key, { high: table[slot + 2] ?? 0, low: table[slot + 3] ?? 0 });
  }
  return larger;
}
