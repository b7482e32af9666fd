import { type CataloguedProjection } from '#libs/catalogue';
import { type EventCodec, type EventStore, type StoredEvent, isDerivedStream } from '#libs/event-store';
import { type Position, type Recorded, comparePositions } from '#libs/kernel';

/** What a stretch of the log is read from. */
export type LogSource = { readonly store: EventStore; readonly codec: EventCodec };

/** `after` is exclusive, undefined for the start; `until` is inclusive and not beyond the head of the log. */
export type Stretch = { readonly after: Position | undefined; readonly until: Position; readonly signal: AbortSignal };

/**
 * A batch closes at so many events, or so many bytes as they are stored: prediction batches are deflated to about half. It is large because
 * writing one costs some 50 ms of processor time whatever it holds.
 */
const EVENTS_MAX = 500;
const BYTES_MAX = 8 * 1024 * 1024;

/**
 * The events a projection gets in a stretch of the log, in order and in batches, as its subscription would read them.
 *
 * @throws what decoding throws: an event that cannot be read stops a projection, it is never passed over
 */
export async function* batchesFor(
  catalogued: CataloguedProjection,
  source: LogSource,
  stretch: Stretch,
): AsyncGenerator<readonly Recorded[], void, undefined> {
  let [batch, bytes]: [Recorded[], number] = [[], 0];
  for await (const event of eventsFor(catalogued, source, stretch)) {
    batch.push(catalogued.read(event, source.codec));
    bytes += event.body.length;
    if (batch.length < EVENTS_MAX && bytes < BYTES_MAX) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

async function* eventsFor(
  { follows }: CataloguedProjection,
  { store }: LogSource,
  { after, until, signal }: Stretch,
): AsyncGenerator<StoredEvent, void, undefined> {
  if (after && comparePositions(after, until) >= 0) return;
  const filter = follows === 'all' ? {} : { filter: { typePrefixes: follows } };
  for await (const message of store.subscribeAll({ after: after ?? 'start', signal, ...filter })) {
    if (message.kind === 'caughtUp') return;
    const position = message.kind === 'event' ? message.event.position : message.position;
    if (message.kind === 'event') {
      if (comparePositions(position, until) > 0) return;
      const { event } = message;
      if (!isDerivedStream(event.stream) && (follows === 'all' || follows.includes(event.type))) yield event;
    }
    if (comparePositions(position, until) >= 0) return;
  }
  // An aborted subscription ends like one that is done: a part of the log must not be taken for all of it.
  signal.throwIfAborted();
}
