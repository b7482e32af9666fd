import { type Uuid, isUuid, randomId, uuid } from '#libs/kernel';
import { type Recognised } from '../authenticator.js';
import { type Principal } from '../directory.js';
import { Problem } from './problem.js';

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is known of a request from its first moment. */
export type EdgeState = { readonly requestId: Uuid; readonly correlationId: Uuid; recognised?: Recognised };

/** The part of a Fastify request that access looks at. `host` and `protocol` follow a declared trusted proxy. */
export type EdgeRequest = {
  readonly ip: string;
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly protocol: string;
  readonly headers: Headers;
  readonly is404?: boolean;
  readonly routeOptions: { readonly url?: string | undefined; readonly config: unknown; readonly bodyLimit?: number };
  edge?: EdgeState | null;
  principal?: Principal | null;
};

/** The part of a Fastify reply that access uses. */
export type EdgeReply = {
  code(status: number): EdgeReply;
  header(name: string, value: string): EdgeReply;
  type(contentType: string): EdgeReply;
  send(payload?: unknown): EdgeReply;
};

/** The first value of a header. */
export const headerOf = (headers: Headers, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
};

/** The state of a request, made on first use: the correlation id is the caller's if it sent a UUID, else new. */
export const edgeOf = (request: EdgeRequest): EdgeState => {
  if (request.edge) return request.edge;
  const given = headerOf(request.headers, 'x-correlation-id');
  request.edge = { requestId: randomId(), correlationId: given !== undefined && isUuid(given) ? uuid(given) : randomId() };
  return request.edge;
};

/** Who is behind a request that passed a route with `@Requires`. @throws Problem 401 behind an `@Open` route */
export const recognisedOf = (request: EdgeRequest): Recognised => {
  const recognised = request.edge?.recognised;
  if (!recognised) throw new Problem({ status: 401, code: 'UNAUTHENTICATED', detail: 'this needs a key or a session' });
  return recognised;
};

/** `POST /v1/principals`: the pattern of the route, never the URL, which may hold names. */
export const routeOf = (request: EdgeRequest): string => `${request.method} ${request.routeOptions.url ?? 'unknown'}`;
