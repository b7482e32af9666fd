import { describe, expect, it } from '@jest/globals';
import { flightOf } from './flights.js';

const at = Date.UTC(2001, 2, 5, 23, 59);

describe('flightOf', () => {
  it('takes the hour from the time of departure', () => {
    expect(flightOf(12, [at, 33n, 2176n, 'LAS', 'PHL'])).toEqual({
      id: 'flight-0000012',
      at,
      hour: 23,
      distance: 2176,
      origin: 'LAS',
      destination: 'PHL',
      delay: 33,
      badRecord: false,
    });
  });

  it.each([
    [-200n, false],
    [-201n, true],
    [-1116n, true],
  ])('marks a delay of %d minutes as bad: %s', (delay, bad) => {
    expect(flightOf(0, [at, delay, 100n, 'MIA', 'STL']).badRecord).toBe(bad);
  });

  it.each([
    ['no row', []],
    ['a missing airport', [at, 1n, 100n, null, 'STL']],
    ['a date that is no time', ['2001-03-05', 1n, 100n, 'MIA', 'STL']],
  ])('refuses %s and names the row', (_, row) => {
    expect(() => flightOf(7, row)).toThrow('row 7 is not a flight');
  });
});
