export { PredictionsPage, PredictionPlace, FeatureValues, LabelsOf, DeploymentTraffic } from './queries.js';
export { type PredictionRow, type FeatureValueRow, type LabelRow } from './queries.js';
