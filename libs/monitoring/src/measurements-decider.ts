import { accept, refuse, unreachable, type Decider, type Decision, type Refusal } from '#libs/kernel';
import { type EventOf } from '#libs/event-store';
import { type MeasurementCommand, type MeasurementRefusal } from './commands.js';
import {
  LateArrivalsCounted,
  MeasurementRecorded,
  MeasurementSkipped,
  MeasurementsSettled,
  ReferenceFrozen,
  ReferenceImported,
  RestatementFinished,
  RestatementRequested,
  WindowTick,
  type MeasurementEvent,
} from './events.js';
import { type AsOf, type MeasurementKind, type WindowSpan } from './measurement.js';
import { WindowStates } from './window-states.js';

/** The last revision of one window, and what must be known of the first. */
export type WindowState = {
  readonly until: number;
  readonly revision: number;
  readonly rows: number;
  readonly labelled: number;
  readonly judged: boolean;
  readonly settled: boolean;
  /** What came since the last revision of a settled window, as it was last counted. */
  readonly late: number;
  readonly first: AsOf;
  readonly last: AsOf;
};

/** A span that was frozen as a reference. */
export type FrozenReference = { readonly referenceId: string; readonly windows: readonly WindowSpan[]; readonly digest: string };
type Imported = EventOf<typeof ReferenceImported>['data'];
/** A file that was imported as a reference, all parts together. */
export type ImportedReference = Pick<Imported, 'referenceId' | 'name' | 'rows' | 'digest' | 'windows' | 'subjects'>;

/** Everything measured by one monitor, as far as deciding and scheduling need it. Windows by their start. */
export type MeasurementsState = {
  readonly windows: Readonly<Record<MeasurementKind, WindowStates<WindowState>>>;
  readonly tick: { readonly at: number; readonly silentSince: number } | undefined;
  readonly frozen: ReadonlyMap<string, FrozenReference>;
  readonly imported: ReadonlyMap<string, ImportedReference>;
  readonly restatementRequested: boolean;
  /** Requests to measure again that were served. */
  readonly restatementsFinished: number;
};

type Answer = Decision<MeasurementEvent, Refusal<MeasurementRefusal>>;

/** Rules of a monitor's measurements: revisions come one after another, references never change. */
export const measurementsDecider: Decider<MeasurementsState, MeasurementCommand, MeasurementEvent, Refusal<MeasurementRefusal>> = {
  initialState: () => ({
    windows: { drift: WindowStates.empty(), performance: WindowStates.empty() },
    tick: undefined,
    frozen: new Map(),
    imported: new Map(),
    restatementRequested: false,
    restatementsFinished: 0,
  }),
  evolve,
  decide,
};

function decide(command: MeasurementCommand, state: MeasurementsState): Answer {
  switch (command.type) {
    case 'RecordMeasurement': {
      const [first] = command.data.parts;
      if (!first || command.data.parts.some((part) => part.revision !== nextRevision(state, part))) return outOfOrder();
      return accept(...command.data.parts.map((part) => MeasurementRecorded.make(part)));
    }
    case 'SkipMeasurement':
      return command.data.revision === nextRevision(state, command.data) ? accept(MeasurementSkipped.make(command.data)) : outOfOrder();
    case 'SettleMeasurements': {
      const { kind } = command.data;
      const windows = command.data.windows.filter(({ from }) => state.windows[kind].get(from)?.settled === false);
      return windows.length === 0 ? accept() : accept(MeasurementsSettled.make({ ...command.data, windows }));
    }
    case 'CountLateArrivals': {
      const known = state.windows[command.data.kind];
      const windows = command.data.windows.filter(
        ({ from, late }) => known.get(from)?.settled === true && late > (known.get(from)?.late ?? 0),
      );
      return windows.length === 0 ? accept() : accept(LateArrivalsCounted.make({ ...command.data, windows }));
    }
    case 'RecordTick':
      // An earlier time corrects a clock that was ahead. Whether one is due is asked of the time that counts.
      return command.data.at === state.tick?.at ? accept() : accept(WindowTick.make(command.data));
    case 'FreezeReference':
      return once(state.frozen.get(command.data.referenceId), command.data.digest, ReferenceFrozen.make(command.data));
    case 'ImportReference': {
      const [first] = command.data.parts;
      if (!first) return accept();
      return once(state.imported.get(first.referenceId), first.digest, ...command.data.parts.map((part) => ReferenceImported.make(part)));
    }
    case 'RestateMeasurements':
      if (!command.data.monitorKnown) return refuse('NO_SUCH_MONITOR', 'no monitor has this id');
      return state.restatementRequested ? accept() : accept(RestatementRequested.make({ monitorId: command.data.monitorId }));
    case 'FinishRestatement':
      return state.restatementRequested ? accept(RestatementFinished.make(command.data)) : accept();
    default:
      return unreachable(command);
  }
}

