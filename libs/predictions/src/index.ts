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
