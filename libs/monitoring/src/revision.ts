import { derivedId, uuid, type CommandMeta, idOfName, type Uuid } from '#libs/kernel';
import { type EventOf } from '#libs/event-store';
import { type MonitorDefinition, type MethodRef } from './definition.js';
import { presentMethod, presentRule } from './definition-versions.js';
import { type MeasurementRecorded, type MeasurementSkipped } from './events.js';
import { revisionCommandId } from './ids.js';
import {
  type Engine,
  type Evidence,
  type MeasurementKind,
  type ReferenceUsed,
  type SubjectMeasurement,
  type WindowSpan,
} from './measurement.js';
import { type Chosen } from './reference.js';

/** A monitor as the evaluator works on it. */
export type ActiveMonitor = {
  readonly monitorId: string;
  readonly name: string;
  readonly deploymentId: string;
  readonly deployment: string;
  readonly definitionVersion: number;
  readonly definition: MonitorDefinition;
};

type RecordedData = EventOf<typeof MeasurementRecorded>['data'];
type SkippedData = EventOf<typeof MeasurementSkipped>['data'];

/** Which revision of what, and why. */
export type RevisionHead = Pick<SkippedData, 'kind' | 'window' | 'revision' | 'reason' | 'judged' | 'asOf'>;

/** Subjects in one event; more come in further parts of the same append. */
const SUBJECTS_PER_EVENT = 500;

const headOf = ({ monitorId, name, deploymentId, deployment, definitionVersion, definition }: ActiveMonitor, head: RevisionHead) => ({
  monitorId,
  monitor: name,
  deploymentId,
  deployment,
  definitionVersion,
  selection: definition.selection,
  alerting: definition.alerting,
  ...head,
});

/** What was measured, ready to be recorded. */
export type Measurement = {
  readonly subjects: readonly SubjectMeasurement[];
  readonly judged: number;
  readonly reference: ReferenceUsed | undefined;
  readonly rows: number;
  readonly labelled?: number;
  /** Why alerts get no verdict on it. */
  readonly unjudged?: RecordedData['unjudged'];
  readonly evidence: Evidence;
};

/** The events of one revision. */
export const partsOf = (monitor: ActiveMonitor, head: RevisionHead, measurement: Measurement, engine: Engine): RecordedData[] => {
  const { subjects, judged, reference, rows, labelled, unjudged, evidence } = measurement;
  const of = Math.max(1, Math.ceil(subjects.length / SUBJECTS_PER_EVENT));
  return Array.from({ length: of }, (_, index) => ({
    ...headOf(monitor, head),
    part: { index, of },
    methods: methodsOf(monitor.definition),
    rule: presentRule(monitor.definition.judgement),
    subjectsJudged: judged,
    ...(reference && { reference }),
    rows,
    ...(labelled !== undefined && { labelled }),
    ...(unjudged !== undefined && { unjudged }),
    evidence,
    engine,
    subjects: subjects.slice(index * SUBJECTS_PER_EVENT, (index + 1) * SUBJECTS_PER_EVENT),
  }));
};

/** In the versions that computed the numbers: a definition that was recorded by another release may say others. */
const methodsOf = ({ judges, shown }: MonitorDefinition): MethodRef[] => {
  const all = [judges.numeric, judges.categorical, ...shown.numeric, ...shown.categorical].map(presentMethod);
  return [...new Map(all.map((method) => [method.id, { id: method.id, version: method.version }])).values()];
};

/** A skipped window is never judged by alerts as breach or calm; it is still the revision they count as "no data". */
export const skippedOf = (
  monitor: ActiveMonitor,
  head: RevisionHead,
  why: Pick<SkippedData, 'skipped' | 'rows' | 'labelled'>,
): SkippedData => ({ ...headOf(monitor, head), ...why, rowsMin: monitor.definition.rowsMin });

/** The reference as it is recorded. */
export const referenceUsed = (chosen: Chosen, rowsOf: (window: WindowSpan) => number, digest: string): ReferenceUsed => {
  const withRows = ({ from, until }: WindowSpan) => ({ from, until, rows: rowsOf({ from, until }) });
  const windows = chosen.imported?.windows ?? chosen.used.map(withRows);
  return {
    kind: chosen.choice.kind,
    id: chosen.id,
    digest,
    windows: [...windows],
    rows: chosen.imported?.rows ?? windows.reduce((sum, { rows }) => sum + rows, 0),
    ...(chosen.otherDays.length > 0 && { otherDays: chosen.otherDays.map((weekday) => weekday.map(withRows)) }),
    blindTo: chosen.blindTo,
  };
};

/** Who measures: one principal for all evaluators. */
const EVALUATOR = idOfName('principal', 'monitoring-evaluator');

/** Metadata of a command of the evaluator. The id follows from what is recorded, so a repetition after a crash is recognised. */
const evaluatorMeta = (commandId: Uuid): CommandMeta => ({
  commandId,
  correlationId: commandId,
  causationId: commandId,
  actor: { principalId: EVALUATOR, kind: 'job', via: 'evaluator' },
  source: { surface: 'internal', addressClass: 'process' },
});

export const revisionMeta = (
  monitorId: string,
  { kind, window, revision }: { kind: MeasurementKind; window: WindowSpan; revision: number },
): CommandMeta => evaluatorMeta(revisionCommandId(uuid(monitorId), kind, window.from, revision));

export const derivedMeta = (monitorId: string, what: string): CommandMeta => evaluatorMeta(derivedId(uuid(monitorId), what));
