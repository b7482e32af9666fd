import fc from 'fast-check';
import { calendarOf } from './calendar.js';
import { defaultDefinition } from './defaults.js';
import { type WindowState } from './measurements-decider.js';
import {
  driftStep,
  performanceStep,
  silentWindows,
  type Step,
  type StepContext,
  tickDue,
  type WindowFacts,
  watermarkOf,
} from './windows.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const definition = defaultDefinition({ predictionsPerDay: 1000 });
const calendar = calendarOf('UTC', 1440);
const asOf = (watermark: number, recordedAt = watermark) => ({ position: '1', watermark, recordedAt });
const measured = (overrides: Partial<WindowState> = {}): WindowState => ({
  until: DAY,
  revision: 1,
  rows: 1000,
  labelled: 500,
  judged: true,
  settled: false,
  late: 0,
  first: asOf(DAY),
  last: asOf(DAY),
  ...overrides,
});
const context = (overrides: Partial<StepContext> = {}): StepContext => ({
  asOf: asOf(DAY + HOUR),
  restatement: definition.restatement,
  requested: false,
  judgeable: true,
  ...overrides,
});
const performance = (state: WindowState | undefined, known: WindowFacts, at: StepContext, seen?: WindowState['first']): Step =>
  performanceStep(state, known, { ...at, definition, seen });
const facts = (rows: number, labelled = 0, fresh = 0) => ({ rows, labelled, fresh });

describe('the watermark', () => {
  it('follows the newest prediction less the lateness, and ticks where there is silence', () => {
    const log = { newest: 10 * DAY, recordedAt: 10 * DAY, live: true };
    expect(watermarkOf(log, undefined, 60)).toBe(10 * DAY - HOUR);
    expect(watermarkOf(log, { at: 12 * DAY, silentSince: 10 * DAY }, 60)).toBe(12 * DAY - HOUR);
    expect(watermarkOf(log, { at: 9 * DAY, silentSince: 8 * DAY }, 60)).toBe(10 * DAY - HOUR);
  });
});

