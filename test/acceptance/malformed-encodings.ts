import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** One request to `/graphql` nobody should send. `path` may hold a query string. */
export type MalformedGraphql = {
  readonly what: string;
  readonly method: 'POST' | 'GET';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};

/** A request by POST, without its address. */
export type Post = Pick<MalformedGraphql, 'what' | 'headers' | 'body'>;

export const JSON_TYPE = { 'content-type': 'application/json' };
export const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => Buffer.from(text, encoding);
/** A query anybody may ask. */
export const VALID = '{ deployments(first: 1) { nodes { name } } }';

const good = bytes(JSON.stringify({ query: VALID }));
const packed = gzipSync(good);

/** Bodies in an encoding or a type they do not say, or say wrongly. */
export const encoded: fc.Arbitrary<Post> = fc
  .oneof(
    fc.constantFrom<BufferEncoding>('utf16le', 'base64', 'hex').map((encoding) => ({
      headers: JSON_TYPE,
      body: bytes(Buffer.from(good).toString(encoding === 'utf16le' ? 'utf8' : encoding), encoding === 'utf16le' ? encoding : 'utf8'),
    })),
    fc.constant({ headers: JSON_TYPE, body: bytes('{"query":"{ deployment(name: \\"\u00e9\\") { nam\u00e9 } }"}', 'latin1') }),
    fc
      .constantFrom('br', 'deflate', 'zstd', 'gzip, gzip', 'x')
      .map((name) => ({ headers: { ...JSON_TYPE, 'content-encoding': name }, body: packed })),
    fc
      .integer({ min: 1, max: 40 })
      .map((cut) => ({ headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: packed.subarray(0, -cut) })),
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map((body) => ({ headers: JSON_TYPE, body })),
    fc
      .constantFrom(
        'text/plain',
        'multipart/form-data; boundary=x',
        'application/xml',
        '%%%',
        'application/json/x',
        'application/octet-stream',
      )
      .map((type) => ({ headers: { 'content-type': type }, body: good })),
    fc
      .constantFrom('application/x-www-form-urlencoded', 'application/graphql-response')
      .map((type) => ({ headers: { 'content-type': type }, body: good })),
    fc.string({ maxLength: 100 }).map((text) => ({ headers: { 'content-type': 'application/graphql' }, body: bytes(`{${text}`) })),
  )
  .map((rest) => ({ what: 'encoding', ...rest }));

/** Headers that say something nobody can read, with a request that is good otherwise. */
export const headed: fc.Arbitrary<Post> = fc
  .oneof(
    fc.constantFrom('', '-1', '1e3', '0x1', 'yesterday', '1'.repeat(200), '1/2/3', '{}').map((value) => ({
      headers: { ...JSON_TYPE, 'x-read-after': value },
      body: bytes(JSON.stringify({ query: VALID })),
    })),
    fc.constantFrom('yesterday', '1e999', '2026-13-45T00:00:00Z', 'NaN').map((value) => ({
      headers: { ...JSON_TYPE, 'x-claimed-at': value },
      body: bytes(JSON.stringify({ query: 'mutation { registerDeployment(input: {name: "never"}) { __typename } }' })),
    })),
  )
  .map((rest) => ({ what: 'header', ...rest }));
