export {
  MonitorCreated,
  MonitorRevised,
  MonitorPaused,
  MonitorResumed,
  MeasurementRecorded,
  MeasurementSkipped,
  WindowTick,
  ReferenceFrozen,
  ReferenceImported,
  MeasurementsSettled,
  RestatementRequested,
  RestatementFinished,
  MONITOR_EVENTS,
  MEASUREMENT_EVENTS,
  MONITORING_EVENTS,
  RevisionReason,
  SkipReason,
  type MonitorEvent,
  type MeasurementEvent,
  type MonitoringEvent,
} from './events.js';
export {
  type MeasurementKind,
  type WindowSpan,
  type SubjectMeasurement,
  type SubjectJudgement,
  type Gate,
  type MethodScore,
  type Contribution,
  type Bin,
  type Evidence,
  type ReferenceUsed,
  type QualityCounts,
} from './measurement.js';
export { MonitorDefinition, type Alerting, type JudgementRule, type ReferenceChoice } from './definition.js';
export { monitorIdOf, monitorStream, measurementsStream } from './ids.js';
export {
  CreateMonitor,
  ReviseMonitor,
  PauseMonitor,
  ResumeMonitor,
  ImportReference,
  RestateMeasurements,
  type MonitoringRefusal,
  type MonitorRefusal,
  type MeasurementRefusal,
} from './commands.js';
export { DEFAULT_JUDGEMENT, defaultDefinition, alertingFor, type TrafficFacts } from './defaults.js';
export { judgingBins } from './bins.js';
export { verdictsOn, weigh, type Weighed } from './judge.js';
export { type SubjectSamples } from './sample.js';
export { definitionInWords } from './in-words.js';
export { entriesOf, fileAsReference, type ImportedSubject, wordFeatures } from './reference-import.js';
export { type CutFile, type FileValue, UnknownWord, WindowCutter } from './reference-windows.js';
export { ENTRIES_MAX, REFERENCE_WINDOWS_MAX, type ReferenceCounts } from './reference-counts.js';
export { measurementPublisher } from './publisher.js';
export { MonitoringWriteModule } from './write.module.js';
