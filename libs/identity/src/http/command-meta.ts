import { BlockList, isIPv6 } from 'node:net';
import { type CommandMeta, type Instant, type Source, type Uuid, instant, randomId } from '#libs/kernel';
import { type Recognised } from '../authenticator.js';
import { type EdgeRequest, edgeOf, headerOf, recognisedOf, routeOf } from './edge.js';
import { Problem } from './problem.js';

/** What the caller of `commandMetaOf` may add or know better. `route` defaults to the pattern of the HTTP route. */
export type MetaAbout = {
  readonly commandId?: Uuid;
  readonly reason?: string;
  readonly claimedAt?: Instant;
  readonly onBehalfOf?: string;
  readonly surface?: Source['surface'];
  readonly route?: string;
};

/**
 * The metadata of one command that a recognised request causes; call it once per command. Correlation id from `X-Correlation-Id`,
 * claimed time from `X-Claimed-At`, trace from `traceparent`.
 *
 * @throws Problem 401 when nobody was recognised, 400 when the claimed time cannot be read
 */
export const commandMetaOf = (request: EdgeRequest, about: MetaAbout = {}): CommandMeta => metaOf(request, recognisedOf(request), about);

/** The same for a caller that was recognised elsewhere, such as in the first message of a socket. */
export const metaOf = (request: EdgeRequest, recognised: Recognised, about: MetaAbout = {}): CommandMeta => {
  const commandId = about.commandId ?? randomId();
  const claimedAt = about.claimedAt ?? claimedTimeOf(request);
  const traceparent = traceparentOf(request);
  return {
    commandId,
    correlationId: edgeOf(request).correlationId,
    causationId: commandId,
    actor: recognised.actor,
    source: sourceOf(request, about),
    ...(about.onBehalfOf === undefined ? {} : { onBehalfOf: about.onBehalfOf }),
    ...(claimedAt === undefined ? {} : { claimedAt }),
    ...(about.reason === undefined ? {} : { reason: about.reason }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
};

/** The header `traceparent` (W3C Trace Context) when it can be read. */
export const traceparentOf = ({ headers }: EdgeRequest): string | undefined => {
  const traceparent = headerOf(headers, 'traceparent');
  return traceparent !== undefined && TRACEPARENT.test(traceparent) ? traceparent : undefined;
};

const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** The first product of a User-Agent; the rest describes somebody's machine. */
const PRODUCT = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}(?:\/[A-Za-z0-9.+_-]{1,40})?/;

const sourceOf = (request: EdgeRequest, about: MetaAbout): Source => {
  const client = PRODUCT.exec(headerOf(request.headers, 'user-agent') ?? '')?.[0];
  const surface = about.surface ?? (client?.startsWith('driftledger-cli') ? 'cli' : 'http');
  return {
    surface,
    route: about.route ?? routeOf(request),
    ...(client === undefined ? {} : { client }),
    addressClass: addressClassOf(request.ip),
  };
};

/** RFC 3339 with offset, or whole epoch milliseconds. */
const claimedTimeOf = ({ headers }: EdgeRequest): Instant | undefined => {
  const text = headerOf(headers, 'x-claimed-at');
  if (text === undefined) return undefined;
  const epochMs = /^-?\d{1,16}$/.test(text) ? Number(text) : RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isInteger(epochMs) && Math.abs(epochMs) <= 8.64e15) return instant(epochMs);
  const detail = 'X-Claimed-At takes RFC 3339 with an offset, or epoch milliseconds';
  throw new Problem({ status: 400, code: 'MALFORMED', detail, field: 'X-Claimed-At' });
};

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

const blockListOf = (...subnets: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) list.addSubnet(...subnet);
  return list;
};

const LOOPBACK = blockListOf(['127.0.0.0', 8, 'ipv4'], ['::1', 128, 'ipv6']);
const PRIVATE = blockListOf(
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
);

/** The class of an address; the address itself is never recorded. */
export const addressClassOf = (address: string): Source['addressClass'] => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const family = isIPv6(plain) ? 'ipv6' : 'ipv4';
  if (LOOPBACK.check(plain, family)) return 'loopback';
  return PRIVATE.check(plain, family) ? 'private' : 'public';
};
