import fc from 'fast-check';
import { calendarOf } from './calendar.js';

const at = (iso: string): number => Date.parse(iso);
const shown = ({ from, until }: { from: number; until: number }): string[] => [new Date(from).toISOString(), new Date(until).toISOString()];
const HOUR = 3_600_000;

describe('the calendar of windows', () => {
  it('cuts days of 23 and 25 hours where clocks change', () => {
    const { windowAt } = calendarOf('Europe/Berlin', 1440);
    expect(shown(windowAt(at('2026-03-29T12:00:00Z')))).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
    expect(shown(windowAt(at('2026-10-25T12:00:00Z')))).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z']);
  });

  it('begins a day at the first moment after midnight where midnight is skipped', () => {
    const { windowAt } = calendarOf('America/Sao_Paulo', 1440);
    // In 2018 clocks went from 23:59:59 on 3 November to 01:00 on the 4th.
    expect(shown(windowAt(at('2018-11-04T12:00:00Z')))).toEqual(['2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z']);
  });

  it('keeps long windows at the same wall-clock times through a change of clocks', () => {
    const { windowAt } = calendarOf('Europe/Berlin', 360);
    expect(windowAt(at('2026-03-29T00:30:00Z')).until).toBe(at('2026-03-29T04:00:00Z'));
    expect(shown(windowAt(at('2026-03-29T05:00:00Z')))).toEqual(['2026-03-29T04:00:00.000Z', '2026-03-29T10:00:00.000Z']);
  });

  it('has two hours named alike when clocks are set back, not one of two hours', () => {
    const { windowAt } = calendarOf('Europe/Berlin', 60);
    const hours = Array.from({ length: 25 }, (_, i) => windowAt(at('2026-10-24T22:00:00Z') + i * HOUR + 1));
    expect(new Set(hours.map((window) => window.from)).size).toBe(25);
    expect(hours.every(({ from, until }) => until - from === HOUR)).toBe(true);
  });

  it('begins weeks on Monday', () => {
    expect(shown(calendarOf('UTC', 10_080).windowAt(at('2026-11-22T12:00:00Z')))).toEqual([
      '2026-11-16T00:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
    ]);
  });

  it('finds the same weekday of earlier weeks across a change of clocks', () => {
    const { windowAt, weeksBefore } = calendarOf('America/New_York', 1440);
    const found = weeksBefore(windowAt(at('2026-03-11T15:00:00Z')), 2).map(shown);
    expect(found).toEqual([
      ['2026-03-04T05:00:00.000Z', '2026-03-05T05:00:00.000Z'],
      ['2026-02-25T05:00:00.000Z', '2026-02-26T05:00:00.000Z'],
    ]);
  });

  it('finds the same time of day in the days of a span', () => {
    const { windowAt, sameSlotIn } = calendarOf('UTC', 60);
    const found = sameSlotIn(windowAt(at('2026-05-01T06:10:00Z')), { from: at('2026-04-01T00:00:00Z'), until: at('2026-04-04T00:00:00Z') });
    expect(found.map(({ from }) => new Date(from).toISOString())).toEqual([
      '2026-04-01T06:00:00.000Z',
      '2026-04-02T06:00:00.000Z',
      '2026-04-03T06:00:00.000Z',
    ]);
  });

  it('covers time without gap or overlap, in every zone and length', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia');
    const lengths = fc.constantFrom(5, 15, 60, 90, 360, 720, 1440, 10_080);
    const instants = fc.integer({ min: at('2009-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
    fc.assert(
      fc.property(zones, lengths, instants, (zone, length, instant) => {
        const calendar = calendarOf(zone, length);
        const window = calendar.windowAt(instant);
        const next = calendarOf(zone, length).windowAt(window.until);
        const last = calendarOf(zone, length).windowAt(window.until - 1);
        return window.from <= instant && instant < window.until && next.from === window.until && last.from === window.from;
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
