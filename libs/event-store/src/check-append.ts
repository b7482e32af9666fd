import { AccessDenied, AppendTooLarge } from './errors.js';
import { APPEND_BYTES_MAX, EVENT_BYTES_MAX, type NewEvent, type StreamMeta } from './store.js';

/** Names are ASCII because servers carry them in headers; the length keeps them indexable everywhere. */
const STREAM_NAME = /^[\x21-\x7e]{1,200}$/;

/**
 * @throws TypeError when it is no stream name
 * @throws AccessDenied when the stream belongs to the store itself
 */
export const checkStreamName = (stream: string): void => {
  if (!STREAM_NAME.test(stream))
    throw new TypeError(`a stream name is 1 to 200 printable ASCII characters, got ${JSON.stringify(stream.slice(0, 64))}`);
  if (stream.startsWith('$')) throw new AccessDenied(`${stream} belongs to the store`);
};

/** Bytes of an event as they count against the limits: body, metadata and name. */
const encodedBytes = (event: NewEvent): number =>
  event.body.length + Buffer.byteLength(JSON.stringify(event.metadata)) + event.type.length + 16;

/**
 * Everything that can be wrong with an append before any I/O. Returns its size in bytes.
 * @throws TypeError for an empty append or an event id given twice
 * @throws AppendTooLarge | AccessDenied
 */
export const checkAppend = (stream: string, events: readonly NewEvent[]): number => {
  checkStreamName(stream);
  if (events.length === 0) throw new TypeError('an append holds at least one event');
  if (new Set(events.map((event) => event.id)).size !== events.length) throw new TypeError('an append holds each event id once');
  let total = 0;
  for (const event of events) {
    const bytes = encodedBytes(event);
    if (bytes > EVENT_BYTES_MAX) throw new AppendTooLarge(bytes, EVENT_BYTES_MAX);
    total += bytes;
  }
  if (total > APPEND_BYTES_MAX) throw new AppendTooLarge(total, APPEND_BYTES_MAX);
  return total;
};

/** @throws TypeError when a limit is no positive whole number */
export const checkMeta = ({ maxCount, maxAgeSeconds, truncateBefore }: StreamMeta): void => {
  if (maxCount !== undefined && !(Number.isSafeInteger(maxCount) && maxCount > 0))
    throw new TypeError(`maxCount is a whole number from 1, got ${maxCount}`);
  if (maxAgeSeconds !== undefined && !(Number.isSafeInteger(maxAgeSeconds) && maxAgeSeconds > 0)) {
    throw new TypeError(`maxAgeSeconds is a whole number from 1, got ${maxAgeSeconds}`);
  }
  if (truncateBefore !== undefined && (truncateBefore < 0n || truncateBefore > Number.MAX_SAFE_INTEGER))
    throw new TypeError('truncateBefore is a revision of at most 2^53 - 1: servers keep it as a JSON number');
};
