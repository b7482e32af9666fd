import { type GraphQLFieldResolver } from 'graphql';
import { type GraphqlAccess, type Viewer } from './access.js';
import { type GraphqlContext, type LiveConnection } from './context.js';
import { EdgeError } from './errors.js';
import { type ReportBug, maskError } from './error-formatter.js';
import { FeedTooSlow } from './feed.js';

/** Close code for a client that fell too far behind; it connects again and resumes with `after`. */
const TOO_SLOW = 4408;
/** Close code for a viewer whose key or session no longer holds, or that was never admitted. */
export const FORBIDDEN = 4403;

const END: IteratorResult<unknown> = { done: true, value: undefined };

type Subscribing = {
  readonly access: GraphqlAccess;
  readonly guard: (context: GraphqlContext, args: object) => Promise<Viewer>;
  readonly report: ReportBug;
  readonly subscribe: GraphQLFieldResolver<unknown, GraphqlContext, object>;
};

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** @throws EdgeError BAD_USER_INPUT when there is no socket to send on */
export const connectionOf = (context: GraphqlContext): LiveConnection => {
  if (!context.connection) throw new EdgeError('BAD_USER_INPUT', 'subscriptions are served over WebSockets only');
  return context.connection;
};

/** What goes wrong inside a feed ends the connection or reaches the client masked; Mercurius would send it as it is. */
const failure = (error: unknown, connection: LiveConnection, report: ReportBug): Error => {
  if (error instanceof FeedTooSlow) connection.close(TOO_SLOW, error.message);
  return error instanceof FeedTooSlow ? error : maskError(error, report).error;
};

/** Follows a resolver's iterator while the viewer stays admitted. */
class LiveIterator implements AsyncIterableIterator<unknown> {
  constructor(
    private readonly inner: AsyncIterator<unknown>,
    private readonly connection: LiveConnection,
    private readonly isCurrent: () => boolean,
    private readonly report: ReportBug,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<unknown>> {
    try {
      const result = await this.inner.next();
      if (result.done) return END;
      if (this.isCurrent()) return { done: false, value: result.value };
    } catch (error) {
      throw failure(error, this.connection, this.report);
    }
    this.connection.close(FORBIDDEN, 'the key or session no longer holds');
    return this.return();
  }

  async return(): Promise<IteratorResult<unknown>> {
    await this.inner.return?.();
    return END;
  }
}

/** Wraps `subscribe` of a field: permission first, then the resolver's iterator under watch. */
export const liveIterator =
  ({ access, guard, report, subscribe }: Subscribing): GraphQLFieldResolver<unknown, GraphqlContext, object> =>
  async (parent, args, context, info) => {
    try {
      const viewer = await guard(context, args);
      const connection = connectionOf(context);
      const source: unknown = await subscribe(parent, args, context, info);
      if (!isIterable(source)) throw new TypeError(`${info.fieldName} gave no async iterator`);
      return new LiveIterator(source[Symbol.asyncIterator](), connection, () => access.isCurrent(viewer), report);
    } catch (error) {
      throw maskError(error, report).error;
    }
  };
