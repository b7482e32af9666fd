import { type GraphQLFieldResolver } from 'graphql';
import { type GraphqlAccess, type Viewer } from './access.js';
import { type GraphqlContext, type LiveConnection } from './context.js';
import { EdgeError } from './errors.js';
import { type ReportBug, maskError } from './error-formatter.js';
import { FeedTooSlow } from './feed.js';

/** Most subscriptions on one connection. */
const SUBSCRIPTIONS_MAX = 100;
/** Close code for a client that fell too far behind; it connects again and resumes with `after`. */
const TOO_SLOW = 4408;
/** Close code for a viewer whose key or session no longer holds, or that was never admitted. */
export const FORBIDDEN = 4403;

type Subscribing = {
  readonly access: GraphqlAccess;
  readonly guard: (context: GraphqlContext) => Promise<Viewer>;
  readonly report: ReportBug;
  readonly subscribe: GraphQLFieldResolver<unknown, GraphqlContext>;
};

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

const connectionOf = (context: GraphqlContext): LiveConnection => {
  if (!context.connection) throw new EdgeError('BAD_USER_INPUT', 'subscriptions are served over WebSockets only');
  if (context.connection.subscriptions >= SUBSCRIPTIONS_MAX)
    throw new EdgeError('TOO_MANY_SUBSCRIPTIONS', `a connection carries at most ${SUBSCRIPTIONS_MAX} subscriptions`, 429);
  return context.connection;
};

/** What goes wrong inside a feed ends the connection or reaches the client masked; Mercurius would send it as it is. */
const failure = (error: unknown, connection: LiveConnection, report: ReportBug): Error => {
  if (error instanceof FeedTooSlow) connection.close(TOO_SLOW, error.message);
  return error instanceof FeedTooSlow ? error : maskError(error, report).error;
};

/** Follows a resolver's iterator while the viewer stays admitted; counts it on its connection until it ends. */
class LiveIterator implements AsyncIterableIterator<unknown> {
  private ended = false;
  constructor(
    private readonly inner: AsyncIterator<unknown>,
    private readonly connection: LiveConnection,
    private readonly isCurrent: () => boolean,
    private readonly report: ReportBug,
  ) {
    connection.subscriptions += 1;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<unknown>> {
    try {
      const result = await this.inner.next();
      if (result.done) return this.end();
      if (this.isCurrent()) return { done: false, value: result.value };
    } catch (error) {
      this.end();
      throw failure(error, this.connection, this.report);
    }
    this.connection.close(FORBIDDEN, 'the key or session no longer holds');
    return this.return();
  }

  async return(): Promise<IteratorResult<unknown>> {
    const result = this.end();
    await this.inner.return?.();
    return result;
  }

  private end(): IteratorResult<unknown> {
    if (!this.ended) this.connection.subscriptions -= 1;
    this.ended = true;
    return { done: true, value: undefined };
  }
}

/** Wraps `subscribe` of a field: permission first, then the resolver's iterator under watch. */
export const liveIterator =
  ({ access, guard, report, subscribe }: Subscribing): GraphQLFieldResolver<unknown, GraphqlContext> =>
  async (parent, args, context, info) => {
    try {
      const viewer = await guard(context);
      const connection = connectionOf(context);
      const source: unknown = await subscribe(parent, args, context, info);
      if (!isIterable(source)) throw new TypeError(`${info.fieldName} gave no async iterator`);
      return new LiveIterator(source[Symbol.asyncIterator](), connection, () => access.isCurrent(viewer), report);
    } catch (error) {
      throw maskError(error, report).error;
    }
  };