describe('the next step of a closed window', () => {
  it('is its first measurement when it has rows, and nothing when it has none', () => {
    expect(driftStep(undefined, facts(1), context())).toEqual({ do: 'measure', reason: 'first', judged: true });
    expect(driftStep(undefined, facts(0), context())).toBeUndefined();
  });

  it('is not judged when a later window was judged before', () => {
    expect(driftStep(undefined, facts(1), context({ judgeable: false }))).toMatchObject({ judged: false });
  });

  it('waits for one per cent of new rows and for ten minutes', () => {
    expect(driftStep(measured(), facts(1009), context())).toBeUndefined();
    expect(driftStep(measured(), facts(1010), context())).toEqual({ do: 'measure', reason: 'late_rows', judged: false });
    expect(driftStep(measured(), facts(1500), context({ asOf: asOf(DAY + 9 * MINUTE) }))).toBeUndefined();
    expect(driftStep(measured(), facts(1500), context({ asOf: asOf(DAY, DAY + 10 * MINUTE) }))).toMatchObject({ reason: 'late_rows' });
  });

  it('is a final measurement a day later if anything is new, else the window settles, and then nothing', () => {
    const later = context({ asOf: asOf(2 * DAY) });
    expect(driftStep(measured(), facts(1001), later)).toMatchObject({ reason: 'final' });
    expect(driftStep(measured(), facts(1000), later)).toEqual({ do: 'settle' });
    expect(driftStep(measured({ settled: true }), facts(2000), later)).toBeUndefined();
  });

  it('is taken on request whatever the horizon, if anything is new', () => {
    const requested = context({ requested: true, asOf: asOf(DAY) });
    expect(driftStep(measured({ settled: true }), facts(1001), requested)).toMatchObject({ reason: 'requested', judged: false });
    expect(driftStep(measured({ settled: true }), facts(1000), requested)).toBeUndefined();
  });

  it('measures performance from enough labels, and judges the first revision with half of them', () => {
    expect(performance(undefined, facts(1000, 199, 199), context())).toBeUndefined();
    expect(performance(undefined, facts(1000, 200, 200), context())).toMatchObject({ reason: 'first', judged: false });
    expect(performance(undefined, facts(1000, 500, 500), context())).toMatchObject({ reason: 'first', judged: true });
    const unjudged = measured({ judged: false, labelled: 300 });
    expect(performance(unjudged, facts(1000, 600, 300), context())).toMatchObject({ reason: 'late_labels', judged: true });
    expect(performance(measured(), facts(1000, 600, 100), context())).toMatchObject({
      reason: 'late_labels',
      judged: false,
    });
  });

  it('keeps performance open for late labels until their horizon', () => {
    const month = context({ asOf: asOf(31 * DAY) });
    expect(performance(measured(), facts(1000, 501, 1), context({ asOf: asOf(20 * DAY) }))).toBeUndefined();
    expect(performance(measured(), facts(1000, 501, 1), month)).toMatchObject({ reason: 'final' });
    expect(performance(measured(), facts(1000, 500, 0), month)).toEqual({ do: 'settle' });
  });

  it('gives up labels that never came, or too few of them, at their horizon in record time, and says so', () => {
    const seen = asOf(DAY);
    const month = context({ asOf: asOf(31 * DAY) });
    const skip = { do: 'skip', reason: 'final', judged: true } as const;
    expect(performance(undefined, facts(1000), context({ asOf: asOf(30 * DAY) }), seen)).toBeUndefined();
    expect(performance(undefined, facts(1000), month, seen)).toEqual({ ...skip, skipped: 'no_labels' });
    expect(performance(undefined, facts(1000, 199, 199), month, seen)).toEqual({ ...skip, skipped: 'too_few_labels' });
    expect(performance(undefined, facts(1000), { ...month, judgeable: false }, seen)).toMatchObject({ judged: false });
    expect(performance(undefined, facts(0), month, seen)).toBeUndefined();
    expect(performance(undefined, facts(1000), month)).toBeUndefined();
    // A history that is imported: event time went far, but nobody has waited yet.
    expect(performance(undefined, facts(1000), context({ asOf: asOf(200 * DAY, DAY + HOUR) }), seen)).toBeUndefined();
  });

  it('is measured a last time without a verdict when the share of labels stayed too small', () => {
    const month = context({ asOf: asOf(31 * DAY) });
    const small = measured({ judged: false, labelled: 300 });
    const last = { do: 'measure', reason: 'final', judged: true, unjudged: 'labelled_share' } as const;
    expect(performance(small, facts(1000, 300), month)).toEqual(last);
    expect(performance(small, facts(1000, 310, 10), month)).toEqual(last);
    expect(performance(small, facts(1000, 600, 300), month)).toEqual({ do: 'measure', reason: 'final', judged: true });
    expect(performance(small, facts(1000, 300), { ...month, judgeable: false })).toEqual({ do: 'settle' });
  });

  it('is not judged when the labels of a later window were there before', () => {
    expect(performance(undefined, facts(1000, 900, 900), context({ judgeable: false }))).toMatchObject({ reason: 'first', judged: false });
  });

  it('never measures a window again without anything new', () => {
    const instants = fc.integer({ min: DAY, max: 100 * DAY });
    fc.assert(
      fc.property(instants, instants, fc.boolean(), fc.boolean(), (watermark, recordedAt, requested, settled) => {
        const step = driftStep(measured({ settled }), facts(1000), context({ requested, asOf: asOf(watermark, recordedAt) }));
        return step?.do !== 'measure';
      }),
      { seed: 5 },
    );
  });
});

describe('ticks', () => {
  const live = { newest: 10 * DAY + HOUR, recordedAt: 10 * DAY + HOUR, live: true };
  const rules = { calendar, latenessMinutes: 60 };

  it('come only for live deployments, after five minutes of silence, when they close a window', () => {
    expect(tickDue(live, undefined, 11 * DAY + HOUR, rules)).toEqual({ at: 11 * DAY + HOUR, silentSince: live.newest });
    expect(tickDue({ ...live, live: false }, undefined, 11 * DAY + HOUR, rules)).toBeUndefined();
    expect(tickDue(live, undefined, 11 * DAY + 59 * MINUTE, rules)).toBeUndefined();
    expect(tickDue(live, undefined, 10 * DAY + 23 * HOUR, rules)).toBeUndefined();
    expect(tickDue({ ...live, newest: 11 * DAY + HOUR - MINUTE }, undefined, 11 * DAY + HOUR, rules)).toBeUndefined();
    expect(tickDue(live, { at: 11 * DAY + HOUR, silentSince: live.newest }, 11 * DAY + 5 * HOUR, rules)).toBeUndefined();
  });

  it('make windows without data after the last one with data, each once, oldest first, bounded', () => {
    const tick = { at: 14 * DAY + HOUR, silentSince: 10 * DAY + HOUR };
    const starts = (known: readonly number[], limit: number): number[] =>
      silentWindows(tick, new Map(known.map((day) => [day * DAY, 1])), { ...rules, limit }).map(({ from }) => from / DAY);
    expect(starts([], 10)).toEqual([11, 12, 13]);
    expect(starts([], 2)).toEqual([11, 12]);
    expect(starts([11, 13], 10)).toEqual([12]);
    expect(silentWindows(undefined, new Map(), { ...rules, limit: 9 })).toEqual([]);
  });
});
