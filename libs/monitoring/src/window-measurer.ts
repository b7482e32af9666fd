import { setImmediate as turn } from 'node:timers/promises';
import { type Deployments } from '#libs/deployments';
import { type Calendar } from './calendar.js';
import { sha256Of } from './digest.js';
import { type SkipReason } from './events.js';
import { askedFor, concludeWindow, measureWindow, type Prepared, preparing } from './measure.js';
import { type Evidence, type SubjectMeasurement, type WindowSpan } from './measurement.js';
import { type MeasurementsState } from './measurements-decider.js';
import { labelSamples, type LabelledWindows, measurePerformance } from './performance.js';
import { candidatesFor, chooseReference, type Chosen } from './reference.js';
import { type ActiveMonitor, type Measurement, referenceUsed } from './revision.js';
import { type SampleReader, type Scope } from './sample-reader.js';
import { type SubjectSamples } from './sample.js';
import { needsValues } from './scores.js';
import { ValuesBehindCounts } from './values-behind-counts.js';
import { type CountedWindows, type WordsBySubject } from './sampling.js';
import { type LabelledRow } from './label-samples.js';

/** What is known when a window is measured. */
export type Measuring = {
  readonly monitor: ActiveMonitor;
  readonly calendar: Calendar;
  readonly state: MeasurementsState;
  /** Highest position of the log that was projected. */
  readonly position: bigint;
};

/** A measurement, or why there is none. */
export type Answer =
  { readonly measured: Measurement } | { readonly skipped: SkipReason; readonly rows: number; readonly labelled?: number };

/** The labelled rows of a window, and their digest. */
type LabelledWindow = { readonly rows: readonly LabelledRow[]; readonly sha256: string };
/** Windows of labelled rows kept in memory; a day of 50,000 labels takes some 10 MiB. */
const KEPT_WINDOWS_MAX = 40;

/** Measures one closed window: reads its samples and those of its reference, and folds them. */
export class WindowMeasurer {
  private kept: { asOf: string; windows: Map<number, LabelledWindow> } = { asOf: '', windows: new Map() };

  constructor(
    private readonly reader: SampleReader,
    private readonly deployments: Deployments,
  ) {}

  /** `windowRows`: rows of the window whatever their segment, by which restatements are decided. */
  async drift(window: WindowSpan, windowRows: number, of: Measuring): Promise<Answer> {
    const { monitor, calendar, state } = of;
    const { definition } = monitor;
    const candidates = candidatesFor(monitor.monitorId, window, definition.references, { calendar, state });
    const compared = distinct([window, ...candidates.flatMap((candidate) => candidate.windows)]);
    const countable = this.reader.countable(compared, definition.selection);
    // From counts the other days cost little; from rows they would cost six times the measurement.
    const windows = countable ? distinct([...compared, ...candidates.flatMap(({ otherDays }) => otherDays.flat())]) : compared;
    const scope = { deploymentId: monitor.deploymentId, selection: definition.selection };
    const counted = countable ? await this.reader.counts(scope, windows) : undefined;
    const perWindow = counted?.rows ?? (await this.reader.rowsOf(scope, windows, of.position));
    const rowsOf = ({ from }: WindowSpan): number => perWindow[windows.findIndex((known) => known.from === from)] ?? 0;
    const rows = rowsOf(window);
    const stated = countable ? rows : windowRows;
    if (rows < definition.rowsMin) return { skipped: 'too_few_rows', rows: stated };
    // Rows of a window cannot be compared with counts of a file bucket by bucket.
    const usable = countable ? candidates : candidates.filter(({ imported }) => !imported);
    const chosen = chooseReference(usable, rowsOf, definition.rowsMin);
    if (!chosen) return { skipped: 'no_reference', rows: stated };
    const found = counted ? await this.fromCounts(counted, window, chosen, of) : await this.fromRows(window, chosen, of);
    const wanted = definition.subjects ? found.samples.filter(({ subject }) => definition.subjects?.includes(subject)) : found.samples;
    const prepared: Prepared[] = [];
    for (const samples of wanted) prepared.push(await inTurns(preparing(await found.withValues(samples), definition, sha256Of)));
    const { subjects, judged, referenceDigest } = concludeWindow(prepared, definition.judgement, sha256Of);
    const all = [...subjects, volumeOf(rows, chosen.used.map(rowsOf))];
    const reference = referenceUsed(chosen, rowsOf, referenceDigest);
    return { measured: { subjects: all, judged, reference, rows: stated, evidence: { ...found.positions, ...evidenceOf(all) } } };
  }

