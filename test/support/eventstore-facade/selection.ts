import { type Place, placeOf } from './checkpoints.js';
import { type streams } from './generated.js';
import { DELETED_REVISION, type Log, type LogRecord } from './log.js';
import { invalidPosition } from './refusals.js';
import { streamNameOf } from './wire.js';

type Options = streams.ReadReq.Options;
type FilterOptions = streams.ReadReq.Options.FilterOptions;

/** The stream of a read or subscription; `$all` for the whole log. */
export const targetOf = (options: Options): string =>
  options.hasAll() ? '$all' : streamNameOf(options.getStream()?.getStreamIdentifier());

export type Filter = {
  readonly matches: (record: LogRecord) => boolean;
  /** Events looked at at a time. */
  readonly window: number;
  /** Events looked at per checkpoint: the window, or several. */
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
    window,
    checkpointInterval: Math.max(1, options.getCheckpointintervalmultiplier()) * window,
  };
};

/** Where a subscription to `$all` begins: behind this place; undefined for the beginning of the log. */
export const placeAfter = (log: Log, options: Options): Place | undefined => {
  const all = options.getAll();
  const last = log.records.at(-1);
  if (all?.hasEnd()) return last && placeOf(last);
  return placeNamed(all);
};

/** Index of the first record behind a place: the record *at* its commit, too, if prepare is smaller. */
export const indexAfter = (log: Log, place: Place | undefined): number => {
  if (!place) return 0;
  return log.indexFrom(place.prepare < place.commit ? place.commit : place.commit + 1n);
};

const placeNamed = (all: streams.ReadReq.Options.AllOptions | undefined): Place | undefined => {
  const named = all?.getPosition();
  return named && { commit: BigInt(named.getCommitPosition()), prepare: BigInt(named.getPreparePosition()) };
};

/**
 * Positions are offsets of bytes: where no record begins, or behind the end when it reads backwards, a server finds nothing it can read.
 * @throws Refused
 */
export const checkPlace = (log: Log, options: Options, backwards: boolean): void => {
  const place = placeNamed(options.getAll());
  if (!place || place.commit === 0n || place.commit === log.end) return;
  if (place.commit > log.end ? backwards : log.records[log.indexFrom(place.commit)]?.position !== place.commit) throw invalidPosition();
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
  const edge = all?.hasEnd() ? { commit: log.end, prepare: log.end } : (placeNamed(all) ?? { commit: 0n, prepare: 0n });
  if (!backwards) {
    for (let index = log.indexFrom(edge.commit); index < log.records.length; index += 1) yield* log.records.slice(index, index + 1);
    return;
  }
  for (let index = log.indexFrom(edge.commit) - 1; index >= 0; index -= 1) {
    const ends = log.records[index + 1]?.position ?? log.end;
    if (ends < edge.commit || (ends === edge.commit && ends <= edge.prepare)) yield* log.records.slice(index, index + 1);
  }
};

/** From a revision, inclusive both ways; backwards from behind the end the last event is the first. */
export const streamFrom = (records: readonly LogRecord[], options: Options, backwards: boolean): readonly LogRecord[] => {
  const from = options.getStream();
  const edge = from?.hasEnd() ? DELETED_REVISION : from?.hasRevision() ? BigInt(from.getRevision()) : 0n;
  return backwards ? records.filter(({ revision }) => revision <= edge).reverse() : records.filter(({ revision }) => revision >= edge);
};
