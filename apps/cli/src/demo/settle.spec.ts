import { describe, expect, it } from '@jest/globals';
import { type DayTally } from './send-flights.js';
import { environmentFor } from './server-process.js';
import { lastClosedDay } from './settle.js';

const aTally = (lastAt: string): DayTally => ({
  day: lastAt.slice(0, 10),
  predictions: 1,
  labels: 1,
  late: 0,
  scoreSum: 0,
  badRecords: 0,
  lastAt: Date.parse(lastAt),
});

describe('lastClosedDay', () => {
  it.each([
    ['2001-06-30T23:59:00Z', '2001-06-29'],
    ['2001-07-01T00:59:59Z', '2001-06-29'],
    ['2001-07-01T01:00:00Z', '2001-06-30'],
  ])('after a last flight at %s is %s: a day stays open for an hour', (lastAt, day) => {
    expect(lastClosedDay([aTally('2001-01-29T12:00:00Z'), aTally(lastAt)])).toBe(day);
  });

  it('is none when nothing was sent', () => {
    expect(lastClosedDay([])).toBe('');
  });
});

describe('environmentFor', () => {
  it('gives the server of the demo the defaults, whatever was set for others', () => {
    const environment = { PATH: '/bin', DRIFTLEDGER_LATENESS_SECONDS: '0', DRIFTLEDGER_HOST: '0.0.0.0', DRIFTLEDGER_DATA: 'mine' };
    expect(environmentFor('mine/demo', environment)).toEqual({
      PATH: '/bin',
      DRIFTLEDGER_DATA: 'mine/demo',
      DRIFTLEDGER_PORT: '0',
      NO_COLOR: '1',
    });
  });
});
