import fc from 'fast-check';
import { columnType } from './column-type.js';
import { type Cell } from './port.js';
import { rowBinary, tableLayout } from './row-binary.js';

const bytesOf = (type: string, ...cells: readonly Cell[]): string => {
  const layout = tableLayout([{ name: 'x', type }]);
  const rows = cells.map((cell) => [cell]);
  return Buffer.from(rowBinary('a.b', layout, ['x'], rows).body).toString('hex');
};

describe('rows as ClickHouse keeps them', () => {
  it.each<[string, Cell, string]>([
    ['UInt8', 255, 'ff'],
    ['Int32', -2, 'feffffff'],
    ['UInt64', '18446744073709551615', 'ffffffffffffffff'],
    ['Int64', -1n, 'ffffffffffffffff'],
    ['Int64', -4_294_967_297, 'fffffffffeffffff'],
    ['Float64', 1, '000000000000f03f'],
    ['Float64', -0, '0000000000000080'],
    ['Bool', true, '01'],
    ['String', 'é', '02c3a9'],
    ['LowCardinality(String)', 'ab', '026162'],
    ['FixedString(3)', 'ab', '616200'],
    ['Nullable(Float64)', null, '01'],
    ['Nullable(Float64)', 1, '00000000000000f03f'],
    ['Array(Array(UInt8))', [[1], [], [2, 3]], '0301010002' + '0203'],
    ['SimpleAggregateFunction(sumMap, Tuple(Array(Int32), Array(UInt64)))', [[7], ['9']], '0107000000' + '01' + '0900000000000000'],
    ['Map(String, UInt8)', { a: 1 }, '01016101'],
    ["DateTime64(3, 'UTC')", '1970-01-01 00:00:01.002', 'ea03000000000000'],
    ['UUID', '00112233-4455-6677-8899-aabbccddeeff', '7766554433221100ffeeddccbbaa9988'],
  ])('writes %s %j', (type, cell, expected) => {
    expect(bytesOf(type, cell)).toBe(expected);
  });

  it('writes a text of any length as its UTF-8 behind its size', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const utf8 = Buffer.from(text);
        const size = utf8.length < 128 ? [utf8.length] : [(utf8.length & 127) | 128, utf8.length >> 7];
        expect(bytesOf('String', text)).toBe(Buffer.concat([Buffer.from(size), utf8]).toString('hex'));
      }),
    );
  });

  it('writes a whole number as its two’s complement, given as number, bigint or text', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (whole) => {
        const expected = Buffer.alloc(8);
        expected.writeBigInt64LE(BigInt(whole));
        for (const cell of [whole, BigInt(whole), String(whole)]) expect(bytesOf('Int64', cell)).toBe(expected.toString('hex'));
      }),
    );
  });

  it('grows past its first size without losing a byte', () => {
    const texts = Array.from({ length: 3_000 }, (_, index) => `${index}`.repeat(20));
    const expected = texts.map((text) => bytesOf('String', text)).join('');
    expect(bytesOf('String', ...texts)).toBe(expected);
  });

  it.each<[string, Cell]>([
    ['UInt8', 256],
    ['UInt32', -1],
    ['Int64', 0.5],
    ['Int64', 2 ** 53],
    ['UInt64', '18446744073709551616'],
    ['UInt64', 'not a number'],
    ['String', 1],
    ['String', null],
    ['FixedString(3)', 'secret'],
    ['Float64', 'secret'],
    ['Bool', 'secret'],
    ['UUID', 'secret'],
    ['UUID', ''],
    ["DateTime64(3, 'UTC')", ''],
    ["DateTime64(3, 'UTC')", 'secret'],
    ['Array(UInt8)', 'secret'],
    ['Tuple(UInt8, UInt8)', [1]],
    ['Map(String, UInt8)', []],
  ])('refuses what is no %s, naming the column and never a text', (type, cell) => {
    expect(() => bytesOf(type, cell)).toThrow(/^insert into a\.b, column x: /);
    expect(() => bytesOf(type, cell)).not.toThrow('secret');
  });

  it('refuses a column the table lacks, and a type it has no way to write', () => {
    expect(() => rowBinary('a.b', new Map(), ['x'], [])).toThrow('insert into a.b: it has no column x');
    expect(() => columnType('Decimal(9, 2)')).toThrow('Decimal(9, 2)');
    expect(() => columnType("DateTime64(9, 'UTC')")).toThrow('DateTime64(9');
  });
});
