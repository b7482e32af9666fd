export { PredictionBatchRecorded, LabelBatchRecorded, PREDICTION_EVENTS, type PredictionEvent } from './events.js';
export {
  type PredictionBatch,
  type LabelBatch,
  type FeatureColumn,
  type NumberColumn,
  type CategoryColumn,
  type WordColumn,
  type RequestEntry,
  type RefusedRecord,
} from './batch.js';
export {
  SPECIAL_BUCKET,
  VOLUME,
  featureSubject,
  outputSubject,
  otherBucket,
  isOtherBucket,
  isSpecialBucket,
  type OutputName,
} from './subjects.js';
export { Intake, type IntakeObserver, type IntakeParts, type IntakeRequest } from './intake.js';
export { MessageSender, type MessageSenderParts, type NotLetIn } from './message-sender.js';
export { QueuedIntake, type QueuedIntakeParts } from './queued-intake.js';
export { type IntakeAnswer } from './answer.js';
export { DEFAULT_LIMITS, type IntakeLimits } from './limits.js';
export { Snapshots } from './snapshots.js';
export { predictionsProjection } from './projection.js';
