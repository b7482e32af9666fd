import { type CataloguedProjection } from '#libs/catalogue';
import { type EventCodec, type EventStore, isDerivedStream } from '#libs/event-store';
import { type Position, type Recorded, comparePositions } from '#libs/kernel';

/** What a stretch of the log is read from. */
export type LogSource = { readonly store: EventStore; readonly codec: EventCodec };

/** `after` is exclusive, undefined for the start; `until` is inclusive and not beyond the head of the log. */
export type Stretch = { readonly after: Position | undefined; readonly until: Position; readonly signal: AbortSignal };

/**
 * The events a projection gets in a stretch of the log, in order, as its subscription would read them.
 *
 * @throws what decoding throws: an event that cannot be read stops a projection, it is never passed over
 */
export async function* eventsFor(
  { follows, read }: CataloguedProjection,
  { store, codec }: LogSource,
  { after, until, signal }: Stretch,
): AsyncGenerator<Recorded, void, undefined> {
  if (after && comparePositions(after, until) >= 0) return;
  const filter = follows === 'all' ? {} : { filter: { typePrefixes: follows } };
  for await (const message of store.subscribeAll({ after: after ?? 'start', signal, ...filter })) {
    if (message.kind === 'caughtUp') return;
    const position = message.kind === 'event' ? message.event.position : message.position;
    if (message.kind === 'event') {
      if (comparePositions(position, until) > 0) return;
      const { event } = message;
      if (!isDerivedStream(event.stream) && (follows === 'all' || follows.includes(event.type))) yield read(event, codec);
    }
    if (comparePositions(position, until) >= 0) return;
  }
  // An aborted subscription ends like one that is done: a part of the log must not be taken for all of it.
  signal.throwIfAborted();
}
