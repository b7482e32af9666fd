import { DELETED_REVISION, type Log, type LogRecord } from './log.js';

/** Metadata of a stream as the server reads them; keys it does not know are kept. */
export type StreamMetadata = Readonly<Record<string, unknown>>;

export const isMetastream = (stream: string): boolean => stream.startsWith('$$');
/** The stream a metastream is about. */
export const originalOf = (metastream: string): string => metastream.slice(2);
export const metastreamOf = (stream: string): string => `$$${stream}`;

/** The last `$metadata` of a stream, or undefined where there is none. */
export const metadataOf = (log: Log, stream: string): StreamMetadata | undefined => {
  if (isMetastream(stream)) return undefined;
  const last = log.stream(metastreamOf(stream)).at(-1);
  if (!last) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(last.data).toString('utf8'));
    return parsed !== null && typeof parsed === 'object' ? { ...parsed } : {};
  } catch {
    // The server, too, takes metadata it cannot read for none.
    return {};
  }
};

const numberAt = (metadata: StreamMetadata | undefined, key: string): number | undefined => {
  const value = metadata?.[key];
  return typeof value === 'number' ? value : undefined;
};

/** In JSON the largest signed 64-bit number is read as the next double: nothing else is as large. */
export const isSoftDeleted = (metadata: StreamMetadata | undefined): boolean =>
  (numberAt(metadata, '$tb') ?? 0) >= Number(DELETED_REVISION);

/** The first revision that is not hidden by `$tb` or `$maxCount`; of a metastream only the last event is kept. */
const firstKept = (stream: string, metadata: StreamMetadata | undefined, length: number): number => {
  const maxCount = isMetastream(stream) ? 1 : numberAt(metadata, '$maxCount');
  return Math.max(numberAt(metadata, '$tb') ?? 0, maxCount === undefined ? 0 : length - maxCount);
};

/** What readers of a stream see: `deleted` for a tombstone, `missing` without events or after a soft deletion. */
export const visible = (log: Log, stream: string, nowMs: number): readonly LogRecord[] | 'missing' | 'deleted' => {
  // What a stream ends with ends its metadata too.
  if (log.isTombstoned(isMetastream(stream) ? originalOf(stream) : stream)) return 'deleted';
  const records = log.stream(stream);
  const metadata = metadataOf(log, stream);
  if (records.length === 0 || isSoftDeleted(metadata)) return 'missing';
  const maxAge = numberAt(metadata, '$maxAge');
  const kept = records.slice(firstKept(stream, metadata, records.length));
  return maxAge === undefined ? kept : kept.filter((record) => record.createdMs > nowMs - maxAge * 1_000);
};
