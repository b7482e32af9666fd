import { calendarOf, type Calendar } from './calendar.js';
import { FinishRestatement, FreezeReference, RecordMeasurement, SettleMeasurements, SkipMeasurement } from './commands.js';
import { type AsOf, type Engine, type MeasurementKind, type WindowSpan } from './measurement.js';
import { type MeasurementsState, type WindowState } from './measurements-decider.js';
import { type Recorder } from './recorder.js';
import { firstDays, referenceIdOf } from './reference.js';
import { type ActiveMonitor, derivedMeta, partsOf, revisionMeta, type RevisionHead, skippedOf } from './revision.js';
import { type SampleReader, type Scope } from './sample-reader.js';
import { type Answer, type WindowMeasurer } from './window-measurer.js';
import { driftStep, performanceStep, silentWindows, type Step, type StepContext, watermarkOf } from './windows.js';

/** What a pass did. `more`: the limit was reached and windows are still due. */
export type PassResult = { readonly measured: number; readonly skipped: number; readonly settled: number; readonly more: boolean };

/** What has been read of a deployment so far. Only a shortcut: an empty memory gives the same measurements. */
export type MonitorMemory = {
  readonly definitionVersion: number;
  readonly calendar: Calendar;
  /** Rows by window start and span. */
  readonly activity: Map<number, { readonly window: WindowSpan; readonly spans: Map<number, number> }>;
  /** Starts of windows that got labels since they were last measured. */
  readonly labelled: Set<number>;
  rowsSeen: bigint;
  labelsSeen: bigint;
  labelsRecordedAt: number;
};

export const newMemory = ({ definition, definitionVersion }: ActiveMonitor): MonitorMemory => ({
  definitionVersion,
  calendar: calendarOf(definition.timeZone, definition.windowMinutes),
  activity: new Map(),
  labelled: new Set(),
  rowsSeen: 0n,
  labelsSeen: 0n,
  labelsRecordedAt: 0,
});

/** What a pass works with. */
export type PassParts = {
  readonly monitor: ActiveMonitor;
  readonly reader: SampleReader;
  readonly measurer: WindowMeasurer;
  readonly recorder: Recorder;
  readonly engine: Engine;
};

type Due = { readonly kind: MeasurementKind; readonly window: WindowSpan; readonly rows: number; readonly step: NonNullable<Step> };

const byStart = (a: { window: WindowSpan }, b: { window: WindowSpan }): number => a.window.from - b.window.from;

/** One look at one monitor: what is new, what is due, measured in the order of the windows. */
export class MonitorPass {
  constructor(private readonly parts: PassParts) {}

  async run(memory: MonitorMemory, position: bigint, limit: number): Promise<PassResult> {
    const { monitor, reader, recorder } = this.parts;
    const log = await reader.logTime(monitor.deploymentId, position);
    if (!log) return { measured: 0, skipped: 0, settled: 0, more: false };
    const before = await recorder.stateOf(monitor.monitorId);
    const watermark = watermarkOf(log, before.tick, monitor.definition.latenessMinutes);
    await this.look(memory, position);
    const asOf: AsOf = { position: position.toString(), watermark, recordedAt: Math.max(log.recordedAt, memory.labelsRecordedAt) };
    await this.freeze(memory, before, { oldest: log.oldest, watermark });
    const state = await recorder.stateOf(monitor.monitorId);
    const steps = [...this.driftSteps(memory, state, asOf), ...(await this.performanceSteps(memory, state, asOf, position))];
    const measures = steps.filter(({ step }) => step.do === 'measure');
    const counts = { measured: 0, skipped: 0 };
    for (const due of measures.slice(0, limit)) {
      const measured = await this.measure(memory, due, asOf, position);
      if (measured) counts.measured += 1;
      else counts.skipped += 1;
    }
    counts.skipped += await this.skipSilent(memory, state, asOf, limit);
    const settled = await this.settle(steps, state, asOf);
    const more = measures.length > limit;
    if (state.restatementRequested && !more) await this.finish(counts.measured, asOf);
    return { ...counts, settled, more };
  }

  private get scope(): Scope {
    return { deploymentId: this.parts.monitor.deploymentId, selection: this.parts.monitor.definition.selection };
  }