  async performance(window: WindowSpan, rows: number, of: Measuring): Promise<Answer> {
    const { monitor, calendar, state, position } = of;
    const { definition } = monitor;
    const scope = { deploymentId: monitor.deploymentId, selection: definition.selection };
    const current = await this.labelled(scope, window, position);
    // Labels are counted for all segments; of the one that is watched there may be too few.
    if (current.rows.length < definition.rowsMin) return { skipped: 'too_few_labels', rows, labelled: current.rows.length };
    const candidates = candidatesFor(monitor.monitorId, window, definition.references, { calendar, state }).filter(
      ({ imported }) => !imported,
    );
    const read = new Map<number, LabelledWindow>();
    for (const earlier of distinct(candidates.flatMap((candidate) => candidate.windows))) {
      read.set(earlier.from, await this.labelled(scope, earlier, position));
    }
    const labelledOf = ({ from }: WindowSpan): number => read.get(from)?.rows.length ?? 0;
    const chosen = chooseReference(candidates, labelledOf, definition.rowsMin);
    const used = (chosen?.used ?? []).flatMap(({ from }) => read.get(from) ?? []);
    const labelled: LabelledWindows = { current: current.rows, windows: used.map(({ rows: its }) => its) };
    const referenceDigest = sha256Of(used.map(({ sha256 }) => sha256));
    const metrics = measurePerformance(labelled, definition.performance, definition.judgement, sha256Of([current.sha256, referenceDigest]));
    const labels = chosen ? measureWindow([labelSamples(labelled)], definition, sha256Of).subjects : [];
    const subjects = [...metrics, ...labels];
    const reference = chosen && referenceUsed(chosen, labelledOf, referenceDigest);
    const judged = subjects.filter(({ judgement }) => judgement).length;
    const positions = positionsOf([labelled.current, ...labelled.windows].flat());
    return {
      measured: { subjects, judged, reference, rows, labelled: current.rows.length, evidence: { ...positions, ...evidenceOf(subjects) } },
    };
  }

  /** Labelled rows as of a position. Kept while the position stays: the same week serves as reference to the four after it. */
  private async labelled(scope: Scope, window: WindowSpan, position: bigint): Promise<LabelledWindow> {
    const asOf = JSON.stringify([scope, position.toString()]);
    if (this.kept.asOf !== asOf || this.kept.windows.size >= KEPT_WINDOWS_MAX) this.kept = { asOf, windows: new Map() };
    const known = this.kept.windows.get(window.from);
    if (known) return known;
    const rows = await this.reader.labelledRows(scope, window, position);
    const read = { rows, sha256: sha256Of([JSON.stringify(rows)]) };
    this.kept.windows.set(window.from, read);
    return read;
  }

  /** Digest of the counts of a span, for freezing it. */
  async digestOf(monitor: ActiveMonitor, windows: readonly WindowSpan[]): Promise<{ rows: number; digest: string }> {
    const scope = { deploymentId: monitor.deploymentId, selection: monitor.definition.selection };
    const counted = await this.reader.counts(scope, windows);
    const parts = counted.subjects.flatMap((subject) =>
      windows.flatMap((_, window) =>
        counted
          .rowsOf(subject, window)
          .flatMap((row) => [`${subject} ${row.grid} ${window}`, Float64Array.from(row.buckets), Float64Array.from(row.counts)]),
      ),
    );
    return { rows: counted.rows.reduce((sum, rows) => sum + rows, 0), digest: sha256Of(parts) };
  }

