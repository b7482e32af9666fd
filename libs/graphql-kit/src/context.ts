import { type Viewer } from './access.js';
import { EdgeError } from './errors.js';

/** The WebSocket a subscription lives on. */
export type LiveConnection = {
  /** Ends the connection with a code of the 4000 range; the client may connect again and resume. */
  readonly close: (code: number, reason: string) => void;
};

/** What resolvers get as context. `viewer` is missing only where a request failed before it was admitted. */
export type GraphqlContext = { readonly viewer?: Viewer; readonly connection?: LiveConnection };

/**
 * The viewer of a context.
 *
 * @throws EdgeError UNAUTHENTICATED when nobody was admitted
 */
export const viewerOf = (context: GraphqlContext): Viewer => {
  if (!context.viewer) throw new EdgeError('UNAUTHENTICATED', 'this needs a key or a session', 401);
  return context.viewer;
};
