import { type streams } from './generated.js';
import { DELETED_REVISION, type Log, type LogRecord } from './log.js';
import { streamNameOf } from './wire.js';

type Options = streams.ReadReq.Options;
type FilterOptions = streams.ReadReq.Options.FilterOptions;

/** The stream of a read or subscription; `$all` for the whole log. */
export const targetOf = (options: Options): string =>
  options.hasAll() ? '$all' : streamNameOf(options.getStream()?.getStreamIdentifier());

export type Filter = {
  readonly matches: (record: LogRecord) => boolean;
  /** Events looked at per checkpoint. */
  readonly checkpointInterval: number;
};

/** Without a window of its own a filter looks at so many events at a time. */
const DEFAULT_WINDOW = 32;

export const filterOf = (options: FilterOptions | undefined): Filter | undefined => {
  if (!options) return undefined;
  const byStream = options.getStreamIdentifier();
  const expression = byStream ?? options.getEventType();
  const [prefixes, regex] = [expression?.getPrefixList() ?? [], expression?.getRegex() ?? ''];
  const pattern = regex === '' ? undefined : new RegExp(regex);
  const window = options.hasMax() ? options.getMax() : DEFAULT_WINDOW;
  return {
    matches: ({ stream, type }) => {
      const text = byStream ? stream : type;
      return pattern ? pattern.test(text) : prefixes.some((prefix) => text.startsWith(prefix));
    },
    checkpointInterval: Math.max(1, options.getCheckpointintervalmultiplier()) * window,
  };
};

/** Index in the log where a subscription to `$all` begins: behind the position it names. */
export const indexAfter = (log: Log, options: Options): number => {
  const all = options.getAll();
  if (all?.hasEnd()) return log.records.length;
  const position = all?.getPosition();
  return position ? log.indexFrom(BigInt(position.getCommitPosition()) + 1n) : 0;
};

/** Index in a stream where a subscription to it begins: behind the revision it names. */
export const revisionAfter = (log: Log, stream: string, options: Options): number => {
  const from = options.getStream();
  if (from?.hasEnd()) return log.stream(stream).length;
  return from?.hasRevision() ? Number(from.getRevision()) + 1 : 0;
};

/** Forwards from a position the event there is the first; backwards it is not read: only what ends before it. */
export const allFrom = function* (log: Log, options: Options, backwards: boolean): Generator<LogRecord> {
  const all = options.getAll();
  const start = backwards || !all?.hasEnd() ? 0n : log.end;
  const named = all?.getPosition();
  const position = named ? BigInt(named.getCommitPosition()) : backwards && all?.hasEnd() ? log.end : start;
  if (!backwards) {
    for (let index = log.indexFrom(position); index < log.records.length; index += 1) yield* log.records.slice(index, index + 1);
    return;
  }
  for (let index = log.indexFrom(position) - 1; index >= 0; index -= 1) {
    const ends = log.records[index + 1]?.position ?? log.end;
    if (ends <= position) yield* log.records.slice(index, index + 1);
  }
};

/** From a revision, inclusive both ways; backwards from behind the end the last event is the first. */
export const streamFrom = (records: readonly LogRecord[], options: Options, backwards: boolean): readonly LogRecord[] => {
  const from = options.getStream();
  const edge = from?.hasEnd() ? DELETED_REVISION : from?.hasRevision() ? BigInt(from.getRevision()) : 0n;
  return backwards ? records.filter(({ revision }) => revision <= edge).reverse() : records.filter(({ revision }) => revision >= edge);
};
