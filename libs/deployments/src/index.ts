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
export { inAppends } from './in-appends.js';
export { deploymentIdOf, deploymentStream, Deployments } from './deployments.js';
export { type DeploymentState, type FeatureState, type Registered } from './decider.js';
export { DeploymentsWriteModule } from './write.module.js';
export {
  RegisterDeployment,
  DeclareFeatures,
  ExtendFeatureSchema,
  SettleFeatureSchema,
  ChangeFeatureType,
  SetFeatureGrids,
  ObserveCategories,
  type DeploymentRefusal,
  type SubjectGrid,
} from './commands.js';
