export { type Finding, type Level } from './finding.js';
export { type Diagnosis, type DoctorParts, examine, withWholeLog } from './doctor.js';
export { type ReaderState } from './check-readers.js';
export { ClockWatch } from './clock-watch.js';
export { type LiveReaders, type RebuildOutcome, type RebuildParts, type TableOutcome, NO_READERS } from './rebuild-projection.js';
export { OperationsLog } from './operations-log.js';
export { type RebuildMessage, RebuildRuns, Rebuilds, projectionNamed, projectionNames } from './rebuilds.js';
export { EngineVersion } from './queries.js';
