import { Injectable } from '@nestjs/common';
import { ClickHouse } from '#libs/clickhouse';
import { Deployments } from '#libs/deployments';
import { CommandRunner, EventCodec, EventStore } from '#libs/event-store';
import { calendarOf, type Calendar } from './calendar.js';
import { MonitorDefinition } from './definition.js';
import { CountedUpTo } from './live-queries.js';
import { besideReference, type LiveContext, type LiveWindow, liveWindowOf, openWindow, referenceWindows } from './live-window.js';
import { Monitors } from './queries.js';
import { Recorder } from './recorder.js';
import { type ActiveMonitor } from './revision.js';
import { SampleReader } from './sample-reader.js';
import { type CountedWindows, type WordsBySubject } from './sampling.js';

/** A feed of an open window gives it at most this often. */
export const LIVE_EVERY_MS = 1_000;
/** Whoever asks within this time shares an answer: shorter than a feed's pause, so that no feed shows the same twice. */
const SHARED_MS = 500;
/** A window that takes long to compute rests for so many times as long: looking at it leaves the process to its work. */
const REST = 4;
/** Counts of the reference are read again this often: late rows change them slowly. */
const REFERENCE_EVERY_MS = 60_000;
/** Monitors of which the last answer is kept. */
const REMEMBERED_MAX = 1_000;

/** `none`: there is such a monitor, and nothing to show yet. */
export type LiveAnswer =
  { readonly kind: 'unknown' } | { readonly kind: 'none' } | { readonly kind: 'window'; readonly live: LiveWindow; readonly key: string };

type Kept = {
  readonly definitionVersion: number;
  readonly calendar: Calendar;
  readonly last: Extract<LiveAnswer, { kind: 'window' }> | undefined;
  readonly reference: { readonly key: string; readonly at: number; readonly counted: CountedWindows | undefined } | undefined;
};

/**
 * Open windows of monitors, counted so far. Nothing is recorded and nothing is computed twice: those who ask at about the same time
 * share one answer, and while no new batch is counted the last one stands.
 */
@Injectable()
export class LiveWindows {
  private readonly reader: SampleReader;
  private readonly recorder: Recorder;
  private readonly deployments: Deployments;
  private readonly answers = new Map<string, { readonly freshUntil: number; readonly answer: Promise<LiveAnswer> }>();
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly clickHouse: ClickHouse,
    store: EventStore,
    codec: EventCodec,
  ) {
    this.reader = new SampleReader(clickHouse);
    this.recorder = new Recorder(new CommandRunner(store, codec), store, codec);
    this.deployments = new Deployments(store, codec);
  }

  /** The open window of a monitor: half a second old at most, or four times as old as it took to compute. */
  now(monitorId: string): Promise<LiveAnswer> {
    const known = this.answers.get(monitorId);
    if (known && performance.now() < known.freshUntil) return known.answer;
    // Monitors come and go; those that nobody has asked for longest are forgotten.
    if (!known && this.answers.size >= REMEMBERED_MAX) this.forget();
    const began = performance.now();
    const answer = this.look(monitorId);
    const asked = { freshUntil: Infinity, answer };
    this.answers.delete(monitorId);
    this.answers.set(monitorId, asked);
    answer.then(
      () => (asked.freshUntil = performance.now() + Math.max(SHARED_MS, REST * (performance.now() - began))),
      () => this.answers.delete(monitorId),
    );
    return answer;
  }

  private forget(): void {
    const [oldest] = this.answers.keys();
    if (oldest === undefined) return;
    this.answers.delete(oldest);
    this.kept.delete(oldest);
  }

  private async look(monitorId: string): Promise<LiveAnswer> {
    const monitor = await this.monitor(monitorId);
    if (!monitor) return { kind: 'unknown' };
    const [counts] = await this.clickHouse.query(CountedUpTo, { deploymentId: monitor.deploymentId });
    const position = counts?.head ?? 0n;
    const log = await this.reader.logTime(monitor.deploymentId, position);
    if (!log) return { kind: 'none' };
    const kept = this.keptOf(monitor);
    const state = await this.recorder.stateOf(monitorId);
    const window = openWindow(log, { monitor, calendar: kept.calendar, state });
    const key = `${monitor.definitionVersion} ${window.from} ${position}`;
    if (kept.last?.key === key) return kept.last;
    const context: LiveContext = { monitor, calendar: kept.calendar, state, words: await this.wordsOf(monitor.deploymentId), position };
    const current = await this.reader.counts({ deploymentId: monitor.deploymentId, selection: monitor.definition.selection }, [window]);
    const reference = await this.referenceOf(kept, window, context);
    const live = await liveWindowOf(this.reader, besideReference(current, reference.counted), context);
    const last = { kind: 'window', live, key } as const;
    this.kept.set(monitorId, { ...kept, last, reference });
    return last;
  }

  private keptOf({ monitorId, definitionVersion, definition }: ActiveMonitor): Kept {
    const kept = this.kept.get(monitorId);
    if (kept?.definitionVersion === definitionVersion) return kept;
    const calendar = calendarOf(definition.timeZone, definition.windowMinutes);
    return { definitionVersion, calendar, last: undefined, reference: undefined };
  }

  private async referenceOf(
    { reference: known }: Kept,
    window: LiveWindow['window'],
    context: LiveContext,
  ): Promise<NonNullable<Kept['reference']>> {
    const windows = referenceWindows(window, context);
    const key = JSON.stringify([window, windows]);
    if (known?.key === key && performance.now() - known.at < REFERENCE_EVERY_MS) return known;
    const { deploymentId, definition } = context.monitor;
    const counted = windows.length === 0 ? undefined : await this.reader.counts({ deploymentId, selection: definition.selection }, windows);
    return { key, at: performance.now(), counted };
  }

  private async monitor(monitorId: string): Promise<ActiveMonitor | undefined> {
    const [row] = await this.clickHouse.query(Monitors, { monitorIds: [monitorId], deploymentId: null, afterName: '', limit: 1 });
    if (!row) return undefined;
    const { name, deploymentId, deployment, definitionVersion, definition } = row;
    return { monitorId, name, deploymentId, deployment, definitionVersion, definition: MonitorDefinition.parse(JSON.parse(definition)) };
  }

  private async wordsOf(deploymentId: string): Promise<WordsBySubject> {
    const state = await this.deployments.stateOf(deploymentId);
    if (state.status === 'unknown') return new Map();
    return new Map([...state.words].map(([subject, words]) => [subject, new Map([...words].map(([word, bucket]) => [bucket, word]))]));
  }
}
