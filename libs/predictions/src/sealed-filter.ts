import { type Digest64 } from './content.js';

/** Sealed tables a filter tells apart: bits of a word. */
export const COLUMNS = 32;
/** Places an address marks. With 10.7 places per id of a full table some 0.7 % of the ids that are not in it seem to be. */
const PROBES = 5;

/** Places of a filter for tables of so many slots. */
export const placesFor = (slots: number): number => slots * 8;

/** From one place an address marks to the next: two halves of a hash make any number of places, and an odd step never comes back soon. */
const stepOf = (key: Digest64): number => key.high | 1;

/** Marks an address in a set of bits, 32 to a word, whose number is a power of two: the column of one table. */
export function markIn(bits: Uint32Array, key: Digest64): void {
  const mask = bits.length * 32 - 1;
  for (let probe = 0, at = key.low; probe < PROBES; probe += 1, at = (at + stepOf(key)) | 0) {
    const place = at & mask;
    bits[place >>> 5] = (bits[place >>> 5] ?? 0) | (1 << (place & 31));
  }
}

/**
 * Bloom filters of up to 32 sealed tables side by side: a word for each place, a bit of it for each table. A few reads tell which of all
 * tables may hold an id. It takes its whole memory at once, so that it does not grow with ids.
 */
export class SealedFilter {
  private readonly words: Uint32Array;

  constructor(places: number) {
    // Written to, because memory that was never touched is not there yet.
    this.words = new Uint32Array(places).fill(0);
  }

  /** Bits of the columns that may hold an address; a column that holds it is always among them. */
  candidates(key: Digest64): number {
    const { words } = this;
    const mask = words.length - 1;
    let found = -1;
    for (let probe = 0, at = key.low; probe < PROBES && found !== 0; probe += 1, at = (at + stepOf(key)) | 0)
      found &= words[at & mask] ?? 0;
    return found;
  }

  /** Takes over the column of a table. */
  add(column: number, bits: Uint32Array): void {
    const { words } = this;
    for (let at = 0; at < bits.length; at += 1) {
      for (let rest = bits[at] ?? 0; rest !== 0; rest &= rest - 1) {
        const place = at * 32 + (31 - Math.clz32(rest & -rest));
        words[place] = (words[place] ?? 0) | (1 << column);
      }
    }
  }

  clear(column: number): void {
    const { words } = this;
    const others = ~(1 << column);
    for (let place = 0; place < words.length; place += 1) words[place] = (words[place] ?? 0) & others;
  }
}
