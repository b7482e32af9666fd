import fc from 'fast-check';
import { calendarOf } from './calendar.js';
import { defaultDefinition } from './defaults.js';
import { type WindowState } from './measurements-decider.js';
import { driftStep, performanceStep, silentWindows, type StepContext, tickDue, watermarkOf } from './windows.js';

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
    expect(performanceStep(undefined, facts(1000, 199, 199), definition, context())).toBeUndefined();
    expect(performanceStep(undefined, facts(1000, 200, 200), definition, context())).toMatchObject({ reason: 'first', judged: false });
    expect(performanceStep(undefined, facts(1000, 500, 500), definition, context())).toMatchObject({ reason: 'first', judged: true });
    const unjudged = measured({ judged: false, labelled: 300 });
    expect(performanceStep(unjudged, facts(1000, 600, 300), definition, context())).toMatchObject({ reason: 'late_labels', judged: true });
    expect(performanceStep(measured(), facts(1000, 600, 100), definition, context())).toMatchObject({
      reason: 'late_labels',
      judged: false,
    });
  });

  it('keeps performance open for late labels until their horizon', () => {
    const month = context({ asOf: asOf(31 * DAY) });
    expect(performanceStep(measured(), facts(1000, 501, 1), definition, context({ asOf: asOf(20 * DAY) }))).toBeUndefined();
    expect(performanceStep(measured(), facts(1000, 501, 1), definition, month)).toMatchObject({ reason: 'final' });
    expect(performanceStep(measured(), facts(1000, 500, 0), definition, month)).toEqual({ do: 'settle' });
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
