import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cellOfText, cellOfValue } from './cells.js';

describe('cells', () => {
  it.each(['', ' ', 'NA', 'NaN', 'null', ' NA '])('%j is missing', (text) => {
    expect([cellOfText(text).kind, cellOfValue(text).kind]).toEqual(['missing', 'missing']);
  });

  it.each(['na', 'N/A', 'None', 'nil', '-', '0x10', '1,5', '1_000', 'true', '1e', '٣'])('%j is a word', (text) => {
    expect(cellOfText(text)).toEqual({ kind: 'text', value: text });
  });

  it('reads every finite number back from its decimal text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(cellOfText(String(value))).toEqual({ kind: 'number', value: value + 0 });
      }),
    );
    expect([' 1.50 ', '+3', '.5', '5.', '1E3'].map(cellOfText)).toEqual([1.5, 3, 0.5, 5, 1000].map((value) => ({ kind: 'number', value })));
  });

  it('keeps infinities as numbers that can be counted', () => {
    expect(['inf', '-Infinity', '1e999'].map(cellOfText)).toEqual(
      [Infinity, -Infinity, Infinity].map((value) => ({ kind: 'number', value })),
    );
  });

  it('takes typed values at their type: text stays text, booleans are words, NaN is missing', () => {
    expect(cellOfValue('5')).toEqual({ kind: 'text', value: '5' });
    expect(cellOfValue(true)).toEqual({ kind: 'text', value: 'true' });
    expect([NaN, null, undefined].map((value) => cellOfValue(value).kind)).toEqual(['missing', 'missing', 'missing']);
    expect(cellOfValue(7n)).toEqual({ kind: 'number', value: 7 });
    expect(cellOfValue(new Date(0))).toEqual({ kind: 'text', value: '1970-01-01T00:00:00.000Z' });
    expect(cellOfValue([1, 2n])).toEqual({ kind: 'text', value: '[1,"2"]' });
  });
});
