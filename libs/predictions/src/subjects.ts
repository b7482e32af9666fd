/**
 * Subjects and their buckets. A subject is what one series of measurements is about: `feature:<name>`, `output:<name>` or `volume`.
 * Counts are kept per bucket: for numbers the bucket of the grid, for words the number the deployment gave the word.
 */

/** Buckets beyond any grid: why a row has no countable value. */
export const SPECIAL_BUCKET = {
  missing: 1_073_741_824,
  mistyped: 1_073_741_825,
  positiveInfinity: 1_073_741_826,
  negativeInfinity: 1_073_741_827,
} as const;

/** First bucket of the words that came after the limit: 1000 + hash mod 256. */
const OTHER_BUCKET = 1_000;
const OTHER_BUCKETS = 256;

export type OutputName = 'value' | 'score' | 'class' | 'decision';

export const featureSubject = (name: string): string => `feature:${name}`;
export const outputSubject = (name: OutputName): string => `output:${name}`;
/** Rows per span; its only bucket is 0. */
export const VOLUME = 'volume';

/** FNV-1a over UTF-16 code units, 32 bits: stable for ever because counts in the log's projections depend on it. */
export function otherBucket(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i += 1) {
    hash ^= word.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return OTHER_BUCKET + ((hash >>> 0) % OTHER_BUCKETS);
}

export const isOtherBucket = (bucket: number): boolean => bucket >= OTHER_BUCKET && bucket < OTHER_BUCKET + OTHER_BUCKETS;
export const isSpecialBucket = (bucket: number): boolean => bucket >= SPECIAL_BUCKET.missing;
