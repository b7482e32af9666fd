import fc from 'fast-check';
import { instant, positionOf } from '#libs/kernel';
import { bigIntScalar, dateTimeScalar, eventPositionScalar } from './scalars.js';

describe('scalars', () => {
  it('DateTime keeps every millisecond of the years people ask about', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_000_000_000_000, max: 10_000_000_000_000 }), (ms) => {
        expect(dateTimeScalar.parseValue(dateTimeScalar.serialize(instant(ms)))).toBe(ms);
      }),
    );
  });

  it.each(['2026-11-23', '2026-11-23T18:00:00', 'tomorrow', '2026-13-01T00:00:00Z', 1_700_000_000_000, null])(
    'DateTime refuses %p',
    (value) => {
      expect(() => dateTimeScalar.parseValue(value)).toThrow('DateTime');
    },
  );

  it('EventPosition keeps positions beyond the integers of JSON', () => {
    const position = positionOf(2n ** 60n + 1n, 2n ** 59n);
    expect(eventPositionScalar.parseValue(eventPositionScalar.serialize(position))).toEqual(position);
    expect(() => eventPositionScalar.parseValue('-1')).toThrow('EventPosition');
    expect(() => eventPositionScalar.parseValue(String(2n ** 64n))).toThrow('EventPosition');
  });

  it('BigInt keeps whole numbers of any size and refuses fractions', () => {
    expect(bigIntScalar.serialize(2n ** 64n)).toBe('18446744073709551616');
    expect(bigIntScalar.parseValue('18446744073709551616')).toBe(2n ** 64n);
    expect(() => bigIntScalar.parseValue('1.5')).toThrow('BigInt');
    expect(() => bigIntScalar.serialize(1.5)).toThrow('BigInt');
  });
});
