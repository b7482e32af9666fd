import { type AsOf, type MeasurementKind, type WindowSpan } from './measurement.js';
import { type MeasurementsState, type WindowState } from './measurements-decider.js';
import { type LabelFacts, type MonitorMemory, rowsIn } from './monitor-memory.js';
import { type ActiveMonitor } from './revision.js';
import { type SampleReader, type Scope } from './sample-reader.js';
import { driftStep, performanceStep, silentWindows, type Step, type StepContext } from './windows.js';

/** A closed window and what to do with it. */
export type Due = { readonly kind: MeasurementKind; readonly window: WindowSpan; readonly rows: number; readonly step: NonNullable<Step> };

/** A settled window, and how much came for it since its last revision. */
export type Late = WindowSpan & { readonly late: number };

/** What a look works on: what was measured, and what is known now. */
export type Look = {
  readonly memory: MonitorMemory;
  readonly state: MeasurementsState;
  readonly asOf: AsOf;
  readonly position: bigint;
  /** Most windows without data that are found at once. */
  readonly limit: number;
};

const byStart = (a: { window: WindowSpan }, b: { window: WindowSpan }): number => a.window.from - b.window.from;

/** Start of the last window that alerts were given a verdict, or a gap, for. */
const lastJudgedIn = (known: Iterable<readonly [number, WindowState]>): number => {
  let last = -Infinity;
  for (const [from, { judged }] of known) if (judged) last = Math.max(last, from);
  return last;
};

/** Finds the windows of one monitor that something is to be done about, oldest first. */
export class DueWindows {
  constructor(
    private readonly monitor: ActiveMonitor,
    private readonly reader: SampleReader,
  ) {}

  private get scope(): Scope {
    return { deploymentId: this.monitor.deploymentId, selection: this.monitor.definition.selection };
  }

  /** Reads which windows got rows or labels since the last look. */
  async look(memory: MonitorMemory, position: bigint): Promise<void> {
    const { timeZone, windowMinutes, performance } = this.monitor.definition;
    const daily = timeZone === 'UTC' && windowMinutes >= 1440;
    for (const { span, rows } of await this.reader.touchedSpans(this.scope, memory.rowsSeen, { daily })) {
      const window = memory.calendar.windowAt(span);
      const active = memory.activity.get(window.from) ?? { window, spans: new Map<number, number>() };
      active.spans.set(span, rows);
      memory.activity.set(window.from, active);
    }
    if (performance.enabled) {
      for (const touched of await this.reader.touchedLabels(this.monitor.deploymentId, memory.labelsSeen, position)) {
        const { from } = memory.calendar.windowAt(touched.span);
        const known = memory.labelled.get(from) ?? 0n;
        memory.labelled.set(from, touched.newest > known ? touched.newest : known);
        memory.labelsRecordedAt = Math.max(memory.labelsRecordedAt, touched.recordedAt);
      }
    }
    memory.rowsSeen = position;
    memory.labelsSeen = position;
  }

  /** Windows with rows, and those that passed in silence, in their common order: it is the order of judgements. */
  drift({ memory, state, asOf, limit }: Look): Due[] {
    const known = state.windows.drift;
    const lastJudged = lastJudgedIn(known);
    const found: Due[] = [];
    for (const { window } of memory.activity.values()) {
      if (window.until > asOf.watermark) continue;
      const measured = known.get(window.from);
      if (measured?.settled && !state.restatementRequested) continue;
      const rows = rowsIn(memory, window.from);
      const context = this.contextOf(state, asOf, window.from > lastJudged);
      const step = driftStep(measured, { rows, labelled: 0, fresh: 0 }, context);
      if (step) found.push({ kind: 'drift', window, rows, step });
    }
    const { latenessMinutes } = this.monitor.definition;
    const occupied = { has: (from: number) => known.has(from) || memory.activity.has(from) };
    for (const window of silentWindows(state.tick, occupied, { calendar: memory.calendar, latenessMinutes, limit })) {
      const step = { do: 'skip', reason: 'first', judged: window.from > lastJudged, skipped: 'no_data' } as const;
      found.push({ kind: 'drift', window, rows: 0, step });
    }
    return found.sort(byStart);
  }