  /** Reads which windows got rows or labels since the last pass. */
  private async look(memory: MonitorMemory, position: bigint): Promise<void> {
    const { monitor, reader } = this.parts;
    const { timeZone, windowMinutes, performance } = monitor.definition;
    const daily = timeZone === 'UTC' && windowMinutes >= 1440;
    for (const { span, rows } of await reader.touchedSpans(this.scope, memory.rowsSeen, { daily })) {
      const window = memory.calendar.windowAt(span);
      const active = memory.activity.get(window.from) ?? { window, spans: new Map<number, number>() };
      active.spans.set(span, rows);
      memory.activity.set(window.from, active);
    }
    if (performance.enabled) {
      for (const { span, recordedAt } of await reader.touchedLabels(monitor.deploymentId, memory.labelsSeen, position)) {
        memory.labelled.add(memory.calendar.windowAt(span).from);
        memory.labelsRecordedAt = Math.max(memory.labelsRecordedAt, recordedAt);
      }
    }
    memory.rowsSeen = position;
    memory.labelsSeen = position;
  }

  private rowsOf(memory: MonitorMemory, from: number): number {
    let rows = 0;
    for (const count of memory.activity.get(from)?.spans.values() ?? []) rows += count;
    return rows;
  }

  private driftSteps(memory: MonitorMemory, state: MeasurementsState, asOf: AsOf): Due[] {
    const known = state.windows.drift;
    let lastJudged = -Infinity;
    for (const [from, { judged }] of known) if (judged) lastJudged = Math.max(lastJudged, from);
    const closed = [...memory.activity.values()].filter(({ window }) => window.until <= asOf.watermark).sort(byStart);
    return closed.flatMap(({ window }): Due[] => {
      const rows = this.rowsOf(memory, window.from);
      const context = this.contextOf(state, asOf, window.from > lastJudged);
      const step = driftStep(known.get(window.from), { rows, labelled: 0, fresh: 0 }, context);
      return step ? [{ kind: 'drift', window, rows, step }] : [];
    });
  }

  private async performanceSteps(memory: MonitorMemory, state: MeasurementsState, asOf: AsOf, position: bigint): Promise<Due[]> {
    const { definition } = this.parts.monitor;
    const known = state.windows.performance;
    const found: Due[] = [];
    const candidates = new Set([...memory.labelled, ...[...known].filter(([, { settled }]) => !settled).map(([from]) => from)]);
    for (const from of [...candidates].sort((a, b) => a - b)) {
      const window = memory.activity.get(from)?.window ?? memory.calendar.windowAt(from);
      const measured = known.get(from);
      if (window.until > asOf.watermark || (measured?.settled && !state.restatementRequested)) continue;
      const touched = memory.labelled.has(from);
      if (touched && !this.waited(measured, state, asOf)) continue;
      const since = BigInt(measured?.last.position ?? 0);
      const labels = touched ? await this.parts.reader.labelsOf(this.scope, window, since, position) : { labelled: 0, fresh: 0 };
      if (labels.fresh === 0) memory.labelled.delete(from);
      const rows = this.rowsOf(memory, from);
      const step = performanceStep(measured, { rows, ...labels }, definition, this.contextOf(state, asOf, true));
      if (step) found.push({ kind: 'performance', window, rows, step });
    }
    return found;
  }

  /** Labels trickle in: they are counted no more often than a restatement could follow. */
  private waited(window: WindowState | undefined, state: MeasurementsState, asOf: AsOf): boolean {
    if (!window || state.restatementRequested) return true;
    const passed = Math.max(asOf.watermark - window.last.watermark, asOf.recordedAt - window.last.recordedAt);
    return passed >= this.parts.monitor.definition.restatement.minutesMin * 60_000;
  }

  private contextOf(state: MeasurementsState, asOf: AsOf, judgeable: boolean): StepContext {
    return { asOf, restatement: this.parts.monitor.definition.restatement, requested: state.restatementRequested, judgeable };
  }

  private async measure(memory: MonitorMemory, { kind, window, rows, step }: Due, asOf: AsOf, position: bigint): Promise<boolean> {
    const { monitor, measurer, recorder, engine } = this.parts;
    if (step.do !== 'measure') return false;
    const state = await recorder.stateOf(monitor.monitorId);
    const revision = (state.windows[kind].get(window.from)?.revision ?? 0) + 1;
    const head: RevisionHead = { kind, window, revision, reason: step.reason, judged: step.judged, asOf };
    const of = { monitor, calendar: memory.calendar, state, position };
    const answer: Answer = kind === 'drift' ? await measurer.drift(window, rows, of) : await measurer.performance(window, rows, of);
    const meta = revisionMeta(monitor.monitorId, head);
    if ('skipped' in answer) {
      await recorder.record(monitor.monitorId, new SkipMeasurement(skippedOf(monitor, head, answer.skipped, answer.rows), meta));
      return false;
    }
    const parts = partsOf(monitor, head, answer.measured, engine);
    await recorder.record(monitor.monitorId, new RecordMeasurement({ monitorId: monitor.monitorId, parts }, meta));
    return true;
  }

