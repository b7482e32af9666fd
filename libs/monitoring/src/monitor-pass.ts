import {
  CountLateArrivals,
  FinishRestatement,
  FreezeReference,
  RecordMeasurement,
  SettleMeasurements,
  SkipMeasurement,
} from './commands.js';
import { type Due, DueWindows, type Look } from './due-windows.js';
import { type AsOf, type Engine, type WindowSpan } from './measurement.js';
import { type MeasurementsState } from './measurements-decider.js';
import { type MonitorMemory } from './monitor-memory.js';
import { type Recorder } from './recorder.js';
import { firstDays, referenceIdOf } from './reference.js';
import { type ActiveMonitor, derivedMeta, partsOf, revisionMeta, type RevisionHead, skippedOf } from './revision.js';
import { type SampleReader } from './sample-reader.js';
import { type Answer, type WindowMeasurer } from './window-measurer.js';
import { watermarkOf } from './windows.js';

/** What a pass did. `more`: the limit was reached and windows are still due. `delayMs`: how long the oldest new window was due, 0 for none. */
export type PassResult = {
  readonly measured: number;
  readonly skipped: number;
  readonly settled: number;
  readonly more: boolean;
  readonly delayMs: number;
};

/** What a pass works with. */
export type PassParts = {
  readonly monitor: ActiveMonitor;
  readonly reader: SampleReader;
  readonly measurer: WindowMeasurer;
  readonly recorder: Recorder;
  readonly engine: Engine;
};

/** Most windows that one event settles or counts late arrivals of. */
const WINDOWS_PER_EVENT = 1_000;

/** One look at one monitor: what is new, what is due, measured in the order of the windows. */
export class MonitorPass {
  private readonly windows: DueWindows;

  constructor(private readonly parts: PassParts) {
    this.windows = new DueWindows(parts.monitor, parts.reader);
  }

  async run(memory: MonitorMemory, position: bigint, limit: number): Promise<PassResult> {
    const look = await this.look(memory, position, limit);
    if (!look) return { measured: 0, skipped: 0, settled: 0, more: false, delayMs: 0 };
    const { state, asOf } = look;
    const steps = [...this.windows.drift(look), ...(await this.windows.performance(look))];
    const work = steps.filter(({ step }) => step.do !== 'settle');
    const counts = { measured: 0, skipped: 0 };
    for (const due of work.slice(0, limit)) counts[await this.carryOut(look, due)] += 1;
    const settled = await this.settle(steps, state, asOf);
    const more = work.length > limit;
    if (state.restatementRequested && !more) await this.finish(counts.measured, look);
    return { ...counts, settled, more, delayMs: delayOf(work, asOf) };
  }

  /** Counts what came for settled windows and is in no measurement; returns how many windows have more of it than was counted before. */
  async countLate(memory: MonitorMemory, position: bigint): Promise<number> {
    const look = await this.look(memory, position, 0);
    if (!look) return 0;
    const { monitor, recorder } = this.parts;
    let counted = 0;
    for (const kind of ['drift', 'performance'] as const) {
      const windows = (await this.windows.late(look, kind)).slice(0, WINDOWS_PER_EVENT);
      if (windows.length === 0) continue;
      const meta = derivedMeta(monitor.monitorId, `late:${kind}:${position}`);
      await recorder.record(
        monitor.monitorId,
        new CountLateArrivals({ monitorId: monitor.monitorId, kind, windows, asOf: look.asOf }, meta),
      );
      counted += windows.length;
    }
    return counted;
  }

  /** What is known at a position; undefined while the deployment has no predictions. References that are complete are frozen first. */
  private async look(memory: MonitorMemory, position: bigint, limit: number): Promise<Look | undefined> {
    const { monitor, reader, recorder } = this.parts;
    const log = await reader.logTime(monitor.deploymentId, position);
    if (!log) return undefined;
    const before = await recorder.stateOf(monitor.monitorId);
    const watermark = watermarkOf(log, before.tick, monitor.definition.latenessMinutes);
    await this.windows.look(memory, position);
    const recordedAt = Math.max(log.recordedAt, memory.labelsRecordedAt, before.tick?.at ?? 0);
    await this.freeze(memory, before, { oldest: log.oldest, watermark });
    const state = await recorder.stateOf(monitor.monitorId);
    return { memory, state, asOf: { position: position.toString(), watermark, recordedAt }, position, limit };
  }

  private async carryOut({ memory, asOf, position }: Look, { kind, window, rows, step }: Due): Promise<'measured' | 'skipped'> {
    const { monitor, measurer, recorder, engine } = this.parts;
    if (step.do === 'settle') throw new Error('windows settle together');
    const state = await recorder.stateOf(monitor.monitorId);
    const revision = (state.windows[kind].get(window.from)?.revision ?? 0) + 1;
    const head: RevisionHead = { kind, window, revision, reason: step.reason, judged: step.judged, asOf };
    const meta = revisionMeta(monitor.monitorId, head);
    const of = { monitor, calendar: memory.calendar, state, position };
    const measure = (): Promise<Answer> => (kind === 'drift' ? measurer.drift(window, rows, of) : measurer.performance(window, rows, of));
    const labelled = kind === 'performance' ? { labelled: memory.labels.get(window.from)?.labelled ?? 0 } : {};
    const answer: Answer = step.do === 'skip' ? { skipped: step.skipped, rows, ...labelled } : await measure();
    if ('skipped' in answer) {
      await recorder.record(monitor.monitorId, new SkipMeasurement(skippedOf(monitor, head, answer), meta));
      return 'skipped';
    }
    const measured = step.do === 'measure' && step.unjudged ? { ...answer.measured, unjudged: step.unjudged } : answer.measured;
    const parts = partsOf(monitor, head, measured, engine);
    await recorder.record(monitor.monitorId, new RecordMeasurement({ monitorId: monitor.monitorId, parts }, meta));
    return 'measured';
  }

  private async settle(steps: readonly Due[], state: MeasurementsState, asOf: AsOf): Promise<number> {
    const { monitor, recorder } = this.parts;
    let settled = 0;
    for (const kind of ['drift', 'performance'] as const) {
      const windows = steps
        .filter((due) => due.kind === kind && due.step.do === 'settle')
        .slice(0, WINDOWS_PER_EVENT)
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

  /** The id counts the requests: two that are served at one position of the log are two. */
  private async finish(measured: number, { state, asOf }: Look): Promise<void> {
    const { monitor, recorder } = this.parts;
    const meta = derivedMeta(monitor.monitorId, `restated:${asOf.position}:${state.restatementsFinished}`);
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

/** By the clock of the log, so that a replay of old predictions is not taken for a slow evaluator. Restatements are not waited for. */
const delayOf = (work: readonly Due[], { watermark }: AsOf): number =>
  work.reduce((most, { kind, window, step }) => {
    const isNew = kind === 'drift' && step.do !== 'settle' && step.reason === 'first';
    return isNew ? Math.max(most, watermark - window.until) : most;
  }, 0);

const frozenSpan = ({ from, until }: { from: number; until: number }, watermark: number): WindowSpan[] | undefined =>
  until <= watermark ? [{ from, until }] : undefined;
