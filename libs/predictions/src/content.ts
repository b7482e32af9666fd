import { hash } from 'node:crypto';
import { sameNames, type Features } from './names.js';

/** 64 bits of a digest, as two unsigned 32-bit halves. */
export type Digest64 = { readonly high: number; readonly low: number };

export const sameDigest = (a: Digest64, b: Digest64): boolean => a.high === b.high && a.low === b.low;

export const hexOf = ({ high, low }: Digest64): string => high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');

/**
 * Digests the content of records, independent of the order of their features and of the members of objects in them. Keyed, because a bare hash of a record with few
 * possible values would tell the record. The order of one record's names is remembered: producers send the same ones again and again.
 */
export class ContentDigester {
  private names: readonly string[] = [];
  private sorted: readonly string[] = [];
  /** Key and names: what the text of every record with these names begins with. */
  private beginning = '';

  /** @param key secret of this installation */
  constructor(private readonly key: string) {}

  /** @param rest what else is content, each at a place of its own; null where there is nothing */
  digest(features: Features, rest: readonly unknown[]): Digest64 {
    const names = Object.keys(features);
    if (this.beginning === '' || !sameNames(names, this.names)) {
      this.names = names;
      this.sorted = [...names].sort();
      this.beginning = this.key + JSON.stringify(this.sorted);
    }
    let text = this.beginning + JSON.stringify(this.sorted.map((name) => canonical(features[name])));
    for (let at = 0; at < rest.length; at += 1) {
      const value = rest[at];
      if (value !== null && value !== undefined) text += `,${at}:${JSON.stringify(canonical(value))}`;
    }
    // As text of one character a byte: a buffer for each record would cost more than its hash.
    const bytes = hash('sha256', text, 'binary');
    return { high: wordAt(bytes, 0), low: wordAt(bytes, 4) };
  }
}

/** Four bytes, the highest first, as an unsigned number. */
const wordAt = (bytes: string, at: number): number =>
  ((bytes.charCodeAt(at) << 24) | (bytes.charCodeAt(at + 1) << 16) | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3)) >>> 0;

/** The same content whatever the order in which the members of objects were sent. Arrays of numbers, the common case, are not copied. */
function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.some((element) => typeof element === 'object') ? value.map(canonical) : (value as unknown);
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  // Wrapped, so that no array has the form of an object.
  return { '': sorted.map(([name, element]): unknown => [name, canonical(element)]) };
}

/** Two independent 32-bit hashes of an id: how the set of known ids addresses it. Stable, because snapshots of the set are kept. */
export function idHash(id: string): Digest64 {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let i = 0; i < id.length; i += 1) {
    const unit = id.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b);
    low ^= low >>> 13;
  }
  return { high: mix(high ^ id.length), low: mix(low + id.length) };
}

/** The final mix of MurmurHash3: spreads the last characters over all bits. */
function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The digests of a batch as one base64 text of 8 bytes a row, zeros where a row has none. */
export function packDigests(digests: readonly (Digest64 | null)[]): string | undefined {
  if (digests.every((digest) => digest === null)) return undefined;
  const bytes = Buffer.alloc(digests.length * 8);
  digests.forEach((digest, row) => {
    if (digest === null) return;
    bytes.writeUInt32BE(digest.high, row * 8);
    bytes.writeUInt32BE(digest.low, row * 8 + 4);
  });
  return bytes.toString('base64');
}

export function unpackDigests(text: string | undefined): (row: number) => Digest64 {
  const bytes = text === undefined ? Buffer.alloc(0) : Buffer.from(text, 'base64');
  return (row) =>
    bytes.length < row * 8 + 8 ? { high: 0, low: 0 } : { high: bytes.readUInt32BE(row * 8), low: bytes.readUInt32BE(row * 8 + 4) };
}
