import { VOLUME } from '#libs/predictions';
import { type Calendar } from './calendar.js';
import { type Digest } from './digest.js';
import { measureWindow } from './measure.js';
import { type SubjectMeasurement, type WindowSpan } from './measurement.js';
import { type MeasurementsState } from './measurements-decider.js';
import { candidatesFor, chooseReference, type Chosen } from './reference.js';
import { type ActiveMonitor } from './revision.js';
import { type SampleReader, type Scope } from './sample-reader.js';
import { CountedWindows, type WordsBySubject } from './sampling.js';
import { type LogTime, watermarkOf } from './windows.js';

/** One subject of an open window. */
export type LiveSubject = {
  readonly subject: string;
  /** Rows with a countable value so far. */
  readonly counted: number;
  /** What would be judged if the window ended now; absent where there is no score yet. */
  readonly measured: SubjectMeasurement | undefined;
};

/** Why no subject has a score. `segment`: windows of a segment are measured from rows, once they are closed. */
export type WithoutScores = 'no_reference' | 'segment';

/** A window that is still open, as counted up to a position. Never recorded. */
export type LiveWindow = {
  readonly window: WindowSpan;
  readonly position: bigint;
  readonly rows: number;
  readonly rowsMin: number;
  readonly reference: Chosen | undefined;
  readonly withoutScores: WithoutScores | undefined;
  readonly subjects: readonly LiveSubject[];
};

/** What is known when an open window is looked at. */
export type LiveContext = {
  readonly monitor: ActiveMonitor;
  readonly calendar: Calendar;
  readonly state: MeasurementsState;
  readonly words: WordsBySubject;
  readonly position: bigint;
};

/** The window that is filling: the one of the newest prediction, or of the time that has come where a silent deployment had ticks. */
export const openWindow = (log: LogTime, { monitor, calendar, state }: Omit<LiveContext, 'words' | 'position'>): WindowSpan =>
  calendar.windowAt(Math.max(log.newest, watermarkOf(log, state.tick, monitor.definition.latenessMinutes)));

/** Windows an open one could be compared with. */
export const referenceWindows = (window: WindowSpan, { monitor, calendar, state }: LiveContext): WindowSpan[] => {
  const candidates = candidatesFor(monitor.monitorId, window, monitor.definition.references, { calendar, state });
  const all = candidates.flatMap(({ windows, otherDays }) => [...windows, ...otherDays.flat()]).filter(({ from }) => from !== window.from);
  return [...new Map(all.map((one) => [one.from, one])).values()];
};

/** Counts of an open window beside those of its reference, which are read more rarely. */
export const besideReference = (current: CountedWindows, reference: CountedWindows | undefined): CountedWindows => {
  const rowsOf = (counted: CountedWindows, shift: number) =>
    [VOLUME, ...counted.subjects].flatMap((subject) =>
      counted.windows.flatMap((_, index) => counted.rowsOf(subject, index).map((row) => ({ ...row, window: row.window + shift }))),
    );
  if (!reference) return current;
  const shift = current.windows.length;
  return new CountedWindows([...current.windows, ...reference.windows], [...rowsOf(current, 0), ...rowsOf(reference, shift)]);
};

/**
 * An open window as it stands: the same counts, bins and gates as a measurement, from counts alone and with the judging score only, so
 * that it can be asked for every second. A part of a window is compared with whole windows.
 */
export const liveWindowOf = async (reader: SampleReader, counted: CountedWindows, context: LiveContext): Promise<LiveWindow> => {
  const { monitor, calendar, state, position } = context;
  const { definition } = monitor;
  const [window] = counted.windows;
  if (!window) throw new TypeError('an open window needs its counts');
  const rowsOf = ({ from }: WindowSpan): number => counted.rows[counted.windows.findIndex((known) => known.from === from)] ?? 0;
  const candidates = candidatesFor(monitor.monitorId, window, definition.references, { calendar, state });
  const chosen = chooseReference(candidates, rowsOf, definition.rowsMin);
  const subjects = counted.subjects.filter((subject) => definition.subjects?.includes(subject) ?? true);
  const rows = rowsOf(window);
  const head = { window, position, rows, rowsMin: definition.rowsMin, reference: chosen };
  const withoutScores = reader.countable(counted.windows, definition.selection) ? (chosen ? undefined : 'no_reference') : 'segment';
  if (withoutScores !== undefined || !chosen)
    return { ...head, withoutScores, subjects: subjects.map((subject) => bare(counted, subject)) };
  const measured = await scored(reader, counted, { chosen, subjects }, context);
  return { ...head, withoutScores, subjects: subjects.map((subject) => ({ ...bare(counted, subject), measured: measured.get(subject) })) };
};

const bare = (counted: CountedWindows, subject: string): LiveSubject => ({
  subject,
  counted: counted.rowsOf(subject, 0).reduce((sum, row) => sum + row.counted, 0),
  measured: undefined,
});

/** What is not recorded needs no proof of what it was made from. */
const NOT_RECORDED: Digest = () => '';

/** Subjects with rows on another grid would need their rows read again: they are left to the measurement of the closed window. */
const scored = async (
  reader: SampleReader,
  counted: CountedWindows,
  of: { chosen: Chosen; subjects: readonly string[] },
  { monitor, words }: LiveContext,
): Promise<ReadonlyMap<string, SubjectMeasurement>> => {
  const { definition, deploymentId } = monitor;
  const scope: Scope = { deploymentId, selection: definition.selection };
  const indexOf = ({ from }: WindowSpan): number => counted.windows.findIndex((known) => known.from === from);
  const reference = of.chosen.used.map(indexOf);
  const otherDays = of.chosen.otherDays.map((weekday) => weekday.map(indexOf));
  const subjects = of.subjects.filter((subject) => {
    const grid = counted.gridFor(subject, [0, ...reference]);
    return grid !== undefined && !counted.hasOtherGrids(subject, grid, [0, ...reference]);
  });
  const comparison = { current: 0, reference, otherDays, imported: of.chosen.imported };
  const samples = await reader.fromCounts(scope, counted, comparison, { subjects, words });
  const judging = { judges: definition.judges, shown: { numeric: [], categorical: [] }, judgement: definition.judgement };
  return new Map(measureWindow(samples, judging, NOT_RECORDED).subjects.map((measured) => [measured.subject, measured]));
};
