export { monitoringProjection } from './projection.js';
export { Evaluator, MeasuringEngine, ProcessEngine } from './evaluator.js';
export { EvaluatorModule } from './evaluator.module.js';
export { type PassResult } from './monitor-pass.js';
export { MonitoringReadModule } from './read.module.js';
export { MonitoringFeed, type MeasurementItem } from './feed.js';
export {
  Monitors,
  MeasurementSeries,
  MeasurementRevisions,
  MeasurementHeads,
  MeasuredSubjects,
  type MonitorRow,
  type MeasurementRow,
} from './queries.js';
