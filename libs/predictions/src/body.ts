import { gunzipSync } from 'node:zlib';
import { RECORD_BYTES_MAX, type IntakeLimits } from './limits.js';
import { splitArray } from './split-array.js';

/** One raw record of a request: a parsed JSON value, or why it could not be parsed. `bytes` is its length in UTF-8. */
export type RawRecord = { readonly value: unknown; readonly bytes: number } | { readonly unreadable: string; readonly bytes: number };

/** Why a whole request is refused before any record is looked at. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  constructor(
    readonly status: 400 | 413 | 415,
    readonly code: string,
    message: string,
    readonly limit?: number,
  ) {
    super(message);
  }
}

const NAN_HINT = 'not JSON; NaN and Infinity are not JSON either: send null for a missing number';

/**
 * Undoes gzip, within the limit.
 * @throws BodyRefused 413 when it inflates past the limit, 400 when it is damaged or cut short, 415 for another encoding
 */
export function decompress(body: Uint8Array, encoding: string | undefined, limits: IntakeLimits): Uint8Array {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return body;
  if (name !== 'gzip' && name !== 'x-gzip') throw new BodyRefused(415, 'ENCODING_UNSUPPORTED', 'content-encoding is gzip or absent');
  try {
    return gunzipSync(body, { maxOutputLength: limits.inflatedBytesMax });
  } catch (cause) {
    if (isTooLarge(cause)) {
      throw new BodyRefused(
        413,
        'BODY_TOO_LARGE',
        `the body inflates to more than ${limits.inflatedBytesMax} bytes`,
        limits.inflatedBytesMax,
      );
    }
    throw new BodyRefused(400, 'GZIP_INVALID', 'the body is not complete gzip data');
  }
}

const isTooLarge = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';

/**
 * Splits a body into records: one JSON object, a JSON array of objects, or one object a line (NDJSON).
 * A record that is not JSON is passed on as unreadable, so that one bad line does not cost the others.
 * @throws BodyRefused
 */
export function recordsOf(body: Uint8Array, contentType: string | undefined, limits: IntakeLimits): readonly RawRecord[] {
  const media = (contentType ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase();
  const text = textOf(body);
  // One unit a byte: then no record needs measuring.
  const bytesOf =
    text.length === body.length ? (piece: string): number => piece.length : (piece: string): number => Buffer.byteLength(piece);
  const cutting = { text, bytesOf, limits };
  switch (media) {
    case 'application/x-ndjson':
    case 'application/ndjson':
    case 'application/jsonl':
    case 'application/jsonlines':
      return bounded(linesOf(cutting), limits);
    case 'application/json':
      return bounded(jsonRecords(cutting), limits);
    default:
      throw new BodyRefused(415, 'TYPE_UNSUPPORTED', 'content-type is application/json or application/x-ndjson');
  }
}

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new BodyRefused(400, 'NOT_UTF8', 'the body is not UTF-8 text');
  }
}

function bounded(records: readonly RawRecord[], limits: IntakeLimits): readonly RawRecord[] {
  if (records.length === 0) throw new BodyRefused(400, 'BODY_EMPTY', 'the body holds no record');
  if (records.length > limits.recordsMax) {
    throw new BodyRefused(413, 'TOO_MANY_RECORDS', `a request holds at most ${limits.recordsMax} records`, limits.recordsMax);
  }
  return records;
}

/** Cutting stops at one record more than a request may hold: a body of nothing but separators must not cost more than that. */
type Cutting = { readonly text: string; readonly bytesOf: (piece: string) => number; readonly limits: IntakeLimits };

function linesOf({ text, bytesOf, limits }: Cutting): readonly RawRecord[] {
  const records: RawRecord[] = [];
  for (let from = 0; from < text.length && records.length <= limits.recordsMax;) {
    const end = text.indexOf('\n', from);
    const until = end < 0 ? text.length : end;
    const line = text.slice(from, until);
    from = until + 1;
    if (line.length > 0 && line.trim() !== '') records.push(parsed(line, bytesOf(line)));
  }
  return records;
}

/** A record that is too large is not even parsed: a few megabytes of brackets would keep the process busy for seconds. */
function parsed(text: string, bytes: number): RawRecord {
  if (bytes > RECORD_BYTES_MAX) return { unreadable: `a record has at most ${RECORD_BYTES_MAX} bytes`, bytes };
  try {
    return { value: JSON.parse(text) as unknown, bytes };
  } catch {
    return { unreadable: NAN_HINT, bytes };
  }
}

function jsonRecords({ text, bytesOf, limits }: Cutting): readonly RawRecord[] {
  if (text.trim() === '') return [];
  const bytes = bytesOf(text);
  const whole = parsed(text, bytes);
  if ('value' in whole && !Array.isArray(whole.value)) return [whole];
  // One bare NaN makes a whole array unreadable; cutting it at its commas keeps the other records.
  const pieces = splitArray(text, limits.recordsMax + 1);
  if (pieces === undefined && (bytes <= RECORD_BYTES_MAX || text.trimStart().startsWith('[')))
    throw new BodyRefused(400, 'JSON_INVALID', `the body is ${NAN_HINT}; one record a line is application/x-ndjson`);
  if (pieces === undefined) return [whole];
  if ('unreadable' in whole) return pieces.map((piece) => parsed(piece, bytesOf(piece)));
  const values = whole.value as readonly unknown[];
  return values.slice(0, limits.recordsMax + 1).map((value, at) => ({ value, bytes: bytesOf(pieces[at] ?? '') }));
}
