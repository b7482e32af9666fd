import { type Calendar } from './calendar.js';
import { type MonitorDefinition, type RestatementRule } from './definition.js';
import { type RevisionReason, type SkipReason } from './events.js';
import { type AsOf, type WindowSpan } from './measurement.js';
import { type WindowState } from './measurements-decider.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const TICK_EVERY = 5 * MINUTE;

/** What the log says about time: the newest prediction time not ahead of its record, and the newest batch. */
export type LogTime = {
  /** Max over batches of min(latest prediction time, record time). */
  readonly newest: number;
  /** Record time of the newest batch. */
  readonly recordedAt: number;
  /** Whether the newest batch came about when it happened: a backfill or replay has no ticks. */
  readonly live: boolean;
};

type Tick = { readonly at: number; readonly silentSince: number };

/** Event time up to which windows are complete. A function of the log: predictions, and ticks where there were none. */
export const watermarkOf = (log: LogTime, tick: Tick | undefined, latenessMinutes: number): number =>
  Math.max(log.newest, tick?.at ?? -Infinity) - latenessMinutes * MINUTE;

/** What is there of a window now. `fresh`: labels new or corrected since the last revision; `rows`, `labelled`: totals. */
export type WindowFacts = { readonly rows: number; readonly labelled: number; readonly fresh: number };

type Measure = { readonly do: 'measure'; readonly reason: RevisionReason; readonly judged: boolean; readonly unjudged?: 'labelled_share' };
type Skip = { readonly do: 'skip'; readonly reason: RevisionReason; readonly judged: boolean; readonly skipped: SkipReason };
/** What to do with a closed window: measure it for this reason, say why it is not measured, close it for good, or nothing. */
export type Step = Measure | Skip | { readonly do: 'settle' } | undefined;

/** Longest of both clocks: event time stands still in a backfill, record time hardly moves in a replay. */
const elapsed = (since: AsOf, now: AsOf): number => Math.max(now.watermark - since.watermark, now.recordedAt - since.recordedAt);

/** The rules a step follows, and what is known besides the window. */
export type StepContext = {
  readonly asOf: AsOf;
  readonly restatement: RestatementRule;
  readonly requested: boolean;
  /** False when a later window was judged already: alerts judge in window order. */
  readonly judgeable: boolean;
};

const again = (state: WindowState, fresh: number, known: number, horizon: number, { asOf, restatement, requested }: StepContext): Step => {
  const measure = (reason: RevisionReason): Step => ({ do: 'measure', reason, judged: false });
  if (requested && fresh > 0) return measure('requested');
  if (state.settled) return undefined;
  if (elapsed(state.first, asOf) >= horizon) return fresh > 0 ? measure('final') : { do: 'settle' };
  const waited = elapsed(state.last, asOf) >= restatement.minutesMin * MINUTE;
  return fresh > 0 && waited && fresh >= restatement.shareMin * known ? measure('late_rows') : undefined;
};

/** The next step of a closed window's drift. */
export const driftStep = (state: WindowState | undefined, { rows }: WindowFacts, context: StepContext): Step => {
  if (!state) return rows > 0 ? { do: 'measure', reason: 'first', judged: context.judgeable } : undefined;
  return again(state, rows - state.rows, state.rows, context.restatement.finalAfterHours * HOUR, context);
};

type PerformanceContext = StepContext & {
  readonly definition: Pick<MonitorDefinition, 'rowsMin' | 'performance'>;
  /** What was known when the window's rows were first measured: from then on labels are waited for. */
  readonly seen: AsOf | undefined;
};

/**
 * The next step of a closed window's performance. Its first revision waits for `rowsMin` labels; the one that is judged for the
 * share of labels that makes it worth judging. What has not come at the horizon is said: alerts count it as no data.
 */
export const performanceStep = (state: WindowState | undefined, facts: WindowFacts, context: PerformanceContext): Step => {
  const { definition, judgeable } = context;
  const enough = facts.rows > 0 && facts.labelled / facts.rows >= definition.performance.labelledShareMin;
  if (!state) {
    if (facts.labelled >= definition.rowsMin) return { do: 'measure', reason: 'first', judged: enough && judgeable };
    return givenUp(facts, context);
  }
  const step = again(state, facts.fresh, state.labelled, definition.performance.labelHorizonDays * DAY, context);
  if (!step || step.do === 'skip') return undefined;
  // Too few labels to measure were skipped; a few more on request are still too few.
  if (step.do === 'measure' && facts.labelled < definition.rowsMin) return undefined;
  const final = step.do === 'settle' || step.reason === 'final';
  if (final && !state.judged && !enough && judgeable) return { do: 'measure', reason: 'final', judged: true, unjudged: 'labelled_share' };
  if (step.do === 'settle') return step;
  const reason = step.reason === 'late_rows' ? 'late_labels' : step.reason;
  return { ...step, reason, judged: enough && judgeable && !state.judged };
};

/**
 * Labels that never came are given up by the clock of the record alone: who imports a history brings all predictions first, which takes
 * event time past every horizon, and the labels after them.
 */
const givenUp = ({ rows, labelled }: WindowFacts, { asOf, definition, judgeable, seen }: PerformanceContext): Step => {
  if (!seen || rows === 0 || asOf.recordedAt - seen.recordedAt < definition.performance.labelHorizonDays * DAY) return undefined;
  return { do: 'skip', reason: 'final', judged: judgeable, skipped: labelled === 0 ? 'no_labels' : 'too_few_labels' };
};

/**
 * The tick to record now, if any: a live deployment has been silent for five minutes and the time that has come closes a window.
 * `now` is the only clock in here; it enters the log with the tick and is read from there afterwards.
 */
export const tickDue = (
  log: LogTime,
  last: Tick | undefined,
  now: number,
  { calendar, latenessMinutes }: { calendar: Calendar; latenessMinutes: number },
): Tick | undefined => {
  if (!log.live || now - Math.max(log.newest, last?.at ?? -Infinity) < TICK_EVERY) return undefined;
  const open = calendar.windowAt(watermarkOf(log, last, latenessMinutes));
  return open.until <= now - latenessMinutes * MINUTE ? { at: now, silentSince: log.newest } : undefined;
};

/** Windows that passed in silence and were closed by a tick, oldest first, at most `limit`. Only ticks make windows without data. */
export const silentWindows = (
  tick: Tick | undefined,
  known: { readonly has: (from: number) => boolean },
  { calendar, latenessMinutes, limit }: { calendar: Calendar; latenessMinutes: number; limit: number },
): WindowSpan[] => {
  if (!tick) return [];
  const found: WindowSpan[] = [];
  let window = calendar.windowAt(calendar.windowAt(tick.silentSince).until);
  for (; window.until <= tick.at - latenessMinutes * MINUTE && found.length < limit; window = calendar.windowAt(window.until)) {
    if (!known.has(window.from)) found.push(window);
  }
  return found;
};
