import { type Digest64 } from './content.js';

/** Words of an entry: id high, id low, content high, content low. */
export const ENTRY_WORDS = 4;
export const ENTRY_BYTES = ENTRY_WORDS * 4;
const SLOTS_FIRST = 1 << 8;
/** Share of slots in use at which a table is full; a slot is 16 bytes, so a full table takes 21 bytes an id. */
const LOAD_MAX = 0.75;
/** Ids in a table of so many slots that is full. */
export const idsIn = (slots: number): number => slots * LOAD_MAX;

/** Addresses of ids with the digests of their contents, in one open-addressing table. A slot is an entry, all zero in the id when free. */
export class IdTable {
  private slots: Uint32Array;
  private count = 0;

  /** @param slotsMax a power of two, at least 4,096 @param slots how many to begin with */
  constructor(
    readonly slotsMax: number,
    slots = SLOTS_FIRST,
  ) {
    this.slots = new Uint32Array(slots * ENTRY_WORDS);
  }

  get size(): number {
    return this.count;
  }

  /** Takes no id it does not hold. */
  get isFull(): boolean {
    return this.count >= idsIn(this.slotsMax);
  }

  find(key: Digest64): Digest64 | undefined {
    const slot = slotOf(this.slots, key);
    return isUsed(this.slots, slot) ? { high: this.slots[slot + 2] ?? 0, low: this.slots[slot + 3] ?? 0 } : undefined;
  }

  /** Remembers an address; a known one gets the new digest. */
  put(key: Digest64, content: Digest64): void {
    let slot = slotOf(this.slots, key);
    if (!isUsed(this.slots, slot)) {
      if (this.count >= idsIn(this.slots.length / ENTRY_WORDS)) {
        this.slots = grown(this.slots);
        slot = slotOf(this.slots, key);
      }
      this.count += 1;
    }
    write(this.slots, slot, key, content);
  }

  /** Calls with the place in `words` of every entry. */
  forEach(visit: (words: Uint32Array, at: number) => void): void {
    const { slots } = this;
    for (let slot = 0; slot < slots.length; slot += ENTRY_WORDS) if (isUsed(slots, slot)) visit(slots, slot);
  }

  /** All entries side by side, in no order. */
  entries(): Uint32Array {
    const entries = new Uint32Array(this.count * ENTRY_WORDS);
    let at = 0;
    this.forEach((words, slot) => {
      for (let word = 0; word < ENTRY_WORDS; word += 1) entries[at + word] = words[slot + word] ?? 0;
      at += ENTRY_WORDS;
    });
    return entries;
  }

  /** Empty again, and as large as before. */
  clear(): void {
    this.slots.fill(0);
    this.count = 0;
  }
}

const isUsed = (slots: Uint32Array, slot: number): boolean => slots[slot] !== 0 || slots[slot + 1] !== 0;

/** The slot of a key, or the free slot where it belongs. */
function slotOf(slots: Uint32Array, key: Digest64): number {
  const mask = slots.length / ENTRY_WORDS - 1;
  for (let at = key.low & mask; ; at = (at + 1) & mask) {
    const slot = at * ENTRY_WORDS;
    if (!isUsed(slots, slot) || (slots[slot] === key.high && slots[slot + 1] === key.low)) return slot;
  }
}

function write(slots: Uint32Array, slot: number, key: Digest64, content: Digest64): void {
  slots[slot] = key.high;
  slots[slot + 1] = key.low;
  slots[slot + 2] = content.high;
  slots[slot + 3] = content.low;
}

function grown(slots: Uint32Array): Uint32Array {
  const larger = new Uint32Array(slots.length * 2);
  for (let slot = 0; slot < slots.length; slot += ENTRY_WORDS) {
    if (!isUsed(slots, slot)) continue;
    const key = { high: slots[slot] ?? 0, low: slots[slot + 1] ?? 0 };
    write(larger, slotOf(larger, key), key, { high: slots[slot + 2] ?? 0, low: slots[slot + 3] ?? 0 });
  }
  return larger;
}
