import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { BodyRefused, decompress, recordsOf, type RawRecord } from './body.js';
import { DEFAULT_LIMITS, RECORD_BYTES_MAX } from './limits.js';
import { splitArray } from './split-array.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const NDJSON_TYPE = 'application/x-ndjson';
const read = (text: string | Uint8Array, type = JSON_TYPE): readonly RawRecord[] => recordsOf(Buffer.from(text), type, DEFAULT_LIMITS);
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'accepted';
  } catch (error) {
    if (error instanceof BodyRefused) return error.code;
    throw error;
  }
};
const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 10 });

describe('the body of a request', () => {
  it('gives the same records as an array and as lines, compressed or not', () => {
    fc.assert(
      fc.property(records, (all) => {
        const expected = all.map((value) => JSON.parse(JSON.stringify(value)) as unknown);
        const lines = all.map((value) => JSON.stringify(value)).join('\r\n');
        const zipped = decompress(gzipSync(JSON.stringify(all)), 'GZIP', DEFAULT_LIMITS);
        for (const found of [read(JSON.stringify(all, null, 1)), read(lines, NDJSON_TYPE), read(zipped)])
          expect(found.map((record) => 'value' in record && record.value)).toEqual(expected);
      }),
    );
  });

  it('measures each record in UTF-8, also in an array', () => {
    const [first, second] = read('[{"a":"é"},{"long":"xxxxxxxxxxxxxxxxxxxx"}]');
    expect([first?.bytes, second?.bytes]).toEqual([10, 31]);
  });

  it('loses one bad element of an array, not the others', () => {
    const found = read('[{"a":1},{"a":NaN},{"b":"],[\\""}]');
    expect(found.map((record) => ('value' in record ? record.value : 'unreadable'))).toEqual([{ a: 1 }, 'unreadable', { b: '],["' }]);
  });

  it('does not parse what is larger than a record may be', () => {
    const large = `{"a":"${'x'.repeat(RECORD_BYTES_MAX)}"}`;
    const found = read(`[{"b":1},${large}]`);
    expect(found.map((record) => 'value' in record)).toEqual([true, false]);
    expect(read(large).map((record) => 'value' in record)).toEqual([false]);
    expect(read(`${large}\n{"b":1}`, NDJSON_TYPE).map((record) => 'value' in record)).toEqual([false, true]);
  });

  it('answers any bytes with records or a refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(JSON_TYPE, NDJSON_TYPE), (bytes, type) => {
        expect(codeOf(() => read(bytes, type))).toMatch(/^(accepted|BODY_EMPTY|NOT_UTF8|JSON_INVALID)$/);
      }),
    );
  });

  it.each<[string, () => unknown]>([
    ['BODY_EMPTY', () => read('')],
    ['BODY_EMPTY', () => read('[]')],
    ['BODY_EMPTY', () => read(' \n\n', NDJSON_TYPE)],
    ['JSON_INVALID', () => read('{"a":')],
    ['JSON_INVALID', () => read(`[${'{"id":"a"},'.repeat(30_000)}`)],
    ['NOT_UTF8', () => read(Uint8Array.of(0x7b, 0xff, 0x7d))],
    ['TOO_MANY_RECORDS', () => read(`[${'{},'.repeat(10_000)}{}]`)],
    ['TOO_MANY_RECORDS', () => read(`[${','.repeat(1_000_000)}]`)],
    ['TOO_MANY_RECORDS', () => read('{}\n'.repeat(10_001), NDJSON_TYPE)],
    ['TYPE_UNSUPPORTED', () => read('{}', 'text/plain')],
    ['ENCODING_UNSUPPORTED', () => decompress(Buffer.from('{}'), 'br', DEFAULT_LIMITS)],
    ['GZIP_INVALID', () => decompress(gzipSync('{}').subarray(0, -3), 'gzip', DEFAULT_LIMITS)],
    ['BODY_TOO_LARGE', () => decompress(gzipSync(Buffer.alloc(2_000)), 'gzip', { ...DEFAULT_LIMITS, inflatedBytesMax: 1_999 })],
  ])('is refused with %s', (code, work) => {
    expect(codeOf(work)).toBe(code);
  });
});

describe('cutting an array', () => {
  it('gives the texts of its elements', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 10 }), (values) => {
        const pieces = splitArray(JSON.stringify(values, null, 2), 100);
        expect(pieces?.map((piece) => JSON.parse(piece) as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it.each(['', '{}', '[', ']', '[}', '[]]', '[1][2]', '["]', '["\\"]'])('refuses %j', (text) => {
    expect(splitArray(text, 100)).toBeUndefined();
  });
});
