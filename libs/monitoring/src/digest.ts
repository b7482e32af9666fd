import { createHash } from 'node:crypto';
import { type CountSample, type ValueSample } from './sample.js';

/** SHA-256, hex, of texts and doubles (little-endian), each preceded by its length so that parts cannot run into each other. */
export type Digest = (parts: readonly (string | Float64Array)[]) => string;

export const sha256Of: Digest = (parts) => {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex');
};

/** A sample as one row of doubles: rows, counted, missing, mistyped, infinite, then bucket and count by bucket, or the values. */
export const sampleNumbers = (sample: CountSample | ValueSample): Float64Array => {
  const { rows, counted, special } = sample;
  const head = [rows, counted, special.missing, special.mistyped, special.infinite];
  if ('values' in sample) {
    const numbers = new Float64Array(head.length + sample.values.length);
    numbers.set(head);
    numbers.set(sample.values, head.length);
    return numbers;
  }
  const numbers = new Float64Array(head.length + 2 * sample.counts.size);
  numbers.set(head);
  let at = head.length;
  let last = -Infinity;
  for (const [bucket, count] of sample.counts) {
    if (bucket <= last) return sampleNumbers({ ...sample, counts: new Map([...sample.counts].sort(([a], [b]) => a - b)) });
    numbers[at] = bucket;
    numbers[at + 1] = count;
    at += 2;
    last = bucket;
  }
  return numbers;
};