const nextRevision = (state: MeasurementsState, of: { kind: MeasurementKind; window: WindowSpan }): number =>
  (state.windows[of.kind].get(of.window.from)?.revision ?? 0) + 1;

const outOfOrder = (): Answer => refuse('REVISION_OUT_OF_ORDER', 'the revision is not the next one of its window', { field: 'revision' });

/** A reference is made once; making it again with the same counts is nothing to do. */
const once = (known: { digest: string } | undefined, digest: string, ...events: MeasurementEvent[]): Answer => {
  if (!known) return accept(...events);
  return known.digest === digest
    ? accept()
    : refuse('REFERENCE_EXISTS', 'a reference with this id has other counts', { field: 'referenceId' });
};

function evolve(state: MeasurementsState, event: MeasurementEvent): MeasurementsState {
  switch (event.type) {
    case 'MeasurementRecorded':
      return withWindow(state, event.data, event.data.labelled ?? 0);
    case 'MeasurementSkipped':
      return withWindow(state, event.data, event.data.labelled ?? 0);
    case 'MeasurementsSettled':
      return event.data.windows.reduce((held, { from }) => changed(held, event.data.kind, from, { settled: true }), state);
    case 'LateArrivalsCounted':
      return event.data.windows.reduce((held, { from, late }) => changed(held, event.data.kind, from, { late }), state);
    case 'WindowTick':
      return { ...state, tick: { at: event.data.at, silentSince: event.data.silentSince } };
    case 'ReferenceFrozen':
      return { ...state, frozen: new Map(state.frozen).set(event.data.referenceId, event.data) };
    case 'ReferenceImported': {
      const known = state.imported.get(event.data.referenceId);
      const subjects = [...(known?.subjects ?? []), ...event.data.subjects];
      return { ...state, imported: new Map(state.imported).set(event.data.referenceId, { ...event.data, subjects }) };
    }
    case 'RestatementRequested':
      return { ...state, restatementRequested: true };
    case 'RestatementFinished':
      return { ...state, restatementRequested: false, restatementsFinished: state.restatementsFinished + 1 };
    default:
      return unreachable(event);
  }
}

const changed = (state: MeasurementsState, kind: MeasurementKind, from: number, change: Partial<WindowState>): MeasurementsState => {
  const known = state.windows[kind].get(from);
  return known ? { ...state, windows: { ...state.windows, [kind]: state.windows[kind].with(from, { ...known, ...change }) } } : state;
};

type Revision = Pick<EventOf<typeof MeasurementSkipped>['data'], 'kind' | 'window' | 'revision' | 'reason' | 'rows' | 'judged' | 'asOf'>;

const withWindow = (state: MeasurementsState, revision: Revision, labelled: number): MeasurementsState => {
  const { kind, window, rows, asOf } = revision;
  const known = state.windows[kind].get(window.from);
  const next: WindowState = {
    until: window.until,
    revision: revision.revision,
    rows,
    labelled,
    judged: revision.judged || (known?.judged ?? false),
    settled: revision.reason === 'final' || (known?.settled ?? false),
    late: 0,
    first: known?.first ?? asOf,
    last: asOf,
  };
  return { ...state, windows: { ...state.windows, [kind]: state.windows[kind].with(window.from, next) } };
};
