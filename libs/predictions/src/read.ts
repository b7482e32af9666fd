export { PredictionsPage, PredictionPlace, FeatureValues, LabelsOf, PredictionTraffic } from './queries.js';
export { type PredictionRow, type FeatureValueRow, type LabelRow } from './queries.js';
