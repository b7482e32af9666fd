/** What a socket ends with that the other side had closed while it lay idle; a request may have been sent on it, or not. */
const LOST: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Does a thing once more when its connection was lost, at once. Servers and proxies close sockets that lie idle, sometimes just when one is
 * used again, and that must not count as a server that is away.
 *
 * Only for what may happen twice: what reads, and inserts whose token their table remembers.
 */
export const onceMore = async <T>(attempt: () => Promise<T>): Promise<T> => {
  try {
    return await attempt();
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('code' in error) || !LOST.has(error.code)) throw error;
    return attempt();
  }
};
