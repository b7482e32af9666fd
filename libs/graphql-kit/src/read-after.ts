import { type Position, parsePosition } from '#libs/kernel';
import { EdgeError } from './errors.js';

/** How long a request waits for what it wants to read, in milliseconds. */
const READ_AFTER_WAIT_MS = 2_000;
/** Seconds after which a caller that waited in vain may ask again. */
const RETRY_AFTER_S = 1;

/** Knows how far the read model has come. A port: the process binds it to what it runs. */
export abstract class ReadProgress {
  /** Waits until everything that is read here has passed a position; after the time is over, the name of what has not. */
  abstract lagging(position: Position, timeoutMs: number): Promise<string | undefined>;
}

type Reply = { header(name: string, value: string): unknown };

const positionIn = (header: unknown): Position => {
  try {
    if (typeof header === 'string' && header.length <= 100) return parsePosition(header);
  } catch {
    // Told below, like everything else that is no position.
  }
  throw new EdgeError('BAD_USER_INPUT', 'X-Read-After is a position as returned before, such as 42');
};

/**
 * Holds a request with `X-Read-After: <position>` until what was written at that position can be read, so that who wrote it sees it.
 *
 * @throws EdgeError BAD_USER_INPUT when the header is no position; UNAVAILABLE (503, with Retry-After) when the time is over
 */
export const readAfter = async (header: unknown, reply: Reply, progress: ReadProgress | undefined): Promise<void> => {
  if (header === undefined) return;
  const position = positionIn(header);
  if (!progress) throw new EdgeError('BAD_USER_INPUT', 'X-Read-After is not served here');
  const lagging = await progress.lagging(position, READ_AFTER_WAIT_MS);
  if (lagging === undefined) return;
  reply.header('retry-after', String(RETRY_AFTER_S));
  throw new EdgeError('UNAVAILABLE', `${lagging} has not passed the position within ${READ_AFTER_WAIT_MS} ms: ask again`, 503);
};
