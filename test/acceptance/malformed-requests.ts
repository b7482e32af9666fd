import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** One request nobody should send: it holds nothing that could be taken. */
export type MalformedRequest = {
  readonly what: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

const JSON_TYPE = { 'content-type': 'application/json' };
const NDJSON_TYPE = { 'content-type': 'application/x-ndjson' };
const PATHS = ['/v1/deployments/malformed/predictions', '/v1/deployments/malformed/labels'];

const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => Buffer.from(text, encoding);
const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + '1' + close.repeat(depth);
const good = '{"id":"never","features":{"x":1}}';
const BOMB = gzipSync(Buffer.alloc(65 * 1024 * 1024, 32));

/** Text that is no JSON at all, or not JSON of a record. */
const text = fc.oneof(
  fc.string({ maxLength: 200 }).filter((candidate) => !isRecord(candidate)),
  fc.string({ unit: 'binary', maxLength: 200 }).filter((candidate) => !isRecord(candidate)),
  fc.constantFrom(
    '',
    ' ',
    '\n\n',
    '[]',
    '""',
    'null',
    '7',
    'true',
    '[[]]',
    '[null]',
    '{',
    '[{]',
    '{"features":',
    good.slice(0, -1),
    `${good}]`,
  ),
  fc.integer({ min: 100, max: 50_000 }).map((depth) => nested(depth, '[', ']')),
  fc.integer({ min: 10_001, max: 30_000 }).map((count) => `[${'0,'.repeat(count)}0]`),
  fc.integer({ min: 10_001, max: 30_000 }).map((count) => `[${','.repeat(count)}`),
);

/** Members that make a record unreadable: what cannot be stored as sent, what is over a limit, what a record cannot do without. */
const member = fc.oneof(
  fc.constantFrom('NaN', 'Infinity', '-Infinity', '1e999', '-1e400', '0x10', '01', 'undefined').map((value) => `"features":{"x":${value}}`),
  fc.integer({ min: 6, max: 20_000 }).map((depth) => `"features":${nested(depth, '{"a":', '}')}`),
  fc.integer({ min: 6, max: 20_000 }).map((depth) => `"note":${nested(depth, '[', ']')}`),
  fc.integer({ min: 6, max: 20_000 }).map((depth) => `"score":${nested(depth, '[', ']')}`),
  fc.constantFrom('features', 'segments', 'note', 'output').map((name) => `"${name}":{"__proto__":{"polluted":true}}`),
  fc.constantFrom('"__proto__":{"id":"a"}', '"features":[]', '"features":"x"', '"features":7', '"features":{"x":1},"features":7'),
  fc.constantFrom('"id":{}', '"id":[1]', '"id":true', '"id":9007199254740993', '"weight":0', '"weight":1.5', '"weight":"2"'),
  fc.constantFrom('"at":"yesterday"', '"at":"2026-02-30T00:00:00Z"', '"at":-1', '"at":1e300', '"at":"2999-01-01T00:00:00Z"', '"at":{}'),
  fc
    .constantFrom('features', 'note', 'id', 'subject', 'class')
    .map((name) => `"${name}":${name === 'features' ? '{"x":"\\ud800"}' : '"\\udfff"'}`),
  fc.constantFrom('"features":{"\\ud800":1}', '"features":{"":1}', '"features":{"a.b":1,"a":{"b":2}}', '"segments":7'),
  fc.integer({ min: 1_001, max: 100_000 }).map((length) => `"features":{"x":"${'x'.repeat(length)}"}`),
  fc.integer({ min: 1_001, max: 5_000 }).map((length) => `"features":{"${'n'.repeat(length)}":1}`),
  fc.integer({ min: 129, max: 5_000 }).map((length) => `"id":"${'i'.repeat(length)}"`),
  fc.integer({ min: 4_097, max: 20_000 }).map((length) => `"features":{"v":[${'1,'.repeat(length)}1]}`),
  fc.integer({ min: 2_001, max: 3_000 }).map((count) => `"features":{${Array.from({ length: count }, (_, i) => `"f${i}":1`).join(',')}}`),
  fc.constant(`"note":[${'"x",'.repeat(70_000)}"x"]`),
);

/** A record that is unreadable as a prediction and as a label. */
const record = member.map((one) => `{"label":{},${one}}`);

const framed = fc.oneof(
  record.map((one) => ({ headers: JSON_TYPE, body: bytes(one) })),
  fc.array(record, { minLength: 1, maxLength: 3 }).map((all) => ({ headers: JSON_TYPE, body: bytes(`[${all.join(',')}]`) })),
  fc.array(fc.oneof(record, text), { minLength: 1, maxLength: 3 }).map((all) => ({ headers: NDJSON_TYPE, body: bytes(all.join('\n')) })),
  text.map((one) => ({ headers: JSON_TYPE, body: bytes(one) })),
  fc.uint8Array({ maxLength: 300 }).map((body) => ({ headers: JSON_TYPE, body })),
);

/** Bodies in an encoding they do not say, or say wrongly. */
const encoded = fc.oneof(
  fc.constant({ headers: JSON_TYPE, body: bytes(good, 'utf16le') }),
  fc.constant({ headers: JSON_TYPE, body: bytes(good.replace('never', 'n\u00e9v\u00e9r'), 'latin1') }),
  fc.constantFrom('br', 'deflate', 'zstd', 'gzip, gzip', 'x').map((name) => ({
    headers: { ...JSON_TYPE, 'content-encoding': name },
    body: bytes(good),
  })),
  fc.constant({ headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: bytes(good) }),
  fc.integer({ min: 1, max: 40 }).map((cut) => ({
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    body: gzipSync(good.repeat(3)).subarray(0, -cut),
  })),
  fc.uint8Array({ minLength: 1, maxLength: 100 }).map((noise) => ({
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    body: Buffer.concat([gzipSync(good).subarray(0, 12), noise]),
  })),
  fc
    .constantFrom(
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/xml',
      '%%%',
      'application/json/x',
      'application/octet-stream',
    )
    .map((type) => ({ headers: { 'content-type': type }, body: bytes(good) })),
  fc.constant({ headers: { ...JSON_TYPE, 'idempotency-key': 'k'.repeat(257) }, body: bytes(good) }),
);

const path = fc.constantFrom(...PATHS);
const badPath = fc.constantFrom(
  '/v1/deployments/Malformed/predictions',
  '/v1/deployments/%2e%2e/labels',
  `/v1/deployments/${'a'.repeat(65)}/labels`,
);

/** Requests to both intakes, each of which holds nothing that could be taken. */
export const malformedRequest: fc.Arbitrary<MalformedRequest> = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.record({ what: fc.constant('content'), path }).chain((head) => framed.map((rest) => ({ ...head, ...rest }))),
  },
  {
    weight: 25,
    arbitrary: fc.record({ what: fc.constant('encoding'), path }).chain((head) => encoded.map((rest) => ({ ...head, ...rest }))),
  },
  { weight: 14, arbitrary: badPath.map((bad) => ({ what: 'path', path: bad, headers: JSON_TYPE, body: bytes(good) })) },
);

/** The expensive ones, few of each: a bomb, eight megabytes of separators. */
export const LARGE_REQUESTS: readonly MalformedRequest[] = PATHS.flatMap((each) => [
  { what: 'gzip bomb', path: each, headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: BOMB },
  { what: 'separators', path: each, headers: JSON_TYPE, body: bytes(`[${','.repeat(8_000_000)}]`) },
  { what: 'zeros', path: each, headers: JSON_TYPE, body: bytes(`[${'0,'.repeat(4_000_000)}0]`) },
  { what: 'lines', path: each, headers: NDJSON_TYPE, body: bytes('x\n'.repeat(4_000_000)) },
  { what: 'nesting', path: each, headers: JSON_TYPE, body: bytes(nested(4_000_000, '[', ']')) },
]);

function isRecord(candidate: string): boolean {
  return candidate.split('\n').some((line) => {
    try {
      return typeof JSON.parse(line) === 'object';
    } catch {
      return false;
    }
  });
}
