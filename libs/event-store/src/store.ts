import { type EventMetadata, type Instant, type Position, type Uuid } from '#libs/kernel';

/** An event ready to be stored: the codec made the bytes, the store never looks into them. */
export type NewEvent = {
  /** Supplied by the caller (derived from the command id): the retry story depends on it. */
  readonly id: Uuid;
  readonly type: string;
  readonly contentType: 'application/json' | 'application/octet-stream';
  readonly body: Uint8Array;
  readonly metadata: EventMetadata;
};

/** An event as the log holds it, body still encoded. */
export type StoredEvent = NewEvent & {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: Position;
  readonly recordedAt: Instant;
};

/** What the caller believes of the stream. A bigint is the exact revision of its last event. */
export type ExpectedRevision = 'any' | 'no_stream' | 'stream_exists' | bigint;

export type AppendOptions = { readonly expected: ExpectedRevision; readonly timeoutMs?: number };
export type AppendResult = { readonly revision: bigint; readonly position?: Position; readonly idempotent?: boolean };

/** `from` is inclusive. A missing stream reads as empty. */
export type ReadOptions = {
  readonly from?: bigint | 'start' | 'end';
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
  readonly signal?: AbortSignal;
};
export type ReadAllOptions = Omit<ReadOptions, 'from'> & { readonly from?: Position | 'start' | 'end' };

/** Prefixes only: regular expressions differ between servers. */
export type EventFilter = { readonly streamPrefixes: readonly string[] } | { readonly typePrefixes: readonly string[] };
export type SubscribeOptions = { readonly after: Position | 'start' | 'end'; readonly filter?: EventFilter; readonly signal: AbortSignal };

/** `caughtUp` may come many times. `checkpoint` says that everything up to there was considered and none of it matched. */
export type SubscriptionMessage =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'caughtUp' }
  | { readonly kind: 'checkpoint'; readonly position: Position };

/** The part of stream metadata both engines share. */
export type StreamMeta = { readonly maxCount?: number; readonly maxAgeSeconds?: number; readonly truncateBefore?: bigint };

/** Largest single append, counted on the encoded bytes of all its events (body and metadata). */
export const APPEND_BYTES_MAX = 1024 * 1024;
/** Largest encoded event. */
export const EVENT_BYTES_MAX = 512 * 1024;

/**
 * The append-only log. Every adapter passes `event-store.contract.ts`.
 *
 * Appends either happen whole or not at all; errors are the closed set of `errors.ts`. Subscriptions are exclusive of `after`,
 * at least once, in order, and resume by themselves until the signal aborts.
 *
 * Where the stores differ, which nobody may rely on:
 * - An event id that stands elsewhere in its stream: the embedded stores refuse the append, or answer it with the first result when all of
 *   its ids are known; a server writes it again where the expected revision is the stream's own, or where `any` names an unknown id first.
 * - `any` and `stream_exists` recognise a repetition always embedded, on a server while it remembers the ids. Exact revisions always do.
 * - The time of record never runs backwards embedded; a server's clock may.
 * - Positions are 1, 2, 3 … embedded, offsets with gaps on a server, which reads from the beginning and from positions it has told. Another
 *   one is Corrupt there, and embedded a place between events.
 */
export abstract class EventStore {
  /** @throws WrongExpectedRevision | StreamDeleted | AccessDenied | AppendTooLarge | Unavailable | Timeout */
  abstract append(stream: string, events: readonly NewEvent[], options: AppendOptions): Promise<AppendResult>;
  abstract readStream(stream: string, options?: ReadOptions): AsyncIterable<StoredEvent>;
  abstract readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent>;
  abstract subscribeAll(options: SubscribeOptions): AsyncIterable<SubscriptionMessage>;
  /** Hides what is there and forgets all limits; appending again, or setting limits, continues the revisions behind what was hidden. */
  abstract softDelete(stream: string, options: AppendOptions): Promise<void>;
  /** Final: the stream can never be written again. */
  abstract tombstone(stream: string, options: AppendOptions): Promise<void>;
  /** @throws StreamDeleted when it is tombstoned */
  abstract getMeta(stream: string): Promise<StreamMeta>;
  /** Replaces all limits. @throws StreamDeleted when it is tombstoned */
  abstract setMeta(stream: string, meta: StreamMeta): Promise<void>;
  /** Position of the newest event, or undefined for an empty log. */
  abstract head(): Promise<Position | undefined>;
  abstract close(): Promise<void>;
}
