import { type Credentials } from '../authenticator.js';
import { type EdgeRequest, type Headers, headerOf } from './edge.js';

export const SESSION_COOKIE = 'driftledger_session';

/** What came with a request. `ambient`: a browser adds it by itself, so another site could cause the request. */
export type Presented = { readonly credentials: Credentials; readonly ambient: 'cookie' | 'basic' | 'no' };

const SCHEME = /^(bearer|basic) +([^ ]{1,2000}) *$/i;

/**
 * A key as Bearer token, a key as the password of Basic (the user name does not matter; MLflow clients can do no other), or the
 * session cookie. An Authorization header wins over a cookie.
 */
export const presentedBy = (headers: Headers): Presented => {
  const authorization = headerOf(headers, 'authorization');
  if (authorization !== undefined) return byAuthorization(authorization);
  const cookie = cookieOf(headers);
  return cookie === undefined
    ? { credentials: { kind: 'none' }, ambient: 'no' }
    : { credentials: { kind: 'session', cookie }, ambient: 'cookie' };
};

/** The text of an Authorization header, as a header or as `authorization` of `connection_init`. */
export const byAuthorization = (authorization: string): Presented => {
  const [, scheme, value] = SCHEME.exec(authorization) ?? [];
  if (scheme === undefined || value === undefined) return { credentials: { kind: 'malformed' }, ambient: 'no' };
  if (scheme.toLowerCase() === 'bearer') return { credentials: { kind: 'key', text: value }, ambient: 'no' };
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return { credentials: colon < 0 ? { kind: 'malformed' } : { kind: 'key', text: decoded.slice(colon + 1) }, ambient: 'basic' };
};

/** The session cookie, if there is exactly one: two may mean that somebody planted one. */
export const cookieOf = (headers: Headers): string | undefined => {
  const values = (headerOf(headers, 'cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${SESSION_COOKIE}=`))
    .map((pair) => pair.slice(SESSION_COOKIE.length + 1));
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
};

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether credentials that a browser adds by itself may count for this request. A cookie changes state only with proof that our own
 * page asked; Basic credentials may come from programs, which send no such proof, but not from a page of another site.
 */
export const isFromOwnPage = (request: EdgeRequest, ambient: Presented['ambient']): boolean => {
  if (ambient === 'no' || SAFE.has(request.method)) return true;
  const origin = headerOf(request.headers, 'origin');
  if (origin !== undefined) return isOwnOrigin(request, origin);
  const site = headerOf(request.headers, 'sec-fetch-site');
  return site === undefined ? ambient === 'basic' : site === 'same-origin';
};

/** Compares scheme, host and port of an Origin header with those the request was sent to. */
export const isOwnOrigin = (request: Pick<EdgeRequest, 'host' | 'protocol'>, origin: string): boolean =>
  origin === `${request.protocol}://${request.host}`;