  private async fromCounts(counted: CountedWindows, window: WindowSpan, chosen: Chosen, { monitor }: Measuring): Promise<Found> {
    const scope = { deploymentId: monitor.deploymentId, selection: monitor.definition.selection };
    const indexOf = ({ from }: WindowSpan): number => counted.windows.findIndex((known) => known.from === from);
    const comparison = {
      current: indexOf(window),
      reference: chosen.used.map(indexOf),
      otherDays: chosen.otherDays.map((weekday) => weekday.map(indexOf)),
      imported: chosen.imported,
    };
    const subjects = monitor.definition.subjects
      ? counted.subjects.filter((subject) => monitor.definition.subjects?.includes(subject))
      : counted.subjects;
    const samples = await this.reader.fromCounts(scope, counted, comparison, { subjects, words: await this.wordsOf(monitor.deploymentId) });
    const behind = new ValuesBehindCounts(this.reader, scope, counted.positionTo);
    const wanted = needsValues(askedFor('numeric', monitor.definition));
    return {
      samples,
      withValues: (one) => (wanted ? behind.beside(one, { current: window, reference: chosen.used }) : Promise.resolve(one)),
      positions: { positionFrom: counted.positionFrom.toString(), positionTo: counted.positionTo.toString() },
    };
  }

  private async fromRows(window: WindowSpan, chosen: Chosen, { monitor, position }: Measuring): Promise<Found> {
    const scope = { deploymentId: monitor.deploymentId, selection: monitor.definition.selection };
    const { samples } = await this.reader.fromRows(scope, [window, ...chosen.used], position);
    const withValues = (one: SubjectSamples): Promise<SubjectSamples> => Promise.resolve(one);
    return { samples, withValues, positions: { positionFrom: '0', positionTo: position.toString() } };
  }

  private async wordsOf(deploymentId: string): Promise<WordsBySubject> {
    const state = await this.deployments.stateOf(deploymentId);
    if (state.status === 'unknown') return new Map();
    return new Map([...state.words].map(([subject, words]) => [subject, new Map([...words].map(([word, bucket]) => [bucket, word]))]));
  }
}

/** Runs steps to their end; predictions that come in have their turn at each pause. */
const inTurns = async <T>(steps: Generator<'pause', T, undefined>): Promise<T> => {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await turn();
  }
};

type Positions = Pick<Evidence, 'positionFrom' | 'positionTo'>;
type Found = {
  readonly samples: readonly SubjectSamples[];
  /** Adds values where methods need them that counts do not serve. One subject at a time: the values of all would not fit in memory. */
  readonly withValues: (samples: SubjectSamples) => Promise<SubjectSamples>;
  readonly positions: Positions;
};

const distinct = (windows: readonly WindowSpan[]): WindowSpan[] => [...new Map(windows.map((window) => [window.from, window])).values()];

const evidenceOf = (subjects: readonly SubjectMeasurement[]): Pick<Evidence, 'mode' | 'sha256'> => {
  const modes = new Set(subjects.filter(({ form }) => form !== 'volume').map(({ mode }) => mode));
  const [only = 'buckets'] = modes;
  return { mode: modes.size > 1 ? 'mixed' : only, sha256: sha256Of(subjects.map(({ sha256 }) => sha256)) };
};

const positionsOf = (rows: readonly LabelledRow[]): Positions => {
  let [low, high] = [2n ** 64n, 0n];
  for (const { predictedIn, pairedAt } of rows) {
    const [from, to] = [BigInt(predictedIn), BigInt(pairedAt)];
    low = from < low ? from : low;
    high = to > high ? to : high;
  }
  return { positionFrom: (rows.length === 0 ? 0n : low).toString(), positionTo: high.toString() };
};

/** How much traffic there was, beside the mean of the reference windows. Shown, not judged. */
const volumeOf = (rows: number, windows: readonly number[]): SubjectMeasurement => {
  const total = windows.reduce((sum, count) => sum + count, 0);
  const mean = windows.length === 0 ? rows : total / windows.length;
  return {
    subject: 'volume',
    form: 'volume',
    mode: 'buckets',
    reference: { rows: total, counted: total },
    current: { rows, counted: rows },
    scores: [{ method: 'rows', version: 1, score: rows, parameters: { referenceMean: mean, windows: [...windows] } }],
    direction: rows > mean ? 'higher' : rows < mean ? 'lower' : 'same',
    contributions: [],
    sha256: sha256Of(['volume', Float64Array.from([rows, ...windows])]),
  };
};
