import { type Position, type Recorded } from '#libs/kernel';
import { type EventFilter, type StoredEvent } from './store.js';

type Common = {
  /** Names the checkpoint, so it never changes; a new name starts from the beginning. */
  readonly name: string;
  /** Types of the events it gets; `all` gets every event but the derived streams. */
  readonly handles: readonly string[] | 'all';
  /**
   * What happens when an event cannot be handled after some tries. `stop`: the subscription stops loudly, because a skipped event
   * would make every later number wrong. `park`: the event is kept in `parked-<name>` and the rest goes on; for what calls outside.
   */
  readonly onPoison: 'stop' | 'park';
  /**
   * For a handler that costs about the same for one event as for many: so long after a batch was handled the next one waits for company,
   * unless it is full or somebody waits for its position. The first event after a pause never waits. Milliseconds; 0 unless said otherwise.
   */
  readonly lingerMs?: number;
  /**
   * The position to read after, asked at start and again after every error of `handle`, for a consumer that knows better than the
   * checkpoint how far its data reach. Such a subscription is not handed the same batch again: it reads anew from there.
   */
  resumeFrom?(checkpoint: Position | undefined): Promise<Position | undefined>;
};

/** A named reader of the log, at least once and in order. `handle` returns when the batch is safe; only then the checkpoint moves. */
export type DecodedSubscription = Common & {
  readonly raw?: false;
  readonly handle: (batch: readonly Recorded[], signal: AbortSignal) => Promise<void>;
};

/** The same for a hot path that decodes by itself: bodies arrive as they are stored. */
export type RawSubscription = Common & {
  readonly raw: true;
  readonly handle: (batch: readonly StoredEvent[], signal: AbortSignal) => Promise<void>;
};

export type Subscription = DecodedSubscription | RawSubscription;

const DERIVED = ['checkpoint-', 'intent-', 'parked-', '$'];

/** Streams that subscriptions never see: they describe subscriptions and projections, and following them would never end. */
export const isDerivedStream = (stream: string): boolean => DERIVED.some((prefix) => stream.startsWith(prefix));

/** What the store is asked to leave out already; it knows prefixes only, so an event still has to be looked at. */
export const filterOf = ({ handles }: Subscription): EventFilter | undefined => (handles === 'all' ? undefined : { typePrefixes: handles });

export const isWanted = ({ handles }: Subscription, { stream, type }: StoredEvent): boolean =>
  !isDerivedStream(stream) && (handles === 'all' || handles.includes(type));
