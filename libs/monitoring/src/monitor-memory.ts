import { calendarOf, type Calendar } from './calendar.js';
import { type WindowSpan } from './measurement.js';
import { type ActiveMonitor } from './revision.js';

/** How many predictions of a window have a label, and how many got one or another one since a position. */
export type LabelFacts = { readonly labelled: number; readonly fresh: number };

/**
 * What has been read of a deployment so far. Only a shortcut: an empty memory gives the same measurements. It grows by some fifty bytes
 * for each five minutes with rows, or each day where windows are whole days of UTC.
 */
export type MonitorMemory = {
  readonly definitionVersion: number;
  readonly calendar: Calendar;
  /** Rows by window start and span. */
  readonly activity: Map<number, { readonly window: WindowSpan; readonly spans: Map<number, number> }>;
  /** Where the newest label of a window stands in the log, by window start. */
  readonly labelled: Map<number, bigint>;
  /** Labels as they were counted: since which position, and with which newest label. */
  readonly labels: Map<number, LabelFacts & { readonly since: bigint; readonly newest: bigint }>;
  rowsSeen: bigint;
  labelsSeen: bigint;
  labelsRecordedAt: number;
};

/** Nothing read yet. */
export const newMemory = ({ definition, definitionVersion }: ActiveMonitor): MonitorMemory => ({
  definitionVersion,
  calendar: calendarOf(definition.timeZone, definition.windowMinutes),
  activity: new Map(),
  labelled: new Map(),
  labels: new Map(),
  rowsSeen: 0n,
  labelsSeen: 0n,
  labelsRecordedAt: 0,
});

/** Rows of the window that begins here, as far as they were counted. */
export const rowsIn = (memory: MonitorMemory, from: number): number => {
  let rows = 0;
  for (const count of memory.activity.get(from)?.spans.values() ?? []) rows += count;
  return rows;
};
