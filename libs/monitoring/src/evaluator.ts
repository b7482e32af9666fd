import { Injectable } from '@nestjs/common';
import { ClickHouse } from '#libs/clickhouse';
import { Deployments } from '#libs/deployments';
import { CommandRunner, EventCodec, EventStore } from '#libs/event-store';
import { RecordTick } from './commands.js';
import { MonitorDefinition } from './definition.js';
import { DefinitionUpgrade } from './definition-upgrade.js';
import { type Engine } from './measurement.js';
import { MonitorPass, type PassResult } from './monitor-pass.js';
import { type MonitorMemory, newMemory } from './monitor-memory.js';
import { Monitors } from './queries.js';
import { type ActiveMonitor, derivedMeta } from './revision.js';
import { SampleReader } from './sample-reader.js';
import { tickDue } from './windows.js';
import { WindowMeasurer } from './window-measurer.js';
import { Recorder } from './recorder.js';

/** Which engine computes; recorded with every measurement. */
export abstract class MeasuringEngine {
  abstract readonly engine: Engine;
}

/** The engine of this process. */
export class ProcessEngine extends MeasuringEngine {
  readonly engine: Engine;

  /** @param version of Driftledger */
  constructor(version: string) {
    super();
    this.engine = { driftledger: version, v8: process.versions.v8, tz: process.versions['tz'] ?? '' };
  }
}

/** Most windows of one monitor measured in one pass; the rest follows in the next. */
const WINDOWS_PER_PASS = 25;

/**
 * Measures what is due, one window after another. It holds no state that is not in the log or the counts: killed and started again at any
 * moment it goes on where it was, and a revision that was recorded already is recognised by the id of its command.
 */
@Injectable()
export class Evaluator {
  private readonly memories = new Map<string, MonitorMemory>();
  private readonly recorder: Recorder;
  private readonly reader: SampleReader;
  private readonly measurer: WindowMeasurer;
  private readonly upgrade: DefinitionUpgrade;
  private turn: Promise<unknown> = Promise.resolve();
  private isMine: (monitorId: string) => boolean = () => true;

  constructor(
    private readonly clickhouse: ClickHouse,
    store: EventStore,
    codec: EventCodec,
    private readonly measuring: MeasuringEngine,
  ) {
    const runner = new CommandRunner(store, codec);
    this.recorder = new Recorder(runner, store, codec);
    this.upgrade = new DefinitionUpgrade(runner, store, codec);
    this.reader = new SampleReader(clickhouse);
    this.measurer = new WindowMeasurer(this.reader, new Deployments(store, codec));
  }

  /** Leaves every other monitor to other processes. Asked again before each monitor's turn, so that a share may shrink in the middle of a pass. */
  measureOnly(isMine: (monitorId: string) => boolean): void {
    this.isMine = isMine;
  }

  /** Resolves when what is under way now is done. */
  async settled(): Promise<void> {
    await this.turn;
  }

  /**
   * Measures every window that is due with what is projected up to a position. Call again while `more` is true.
   * @throws the first error of the stores, after every other monitor had its turn: a window is never passed over because of an error
   */
  async advance(projected: bigint, limit = WINDOWS_PER_PASS): Promise<PassResult> {
    const total = { measured: 0, skipped: 0, settled: 0, more: false, delayMs: 0 };
    await this.forEachMonitor(async (found) => {
      const monitor = await this.upgrade.of(found);
      const result = await this.passOf(monitor).run(this.memoryOf(monitor), projected, limit);
      total.measured += result.measured;
      total.skipped += result.skipped;
      total.settled += result.settled;
      total.more ||= result.more;
      total.delayMs = Math.max(total.delayMs, result.delayMs);
    });
    return total;
  }

  /**
   * Tells the time to monitors of live deployments that are silent; returns how many ticks were recorded. Call every few minutes, then
   * `advance`.
   */
  async tick(projected: bigint, now: number): Promise<number> {
    let ticks = 0;
    await this.forEachMonitor(async (monitor) => {
      const log = await this.reader.logTime(monitor.deploymentId, projected);
      const { tick: last } = await this.recorder.stateOf(monitor.monitorId);
      const { calendar } = this.memoryOf(monitor);
      const tick = log && tickDue(log, last, now, { calendar, latenessMinutes: monitor.definition.latenessMinutes });
      if (!tick) return;
      const data = { monitorId: monitor.monitorId, deploymentId: monitor.deploymentId, ...tick };
      await this.recorder.record(monitor.monitorId, new RecordTick(data, derivedMeta(monitor.monitorId, `tick:${tick.at}`)));
      ticks += 1;
    });
    return ticks;
  }

  /**
   * Counts what came for windows after they were settled; returns for how many there is more than was counted before. Call every few
   * minutes: each call records at most one event for each kind and monitor, however many requests were late.
   */
  async countLate(projected: bigint): Promise<number> {
    let windows = 0;
    await this.forEachMonitor(async (monitor) => {
      windows += await this.passOf(monitor).countLate(this.memoryOf(monitor), projected);
    });
    return windows;
  }

  private passOf(monitor: ActiveMonitor): MonitorPass {
    const { reader, measurer, recorder, measuring } = this;
    return new MonitorPass({ monitor, reader, measurer, recorder, engine: measuring.engine });
  }

  /** One after another. A monitor that fails does not keep the others from their turn. */
  private forEachMonitor(work: (monitor: ActiveMonitor) => Promise<void>): Promise<void> {
    return this.inTurn(async () => {
      const errors: unknown[] = [];
      for (const monitor of await this.activeMonitors())
        if (this.isMine(monitor.monitorId)) await work(monitor).catch((error: unknown) => errors.push(error));
      if (errors.length > 0) throw errors[0];
    });
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async activeMonitors(): Promise<ActiveMonitor[]> {
    const rows = await this.clickhouse.query(Monitors, { monitorIds: [], deploymentId: null, afterName: '', limit: 100_000 });
    return rows
      .filter(({ status }) => status === 'active')
      .map(({ monitorId, name, deploymentId, deployment, definitionVersion, definition }) => ({
        ...{ monitorId, name, deploymentId, deployment, definitionVersion },
        definition: MonitorDefinition.parse(JSON.parse(definition)),
      }));
  }

  /** What was read of a monitor's deployment; read anew when the definition changes. */
  private memoryOf(monitor: ActiveMonitor): MonitorMemory {
    const known = this.memories.get(monitor.monitorId);
    if (known?.definitionVersion === monitor.definitionVersion) return known;
    const fresh = newMemory(monitor);
    this.memories.set(monitor.monitorId, fresh);
    return fresh;
  }
}
