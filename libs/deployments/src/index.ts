export { DEPLOYMENT_EVENTS, type DeploymentEvent } from './events.js';
export {
  DeploymentRegistered,
  FeaturesDeclared,
  FeatureSchemaExtended,
  FeatureSchemaSettled,
  FeatureTypeChanged,
  FeatureGridSet,
  CategoriesObserved,
} from './events.js';
export { NAME_PATTERN, FeatureDeclaration, FeatureKind, CATEGORY_WORDS_MAX, FEATURES_MAX, PROVISIONAL_RECORDS } from './schema.js';
