import { type Instant, type Position, comparePositions } from '#libs/kernel';
import { type EventStore } from './store.js';
import { isDerivedStream } from './subscription.js';

/** How far a reader is behind: how many events of the log it has still to look at, and when the oldest of them was recorded. */
export type Behind = { readonly events: number; readonly since: Instant | undefined };

/** So many are counted; their bodies are read for it. */
const COUNTED_MAX = 32;

/**
 * How far a reader is behind that has looked at everything up to a position (undefined: at nothing). Up to 32 events are counted; beyond,
 * their number is estimated from how close together those stand, since positions of a server are offsets of bytes.
 *
 * @throws what reading the store throws
 */
export const behind = async (store: EventStore, at: Position | undefined): Promise<Behind> => {
  const head = await store.head();
  if (!head || (at && comparePositions(head, at) <= 0)) return { events: 0, since: undefined };
  let [events, since, last]: [number, Instant | undefined, Position] = [0, undefined, head];
  // Reading begins with the event at the position itself, where there is one.
  for await (const { position, recordedAt, stream } of store.readAll({ from: at ?? 'start' })) {
    if ((at && comparePositions(position, at) <= 0) || isDerivedStream(stream)) continue;
    [events, since, last] = [events + 1, since ?? recordedAt, position];
    if (events === COUNTED_MAX) break;
  }
  if (events < COUNTED_MAX) return { events, since };
  const [from, counted] = [at?.commit ?? 0n, Number(last.commit - (at?.commit ?? 0n))];
  return { events: Math.max(events, Math.round((events * Number(head.commit - from)) / counted)), since };
};