  /** Windows that a tick closed and that never had a row. */
  private async skipSilent(memory: MonitorMemory, state: MeasurementsState, asOf: AsOf, limit: number): Promise<number> {
    const { monitor, recorder } = this.parts;
    const { latenessMinutes } = monitor.definition;
    const windows = silentWindows(state.tick, state.windows.drift, { calendar: memory.calendar, latenessMinutes, limit });
    const silent = windows.filter(({ from }) => !memory.activity.has(from));
    for (const window of silent) {
      const head: RevisionHead = { kind: 'drift', window, revision: 1, reason: 'first', judged: true, asOf };
      await recorder.record(
        monitor.monitorId,
        new SkipMeasurement(skippedOf(monitor, head, 'no_data', 0), revisionMeta(monitor.monitorId, head)),
      );
    }
    return silent.length;
  }

  private async settle(steps: readonly Due[], state: MeasurementsState, asOf: AsOf): Promise<number> {
    const { monitor, recorder } = this.parts;
    let settled = 0;
    for (const kind of ['drift', 'performance'] as const) {
      const windows = steps
        .filter((due) => due.kind === kind && due.step.do === 'settle')
        .slice(0, 1000)
        .flatMap(({ window }) => {
          const known = state.windows[kind].get(window.from);
          return known ? [{ ...window, revision: known.revision, rows: known.rows, labelled: known.labelled }] : [];
        });
      const [first, last] = [windows[0], windows.at(-1)];
      if (!first || !last) continue;
      const meta = derivedMeta(monitor.monitorId, `settle:${kind}:${first.from}:${last.from}:${asOf.position}`);
      await recorder.record(monitor.monitorId, new SettleMeasurements({ monitorId: monitor.monitorId, kind, windows, asOf }, meta));
      settled += windows.length;
    }
    return settled;
  }

  private async finish(measured: number, asOf: AsOf): Promise<void> {
    const { monitor, recorder } = this.parts;
    const meta = derivedMeta(monitor.monitorId, `restated:${asOf.position}`);
    await recorder.record(monitor.monitorId, new FinishRestatement({ monitorId: monitor.monitorId, measured, asOf }, meta));
  }

  /** References that are spans of the log become fixed as soon as they are complete. */
  private async freeze(memory: MonitorMemory, state: MeasurementsState, log: { oldest: number; watermark: number }): Promise<void> {
    const { monitor, measurer, recorder } = this.parts;
    for (const choice of monitor.definition.references) {
      if (choice.kind !== 'first_days' && choice.kind !== 'frozen') continue;
      const referenceId = referenceIdOf(monitor.monitorId, choice);
      if (state.frozen.has(referenceId)) continue;
      const windows = choice.kind === 'frozen' ? frozenSpan(choice, log.watermark) : this.firstDays(memory, choice.days, log);
      if (!windows) continue;
      const { rows, digest } = await measurer.digestOf(monitor, windows);
      const data = { monitorId: monitor.monitorId, referenceId, kind: choice.kind, windows: [...windows], rows, digest };
      await recorder.record(monitor.monitorId, new FreezeReference(data, derivedMeta(monitor.monitorId, `freeze:${referenceId}`)));
    }
  }

  private firstDays(memory: MonitorMemory, days: number, log: { oldest: number; watermark: number }): readonly WindowSpan[] | undefined {
    const spans = [...memory.activity.values()].flatMap((active) => [...active.spans.keys()]).sort((a, b) => a - b);
    const found = new Map<number, WindowSpan>();
    for (const span of spans) {
      if (found.size > days + 1) break;
      const day = memory.calendar.dayAt(span);
      found.set(day.from, day);
    }
    return firstDays([...found.values()], days, { ...log, latenessMinutes: this.parts.monitor.definition.latenessMinutes });
  }
}

const frozenSpan = ({ from, until }: { from: number; until: number }, watermark: number): WindowSpan[] | undefined =>
  until <= watermark ? [{ from, until }] : undefined;