  /** Windows whose performance can be measured, or is not waited for any longer. */
  async performance({ memory, state, asOf, position }: Look): Promise<Due[]> {
    const { definition } = this.monitor;
    const known = state.windows.performance;
    const lastJudged = lastJudgedIn(known);
    const found: Due[] = [];
    for (const from of this.candidates(memory, state)) {
      const window = memory.activity.get(from)?.window ?? memory.calendar.windowAt(from);
      const measured = known.get(from);
      if (window.until > asOf.watermark || (measured?.settled && !state.restatementRequested)) continue;
      const touched = (memory.labelled.get(from) ?? 0n) > BigInt(measured?.last.position ?? 0);
      if (touched && !this.waited(measured, state, asOf)) continue;
      const facts = { rows: rowsIn(memory, from), ...(await this.labelFacts(memory, window, measured, position)) };
      const seen = state.windows.drift.get(from)?.first;
      const step = performanceStep(measured, facts, { ...this.contextOf(state, asOf, from > lastJudged), definition, seen });
      if (step) found.push({ kind: 'performance', window, rows: facts.rows, step });
    }
    return found;
  }

  /** What came for settled windows since their last revision, where it is more than was counted before. */
  async late({ memory, state, position }: Look, kind: MeasurementKind): Promise<Late[]> {
    const found: Late[] = [];
    for (const [from, window] of state.windows[kind]) {
      if (!window.settled) continue;
      const span = { from, until: window.until };
      const late =
        kind === 'drift'
          ? rowsIn(memory, from) - window.rows
          : (await this.labelFacts(memory, { from, until: window.until }, window, position)).fresh;
      if (late > window.late) found.push({ ...span, late });
    }
    return found.sort((a, b) => a.from - b.from);
  }

  /** Starts of windows with labels, of those that are still open for labels, and of those that wait for their first ones. */
  private candidates(memory: MonitorMemory, state: MeasurementsState): number[] {
    const { drift, performance } = state.windows;
    const found = new Set(memory.labelled.keys());
    for (const [from, { settled }] of performance) if (!settled) found.add(from);
    if (this.monitor.definition.performance.enabled) for (const [from] of drift) if (!performance.has(from)) found.add(from);
    return [...found].sort((a, b) => a - b);
  }

  /** Labels since the last revision. Counted in the table once for each newest label: a window that waits for labels costs nothing. */
  private async labelFacts(
    memory: MonitorMemory,
    window: WindowSpan,
    measured: WindowState | undefined,
    position: bigint,
  ): Promise<LabelFacts> {
    const newest = memory.labelled.get(window.from) ?? 0n;
    const since = BigInt(measured?.last.position ?? 0);
    if (newest <= since) return { labelled: measured?.labelled ?? 0, fresh: 0 };
    const known = memory.labels.get(window.from);
    if (known?.since === since && known.newest === newest) return known;
    const facts = { ...(await this.reader.labelsOf(this.scope, window, since, position)), since, newest };
    memory.labels.set(window.from, facts);
    return facts;
  }

  /** Labels trickle in: they are counted no more often than a restatement could follow. */
  private waited(window: WindowState | undefined, state: MeasurementsState, asOf: AsOf): boolean {
    if (!window || state.restatementRequested) return true;
    const passed = Math.max(asOf.watermark - window.last.watermark, asOf.recordedAt - window.last.recordedAt);
    return passed >= this.monitor.definition.restatement.minutesMin * 60_000;
  }

  private contextOf(state: MeasurementsState, asOf: AsOf, judgeable: boolean): StepContext {
    return { asOf, restatement: this.monitor.definition.restatement, requested: state.restatementRequested, judgeable };
  }
}
