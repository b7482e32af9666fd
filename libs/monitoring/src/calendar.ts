import { type WindowSpan } from './measurement.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** 1970-01-01 was a Thursday; Monday of that week is three days before. */
const FIRST_MONDAY = -3 * DAY;

/** Cuts event time into windows of one length in one time zone. Windows tumble: each instant is in exactly one. */
export type Calendar = {
  /** The window an instant lies in. */
  readonly windowAt: (at: number) => WindowSpan;
  /** The windows one to `count` whole weeks earlier at the same place of the local week, nearest first. */
  readonly weeksBefore: (window: WindowSpan, count: number) => WindowSpan[];
  /** The windows right before, nearest first. */
  readonly windowsBefore: (window: WindowSpan, count: number) => WindowSpan[];
  /** The windows at the same time of day in the days of a span that lie in it completely, in order. */
  readonly sameSlotIn: (window: WindowSpan, span: WindowSpan) => WindowSpan[];
  /** The local day an instant lies in. */
  readonly dayAt: (at: number) => WindowSpan;
};

/** Wall-clock arithmetic of one zone. A wall time is written as the UTC instant that would show the same digits. */
class Zone {
  private readonly format: Intl.DateTimeFormat | undefined;

  constructor(timeZone: string) {
    const utc = timeZone === 'UTC' || timeZone === 'Etc/UTC';
    this.format = utc
      ? undefined
      : new Intl.DateTimeFormat('en-US', {
          timeZone,
          hourCycle: 'h23',
          year: 'numeric',
          month: 'numeric',
          day: 'numeric',
          hour: 'numeric',
          minute: 'numeric',
          second: 'numeric',
          era: 'short',
        });
  }

  wallOf(at: number): number {
    if (!this.format) return at;
    const parts: Record<string, string> = {};
    for (const { type, value } of this.format.formatToParts(at)) parts[type] = value;
    const part = (name: string): number => Number(parts[name]);
    const year = parts['era'] === 'BC' ? 1 - part('year') : part('year');
    const seconds = Date.UTC(year, part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return seconds + (((at % 1000) + 1000) % 1000);
  }

  /** First instant at which the local clock shows `wall` or later: clocks that are set forward skip times, set back repeat them. */
  instantOf(wall: number): number {
    if (!this.format) return wall;
    const before = this.wallOf(wall - DAY) - (wall - DAY);
    const after = this.wallOf(wall + DAY) - (wall + DAY);
    const shown = [wall - before, wall - after].filter((at) => this.wallOf(at) === wall);
    if (shown.length > 0) return Math.min(...shown);
    let low = wall - Math.max(before, after);
    let high = wall - Math.min(before, after);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.wallOf(middle) >= wall) high = middle;
      else low = middle;
    }
    return high;
  }
}

/**
 * The calendar of a zone and a window length in minutes (a divisor of a day, or a week).
 *
 * Days and weeks (from Monday) begin at local midnight, so they have 23 or 25 hours when clocks change. Windows of up to an hour run
 * from midnight in elapsed time, the last one of a day ends at midnight; longer ones begin when the local clock shows a multiple of
 * their length, so "06:00 to 12:00" stays that.
 */
export const calendarOf = (timeZone: string, windowMinutes: number): Calendar => {
  const zone = new Zone(timeZone);
  const length = windowMinutes * MINUTE;
  const startOf = (wall: number, step: number, origin: number): number => Math.floor((wall - origin) / step) * step + origin;
  const dayAt = lastAnswer((at) => {
    const wall = startOf(zone.wallOf(at), DAY, 0);
    return { from: zone.instantOf(wall), until: zone.instantOf(wall + DAY) };
  });
  const wallWindow = (at: number, step: number, origin: number): WindowSpan => {
    let wall = startOf(zone.wallOf(at), step, origin);
    let until = zone.instantOf(wall + step);
    // After clocks were set back the wall time is smaller than that of a window that has begun already.
    for (; until <= at; until = zone.instantOf(wall + step)) wall += step;
    return { from: zone.instantOf(wall), until };
  };
  const windowAt = lastAnswer((at) => {
    if (length > DAY) return wallWindow(at, length, FIRST_MONDAY);
    if (length === DAY) return dayAt(at);
    const day = dayAt(at);
    if (length > 60 * MINUTE) {
      const window = wallWindow(at, length, startOf(zone.wallOf(at), DAY, 0));
      return { from: window.from, until: Math.min(window.until, day.until) };
    }
    const from = day.from + Math.floor((at - day.from) / length) * length;
    return { from, until: Math.min(from + length, day.until) };
  });
  return { windowAt, dayAt, ...neighboursOf(zone, windowAt, dayAt) };
};

type Neighbours = Pick<Calendar, 'weeksBefore' | 'windowsBefore' | 'sameSlotIn'>;

const neighboursOf = (zone: Zone, windowAt: Calendar['windowAt'], dayAt: Calendar['dayAt']): Neighbours => ({
  weeksBefore: ({ from }, count) => {
    const wall = zone.wallOf(from);
    return Array.from({ length: count }, (_, i) => windowAt(zone.instantOf(wall - (i + 1) * 7 * DAY)));
  },
  windowsBefore: (window, count) => {
    const found: WindowSpan[] = [];
    for (let at = window.from; found.length < count;) {
      const before = windowAt(at - 1);
      found.push(before);
      at = before.from;
    }
    return found;
  },
  sameSlotIn: (window, span) => {
    const slot = zone.wallOf(window.from) - zone.wallOf(dayAt(window.from).from);
    const week = window.until - window.from > 2 * DAY;
    const found: WindowSpan[] = [];
    for (let day = dayAt(span.from); day.from < span.until; day = dayAt(day.until)) {
      const same = week ? windowAt(day.from) : windowAt(zone.instantOf(zone.wallOf(day.from) + slot));
      const known = found.at(-1)?.from === same.from;
      if (!known && same.from >= span.from && same.until <= span.until) found.push(same);
    }
    return found;
  },
});

/** Instants come in order: most fall into the span that was found last. */
const lastAnswer = (find: (at: number) => WindowSpan): ((at: number) => WindowSpan) => {
  let last: WindowSpan = { from: 0, until: 0 };
  return (at) => {
    if (at < last.from || at >= last.until) last = find(at);
    return last;
  };
};
