import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type Digest64 } from './content.js';
import { ENTRY_BYTES, ENTRY_WORDS, type IdTable } from './id-table.js';
import { markIn, placesFor } from './sealed-filter.js';

/** A file of known ids is missing, damaged or cannot be read: the log has to be read again. */
export class SealedIdsDamaged extends Error {
  constructor(path: string, options?: ErrorOptions) {
    super(`the known ids in ${path} cannot be believed`, options);
    this.name = SealedIdsDamaged.name;
  }
}

const MAGIC = 0x444c6b31;
/** Slots of a table for each bucket of its file: a full table has 192 entries in a bucket, 3 KiB. */
const SLOTS_PER_BUCKET = 256;
/** Pieces in which a file is written; between them other work has its turn. */
const PIECES = 16;

/** What a file ends with: where buckets begin, their check sums, and the column of the filter. In words, by place. */
function footerOf(slots: number): { buckets: number; starts: number; checks: number; bits: number; check: number; words: number } {
  const buckets = slots / SLOTS_PER_BUCKET;
  const [starts, checks] = [1, 1 + buckets + 1];
  const bits = checks + buckets;
  const check = bits + placesFor(slots) / 32;
  return { buckets, starts, checks, bits, check, words: check + 1 };
}

const bytesOf = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

/** Buckets are the leading bits of the address. */
const shiftFor = (buckets: number): number => 32 - Math.log2(buckets);

/**
 * A full table as a file that never changes: entries in the order of the leading bits of their address, in buckets each with a check sum.
 * An id is looked up by reading one bucket; what stays in memory is 8 bytes for each of them.
 */
export class SealedIds {
  private readonly bucket: Buffer;

  private constructor(
    private readonly path: string,
    private readonly file: number,
    private readonly slots: number,
    private readonly places: Uint32Array,
    /** Names the content, as `crc` of the file's end. */
    readonly check: number,
  ) {
    const { buckets } = footerOf(slots);
    let largest = 0;
    for (let at = 0; at < buckets; at += 1) largest = Math.max(largest, this.startOf(at + 1) - this.startOf(at));
    this.bucket = Buffer.alloc(largest * ENTRY_BYTES);
  }

  /**
   * Opens a file that `sealIds` wrote, and hands out its column of the filter, which it does not keep.
   * @throws SealedIdsDamaged
   */
  static open(path: string, slots: number): { readonly ids: SealedIds; readonly bits: Uint32Array } {
    const { buckets, starts, bits, check, words } = footerOf(slots);
    let file: number | undefined;
    try {
      file = openSync(path, 'r');
      const footer = new Uint32Array(words);
      const entriesBytes = fstatSync(file).size - footer.byteLength;
      readSync(file, footer, 0, footer.byteLength, entriesBytes);
      const isWhole = footer[0] === MAGIC && footer[check] === crc32(bytesOf(footer.subarray(0, check)));
      if (!isWhole || footer[starts + buckets] !== entriesBytes / ENTRY_BYTES) throw new RangeError('its end is not as it was written');
      const ids = new SealedIds(path, file, slots, footer.slice(starts, bits), footer[check] ?? 0);
      return { ids, bits: footer.slice(bits, check) };
    } catch (error) {
      if (file !== undefined) closeSync(file);
      throw new SealedIdsDamaged(path, { cause: error });
    }
  }

  get size(): number {
    return this.startOf(footerOf(this.slots).buckets);
  }

  /**
   * Reads one bucket, mostly from the system's cache of files.
   * @throws SealedIdsDamaged
   */
  find(key: Digest64): Digest64 | undefined {
    const { buckets, checks, starts } = footerOf(this.slots);
    const at = key.high >>> shiftFor(buckets);
    const [from, until] = [this.startOf(at), this.startOf(at + 1)];
    const bytes = this.bucket.subarray(0, (until - from) * ENTRY_BYTES);
    try {
      readSync(this.file, bytes, 0, bytes.length, from * ENTRY_BYTES);
    } catch (error) {
      throw new SealedIdsDamaged(this.path, { cause: error });
    }
    if (crc32(bytes) !== this.places[checks - starts + at]) throw new SealedIdsDamaged(this.path);
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    for (let entry = 0; entry < words.length; entry += ENTRY_WORDS) {
      if (words[entry] === key.high && words[entry + 1] === key.low) return { high: words[entry + 2] ?? 0, low: words[entry + 3] ?? 0 };
    }
    return undefined;
  }

  close(): void {
    closeSync(this.file);
  }

  private startOf(bucket: number): number {
    return this.places[bucket] ?? 0;
  }
}

/** Writes a table, which must not change meanwhile, as a file: beside, flushed, then renamed. Works in pieces of a few milliseconds. */
export async function sealIds(path: string, table: IdTable): Promise<void> {
  const { buckets, starts, checks, bits, check, words } = footerOf(table.slotsMax);
  const footer = new Uint32Array(words);
  footer[0] = MAGIC;
  const places = footer.subarray(starts, starts + buckets + 1);
  const column = footer.subarray(bits, check);
  const shift = shiftFor(buckets);
  table.forEach((entries, at) => {
    const bucket = (entries[at] ?? 0) >>> shift;
    places[bucket + 1] = (places[bucket + 1] ?? 0) + 1;
  });
  for (let bucket = 0; bucket < buckets; bucket += 1) places[bucket + 1] = (places[bucket + 1] ?? 0) + (places[bucket] ?? 0);
  const file = await open(`${path}.new`, 'w');
  try {
    for (let piece = 0; piece < PIECES; piece += 1) {
      const [first, end] = [(piece * buckets) / PIECES, ((piece + 1) * buckets) / PIECES];
      const entries = entriesOf(table, { places, shift, first, end });
      const base = places[first] ?? 0;
      for (let bucket = first; bucket < end; bucket += 1) {
        const [from, until] = [(places[bucket] ?? 0) - base, (places[bucket + 1] ?? 0) - base];
        footer[checks + bucket] = crc32(bytesOf(entries.subarray(from * ENTRY_WORDS, until * ENTRY_WORDS)));
      }
      for (let at = 0; at < entries.length; at += ENTRY_WORDS) markIn(column, { high: entries[at] ?? 0, low: entries[at + 1] ?? 0 });
      await whole(file, bytesOf(entries));
    }
    footer[check] = crc32(bytesOf(footer.subarray(0, check)));
    await whole(file, bytesOf(footer));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

type Buckets = { readonly places: Uint32Array; readonly shift: number; readonly first: number; readonly end: number };

/** The entries of some buckets, in their order. */
function entriesOf(table: IdTable, { places, shift, first, end }: Buckets): Uint32Array {
  const next = places.slice(first, end);
  const base = next[0] ?? 0;
  const ordered = new Uint32Array(((places[end] ?? 0) - base) * ENTRY_WORDS);
  table.forEach((words, at) => {
    const bucket = ((words[at] ?? 0) >>> shift) - first;
    if (bucket < 0 || bucket >= end - first) return;
    const to = ((next[bucket] ?? 0) - base) * ENTRY_WORDS;
    next[bucket] = (next[bucket] ?? 0) + 1;
    for (let word = 0; word < ENTRY_WORDS; word += 1) ordered[to + word] = words[at + word] ?? 0;
  });
  return ordered;
}

/** `write` may take less than it was given. */
async function whole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}
